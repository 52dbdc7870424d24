"""Changes: kept beside the incidents of their service, paging nobody, for ninety days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.ops import reading
from oncall_tui.ops.intake.events import take
from oncall_tui.ops.reading.shapes import detail_shape
from oncall_tui.ops.taking.changes import forget_old
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://ana.example"}]}]
policies: [{name: p, steps: [{delay: 5m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}, {name: search, policy: p}]
integrations:
  - {name: monitor, kind: pagerduty, service: checkout, key: "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"}
  - {name: finder, kind: pagerduty, service: search, key: "ffffffffffffffffffffffffffffffff"}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def change(house: House, summary: str, at: datetime | None = None, integration: str = "monitor") -> None:
    event = Event(
        action=Action.CHANGE,
        dedup_key=None,
        title=summary,
        description="build: 7",
        labels={"source": "ci\x00"},
        started_at=at,
        link="https://ci.example.com/7",
    )
    with house.store.write() as conn:
        (taken,) = take(conn, house.directory.world(conn), integration, [event], house.clock.now(), "{}")
    assert (taken.number, taken.verdict) == (None, "nothing")


def summaries(house: House, until: datetime, since: datetime | None = None) -> list[str]:
    return [row.summary for row in reading.changes_before(house.session, "checkout", until, since=since)]


def test_changes_stand_beside_the_incident_that_came_after_them(house: House) -> None:
    change(house, "too long ago", T0 - timedelta(hours=6, seconds=1))
    change(house, "deployed", T0 - minutes(10))
    change(house, "of another service", T0 - minutes(5), "finder")
    change(house, "dated into the future", T0 + minutes(30))
    number = house.post(key="k").number
    assert number is not None
    house.clock.set(T0 + minutes(1))
    change(house, "after it")
    assert house.open == [(number, "triggered")]
    assert house.paged == [(0, "ana")], "nobody is paged for a change"

    shown = detail_shape(reading.detail(house.session, number))["changes"]
    assert [one["summary"] for one in shown] == ["dated into the future", "deployed"]
    assert shown[1] == {
        "at": "2026-03-01T02:50:00Z",
        "summary": "deployed",
        "source": "ci\ufffd",
        "integration": "monitor",
        "details": "build: 7",
        "link": "https://ci.example.com/7",
    }
    assert summaries(house, T0 + minutes(1), T0 - timedelta(days=1)) == [
        "after it",
        "dated into the future",
        "deployed",
        "too long ago",
    ]


def test_changes_are_let_go_after_ninety_days(house: House) -> None:
    change(house, "kept")
    with house.store.write() as conn:
        assert forget_old(conn, T0 + timedelta(days=90)) == 0
    assert summaries(house, T0) == ["kept"]
    with house.store.write() as conn:
        assert forget_old(conn, T0 + timedelta(days=90, seconds=1)) == 1
    assert summaries(house, T0) == []
