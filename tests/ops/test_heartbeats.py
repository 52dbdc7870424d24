"""Heartbeats on real databases: late opens, back resolves, and nobody is paged for an absence of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.directory.heartbeats import Health, Signal
from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, InvalidMany, Unknown
from oncall_tui.ops.config import apply, export
from oncall_tui.ops.heartbeats import by_key, heartbeat, heartbeats, look, ping, ping_by_hand, put_off, stay_open
from oncall_tui.ops.incidents.acts import resolve
from oncall_tui.ops.reading import detail
from oncall_tui.storage.statements.intake import heartbeats as rows
from tests.support.house import House
from tests.support.worlds import T0, minutes

KEY = "b" * 32
CONFIG = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "json://127.0.0.1:9/ana"}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 15m, targets: [{{user: ana}}]}}]}}]
services: [{{name: backups, policy: p}}]
heartbeats:
  - {{name: hourly, service: backups, every: 1h, grace: 10m, key: "{KEY}"}}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def watch(house: House, minute: float) -> int:
    """Let time pass to this minute after T0 and look, as a worker does that was there all the while."""
    house.pass_to(minute)
    now = house.clock.now()
    with house.store.write() as conn:
        return look(conn, house.directory.world(conn), now)


def hear(house: House, signal: Signal = Signal.SUCCESS, detail: str = "") -> int | None:
    with house.store.write() as conn:
        return ping(conn, house.directory.world(conn), "hourly", signal, house.clock.now(), detail=detail).number


def come_back(house: House, minute: float) -> timedelta | None:
    house.pass_to(minute)
    with house.store.write() as conn:
        return stay_open(conn, house.clock.now())


def health(house: House) -> Health:
    return heartbeat(house.session, "hourly").health


def test_late_opens_and_pages_once_and_back_resolves(house: House) -> None:
    watch(house, 0)
    assert hear(house) is None
    assert (watch(house, 69), house.open) == (0, [])
    assert (watch(house, 70), house.open) == (1, [(1, "triggered")])
    assert house.paged == [(70, "ana")]
    assert (watch(house, 71), health(house)) == (0, Health.LATE)
    shown = detail(house.session, 1)
    assert shown.incident.title == "Heartbeat hourly is late"
    assert "success at 2026-03-01T03:00:00Z" in shown.incident.description
    house.pass_to(75)
    assert hear(house) == 1
    assert (house.open, health(house)) == ([], Health.UP)
    assert heartbeat(house.session, "hourly").due_at == T0 + minutes(145)


def test_one_that_never_reports_is_late_too(house: House) -> None:
    assert watch(house, 0) == 0
    assert (watch(house, 70), house.paged) == (1, [(70, "ana")])


def test_who_stays_away_is_told_again_and_counts_in_the_open_incident(house: House) -> None:
    watch(house, 0)
    assert [watch(house, minute) for minute in (70, 100, 130)] == [1, 1, 1]
    assert (house.open, house.alert_count(1), house.paged) == ([(1, "triggered")], 3, [(70, "ana")])


def test_resolved_by_hand_while_it_stays_away_opens_again(house: House) -> None:
    watch(house, 0)
    watch(house, 70)
    house.pass_to(71)
    resolve(house.session, 1)
    assert (watch(house, 100), house.open) == (1, []), "29 minutes after: its sender does not agree, and that is said"
    assert "still_firing" in house.kinds(1)
    assert (watch(house, 130), house.open) == (1, [(2, "triggered")])


def test_a_failure_opens_at_once_with_what_it_said(house: House) -> None:
    assert hear(house, Signal.FAIL, "exit status 2\npg_dump: error") == 1
    assert (house.open, health(house)) == ([(1, "triggered")], Health.FAILED)
    shown = detail(house.session, 1)
    assert shown.incident.title == "Heartbeat hourly reports a failure"
    assert "pg_dump: error" in shown.incident.description
    assert hear(house, Signal.START) is None
    assert house.open == [(1, "triggered")]
    assert hear(house) == 1
    assert house.open == []


def test_a_run_that_does_not_end_is_late(house: House) -> None:
    watch(house, 0)
    hear(house)
    house.pass_to(30)
    hear(house, Signal.START)
    assert (watch(house, 39), watch(house, 40)) == (0, 1)
    assert (
        "The run that started at 2026-03-01T03:30:00Z did not end in time."
        in detail(house.session, 1).incident.description
    )


class TestAbsence:
    """Nobody was there from minute 60 on, and the sign of minute 60 was lost."""

    @pytest.fixture(autouse=True)
    def _gone(self, house: House) -> None:
        come_back(house, 0)
        watch(house, 0)
        hear(house)
        come_back(house, 60)

    def test_nobody_is_paged_on_our_return_and_the_reason_is_said_when_it_stays_away(self, house: House) -> None:
        assert come_back(house, 90) == minutes(30)
        assert watch(house, 90) == 0
        assert heartbeat(house.session, "hourly").away == (T0 + minutes(60), T0 + minutes(90))
        assert (watch(house, 159), watch(house, 160)) == (0, 1)
        assert (
            "oncall was away from 2026-03-01T04:00:00Z to 2026-03-01T04:30:00Z"
            in detail(house.session, 1).incident.description
        )

    def test_a_sign_after_our_return_is_all_that_is_needed(self, house: House) -> None:
        come_back(house, 90)
        house.pass_to(120)
        hear(house)
        assert (watch(house, 189), house.open) == (0, [])
        assert watch(house, 190) == 1

    def test_of_two_workers_one_excuses(self, house: House) -> None:
        assert come_back(house, 90) == minutes(30)
        assert come_back(house, 90) is None
        house.clock.set(T0 + minutes(90) + timedelta(seconds=5))
        with house.store.write() as conn:
            assert stay_open(conn, house.clock.now()) is None, "five seconds are no absence"


def test_before_the_first_worker_nobody_is_late(house: House) -> None:
    assert come_back(house, 10_000) is None
    assert (watch(house, 10_000), house.open) == (0, [])
    assert watch(house, 10_070) == 1


def test_another_rhythm_is_reckoned_anew(house: House) -> None:
    watch(house, 0)
    hear(house)
    house.pass_to(30)
    apply(house.session, CONFIG.replace("every: 1h, grace: 10m", "every: 5m, grace: 1m"), addresses=False)
    assert (watch(house, 30), watch(house, 35), watch(house, 36)) == (0, 0, 1)


def test_one_that_cannot_be_looked_at_is_put_off(house: House) -> None:
    watch(house, 0)
    house.pass_to(70)
    with house.store.write() as conn:
        put_off(conn, "hourly", house.clock.now())
    assert (watch(house, 99), watch(house, 100)) == (0, 1)


def test_a_key_opens_its_heartbeat_and_no_name_is_taken_for_another(house: House) -> None:
    with house.store.write() as conn:
        assert (by_key(conn, KEY), by_key(conn, "hourly")) == ("hourly", None)
        with pytest.raises(Unknown, match="no heartbeat 'nightly'"):
            ping(conn, house.directory.world(conn), "nightly", Signal.SUCCESS, house.clock.now())
        assert rows.name_of_key(conn, KEY) is None, "only digests are stored"


def test_keys_are_made_once_and_kept(house: House) -> None:
    more = CONFIG + "  - {name: nightly, service: backups, cron: '30 1 * * *', timezone: Europe/Lisbon}\n"
    made = apply(house.session, more, addresses=False).keys
    assert set(made) == {"nightly"}
    with house.store.read() as conn:
        assert by_key(conn, made["nightly"]) == "nightly"
    assert apply(house.session, more, addresses=False).changed == ()
    assert apply(house.session, export(house.session), addresses=False).changed == ()
    assert KEY not in export(house.session)
    assert [row.rhythm for row in heartbeats(house.session)] == [
        "every 1h, grace 10m",
        "30 1 * * * (Europe/Lisbon)",
    ]
    other = f"version: 1\nheartbeats: [{{name: other, service: backups, every: 1d, key: {KEY}}}]\n"
    with pytest.raises(InvalidMany, match="heartbeat hourly has this key"):
        apply(house.session, other, addresses=False)


def test_a_sign_by_hand_needs_somebody_of_the_team(house: House) -> None:
    assert ping_by_hand(house.as_user("ana"), "hourly", Signal.SUCCESS).health is Health.UP
    with pytest.raises(Forbidden):
        ping_by_hand(house.as_user("guest", Role.VIEWER), "hourly", Signal.SUCCESS)
