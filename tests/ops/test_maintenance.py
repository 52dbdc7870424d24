"""Maintenance and support hours on the real database: timers, wakes, the same rules as in the engine's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.errors import InvalidMany
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.config import apply
from oncall_tui.ops.incidents.acts import escalate
from oncall_tui.ops.maintenance import add_maintenance, delete_maintenance, list_maintenance
from oncall_tui.ops.reading import detail, services
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
policies:
  - {name: p, remind: off, steps: [{delay: 15m, targets: [{user: ana}]}, {delay: 15m, targets: [{user: bo}]}]}
services:
  - {name: checkout, policy: p}
  - {name: held, policy: p, hold_for: 5m}
  - name: office
    policy: p
    support_hours: {timezone: UTC, windows: [{days: [sun], from: "09:00", to: "17:00"}]}
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: flappy, kind: generic, service: held}
  - {name: office, kind: generic, service: office}
maintenance:
  - {name: patching, services: [checkout], start: 2026-02-01T02:00Z, end: 2026-02-01T04:00Z, every: 1w}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def test_what_a_file_plans_keeps_silent_and_pages_at_its_end(house: House) -> None:
    """T0 is Sunday 1 March, 03:00: the fifth repetition, from 02:00 to 04:00."""
    house.post()
    assert (house.paged, house.timers) == ([], T0 + minutes(60))
    house.pass_to(59)
    assert house.paged == []
    house.pass_to(76)
    assert house.paged == [(60, "ana"), (75, "bo")]
    assert house.kinds(1)[:2] == ["triggered", "silent"]


def test_calling_it_off_pages_now(house: House) -> None:
    house.post()
    house.pass_to(10)
    delete_maintenance(house.as_user("bo"), "patching")
    house.pass_to(11)
    assert house.paged == [(10, "ana")]


def test_a_longer_one_beside_it_prolongs_the_silence(house: House) -> None:
    house.post()
    house.pass_to(10)
    row = add_maintenance(house.as_user("bo"), services=["checkout"], length=timedelta(minutes=90))
    assert row.now
    house.pass_to(99)
    assert house.paged == []
    house.pass_to(101)
    assert house.paged == [(100, "ana")]


def test_what_was_open_before_runs_on(house: House) -> None:
    house.clock.set(T0 + minutes(70))
    house.post()
    add_maintenance(house.as_user("bo"), services=["checkout"], length=timedelta(hours=2))
    house.pass_to(86)
    assert house.paged == [(70, "ana"), (85, "bo")]


def test_escalating_breaks_through(house: House) -> None:
    house.post()
    escalate(house.as_user("bo"), 1)
    assert house.paged == [(0, "ana")]


def test_windows_are_listed_with_their_next_span(house: House) -> None:
    (row,) = list_maintenance(house.session)
    assert (row.window.name, row.now, row.span) == ("patching", True, (T0 - minutes(60), T0 + minutes(60)))


def test_a_service_is_healthy_while_its_incident_is_held(house: House) -> None:
    house.post(integration="flappy")
    healthy = {row.name: row.healthy for row in services(house.session)}
    assert healthy["held"]
    ahead = detail(house.session, 1).incident.next
    assert ahead is not None
    assert (ahead.kind, ahead.at) == ("hold_end", T0 + minutes(5))
    house.pass_to(6)
    assert not {row.name: row.healthy for row in services(house.session)}["held"]


def test_support_hours_begin(house: House) -> None:
    house.post(integration="office", severity=Severity.CRITICAL)
    assert house.column(1, "urgency") == "low"
    assert house.timers == T0 + minutes(360)
    house.pass_to(376)
    assert house.paged == [(0, "ana"), (360, "ana"), (375, "bo")]


def test_new_support_hours_are_looked_at_at_once(house: House) -> None:
    house.post(integration="office")
    apply(house.session, CONFIG.replace('from: "09:00"', 'from: "02:00"'))
    house.pass_to(1)
    assert house.paged == [(0, "ana"), (0, "ana")]
    assert house.column(1, "urgency") == "high"


def test_a_file_whose_windows_never_end_is_refused_with_the_path(house: House) -> None:
    with pytest.raises(InvalidMany, match=r"maintenance\[0\].every: the maintenance of checkout would never end"):
        apply(house.session, CONFIG.replace("end: 2026-02-01T04:00Z", "end: 2026-02-08T02:00Z"))
