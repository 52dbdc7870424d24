"""Whatever groups an alert with others, the timeline says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.ops.incidents.merging import merge
from oncall_tui.ops.reading import detail
from tests.support.house import House

CONFIG = """
version: 1
users: [{username: ana}]
policies: [{name: p, steps: [{delay: 5m, targets: [{user: ana}]}]}]
services:
  - {name: keyed, policy: p}
  - {name: labelled, policy: p, grouping: labels, group_labels: [cluster, job]}
  - {name: whole, policy: p, grouping: service}
integrations:
  - {name: keyed, kind: generic, service: keyed}
  - {name: labelled, kind: generic, service: labelled}
  - {name: whole, kind: generic, service: whole}
  - name: ruled
    kind: generic
    service: keyed
    rules: [{name: by team, group_key: "team $team"}]
"""


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("integration", "group", "why"),
    [
        ("keyed", "g", "grouped because the group is the same: g"),
        ("labelled", None, "grouped because cluster, job are the same"),
        ("whole", None, "grouped because whole has an open incident"),
        ("ruled", None, "grouped because the group is the same: team pay"),
    ],
)
def test_every_kind_of_grouping_says_why(house: House, integration: str, group: str | None, why: str) -> None:
    labels = {"cluster": "eu", "job": "api", "team": "pay"}
    for key in ("a", "b"):
        house.post(key=key, title=f"{key} burns", group=group, integration=integration, labels=labels)
    assert [number for number, _ in house.open] == [1]
    joined = [line.text for line in detail(house.session, 1).timeline if line.kind == "joined"]
    assert joined == [f"b burns: {why}"]


def test_a_group_that_was_merged_says_so_too(house: House) -> None:
    house.post(key="a", group="g1", integration="keyed")
    house.post(key="b", group="g2", integration="keyed")
    version = detail(house.session, 2).incident.version
    merge(house.as_user("ana"), 2, 1, version=version)
    assert house.post(key="c", title="c burns", group="g2", integration="keyed").number == 1
    joined = [line.text for line in detail(house.session, 1).timeline if line.kind == "joined"]
    assert joined == ["c burns: grouped because the group is the same: g2"]
