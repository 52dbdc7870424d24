"""A silence keeps a heartbeat quiet, as any alert; what is wrong when it is over is told then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.directory.heartbeats import Health, Signal
from oncall_tui.ops.heartbeats import heartbeat, look, ping
from oncall_tui.ops.intake.silences import add_silence, delete_silence
from oncall_tui.ops.reading import detail
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, remind: off, steps: [{delay: 15m, targets: [{user: ana}]}]}]
services: [{name: backups, policy: p}]
heartbeats:
  - {name: hourly, service: backups, every: 1h, grace: 10m}
  - {name: daily, service: backups, every: 1d, grace: 1h}
"""
MUTE = 'heartbeat="hourly"'


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def watch(house: House, minute: float) -> list[tuple[int, str]]:
    house.pass_to(minute)
    with house.store.write() as conn:
        look(conn, house.directory.world(conn), house.clock.now())
    return house.open


def hear(house: House, signal: Signal, detail: str = "", name: str = "hourly") -> int | None:
    with house.store.write() as conn:
        return ping(conn, house.directory.world(conn), name, signal, house.clock.now(), detail=detail).number


def test_late_in_silence_is_told_at_its_end(house: House) -> None:
    watch(house, 0)
    add_silence(house.session, matchers=MUTE, length=timedelta(minutes=95))
    assert watch(house, 70) == []
    assert heartbeat(house.session, "hourly").health is Health.LATE, "it is known, and shown"
    assert watch(house, 94) == []
    assert (watch(house, 95), house.paged) == ([(1, "triggered")], [(95, "ana")])
    assert "is late" in detail(house.session, 1).incident.title


def test_back_before_the_end_pages_nobody(house: House) -> None:
    watch(house, 0)
    add_silence(house.session, matchers=MUTE, length=timedelta(minutes=95))
    watch(house, 70)
    house.pass_to(80)
    assert hear(house, Signal.SUCCESS) is None
    assert (watch(house, 95), watch(house, 149), house.paged) == ([], [], [])


def test_a_failure_in_silence_is_told_at_its_end_and_its_next_sign_is_expected_as_ever(house: House) -> None:
    watch(house, 0)
    add_silence(house.session, matchers=MUTE, length=timedelta(minutes=20))
    assert (hear(house, Signal.FAIL, "exit status 2"), house.open) == (None, [])
    assert (watch(house, 20), house.paged) == ([(1, "triggered")], [(20, "ana")])
    shown = detail(house.session, 1)
    assert shown.incident.title == "Heartbeat hourly reports a failure"
    assert "exit status 2" in shown.incident.description
    assert heartbeat(house.session, "hourly").due_at == T0 + minutes(70)
    assert heartbeat(house.session, "hourly").health is Health.FAILED


def test_a_silence_that_is_deleted_is_over_at_once(house: House) -> None:
    watch(house, 0)
    made = add_silence(house.session, matchers=MUTE, length=timedelta(days=1))
    hear(house, Signal.FAIL)
    house.pass_to(5)
    delete_silence(house.session, str(made.silence.id))
    assert watch(house, 5) == [(1, "triggered")]


def test_what_is_open_runs_on_and_others_are_heard_of(house: House) -> None:
    watch(house, 0)
    hear(house, Signal.FAIL)
    add_silence(house.session, matchers=MUTE, length=timedelta(days=1))
    assert hear(house, Signal.FAIL) == 1, "a silence holds back what would open"
    assert hear(house, Signal.FAIL, name="daily") == 2
    assert hear(house, Signal.SUCCESS) == 1
    assert house.open == [(2, "triggered")]
