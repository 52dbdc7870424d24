"""Explaining a payload: what it says would become of each event is what then becomes of it, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.events import Action, Event
from oncall_tui.ops.intake.silences import add_silence
from oncall_tui.ops.routing.explaining import explain
from oncall_tui.ops.routing.transforms import Transforms
from oncall_tui.storage.tables import events, incidents
from tests.support.house import House
from tests.support.worlds import minutes

CONFIG = """
version: 1
users: [{username: ana}]
policies: [{name: p, steps: [{delay: 5m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}, {name: payments, policy: p}]
integrations:
  - name: monitor
    kind: generic
    service: checkout
    rules:
      - {name: paid, match: 'payload.team="pay"', service: payments, severity: critical}
      - {name: noise, match: 'title="noise"', suppress: true}
      - {name: tidy, match: 'title="tidy"', transform: tidy}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def event(key: str, title: str = "5xx", action: Action = Action.TRIGGER, group: str | None = None) -> Event:
    return Event(action=action, dedup_key=key, title=title, group_key=group)


def test_it_tells_what_would_be_and_changes_nothing(house: House, tmp_path: Path) -> None:
    house.post(key="open")
    add_silence(house.session, matchers='title="quiet"', length=minutes(5))
    (tmp_path / "tidy.py").write_text("def transform(event):\n    return {'title': 'tidied'}\n")
    asked = [
        event("new"),
        event("open"),
        event("open", action=Action.RESOLVE),
        event("gone", action=Action.RESOLVE),
        event("x", "noise"),
        event("y", "quiet"),
        event("z", "tidy"),
        event("g1", group="g"),
        event("g2", group="g"),
    ]
    with Transforms(tmp_path, processes=1, within=5.0) as transforms:
        found = explain(house.session, "monitor", asked, transforms=transforms)
    assert [(one.verdict, one.number) for one in found] == [
        ("open", None),
        ("repeat", 1),
        ("resolve", 1),
        ("nothing", None),
        ("suppressed", None),
        ("silenced", None),
        ("open", None),
        ("open", None),
        ("join", None),
    ]
    assert (found[4].suppressed, found[5].silenced_by, found[6].event.title) == ("rule 'noise'", 1, "tidied")
    assert found[8].because.startswith("grouped because ")
    with house.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(events)).scalar_one() == 1
        assert conn.execute(select(func.count()).select_from(incidents)).scalar_one() == 1


def test_the_payload_counts(house: House) -> None:
    [one] = explain(house.session, "monitor", [event("new")], {"team": "pay"})
    assert (one.service, one.event.severity.value) == ("payments", "critical")
    assert one.did == ("rule 'paid': severity critical", "rule 'paid': service payments")


def test_without_transforms_it_says_that_none_ran(house: House) -> None:
    [one] = explain(house.session, "monitor", [event("new", "tidy")])
    assert one.did[0] == "rule 'tidy': transform 'tidy' did not run"


def test_an_integration_that_is_not_there(house: House) -> None:
    with pytest.raises(Unknown, match="no integration 'nobody'"):
        explain(house.session, "nobody", [event("new")])
