"""Lag and alarms from real rows, their spans worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.figures import figures
from oncall_tui.ops.incidents.acts import acknowledge, resolve
from oncall_tui.ops.watching import Lag, alarms, lag, watching
from oncall_tui.storage.statements import workers
from oncall_tui.storage.statements.figures import first_tries
from oncall_tui.storage.tables import pages
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/a"}]}]
policies: [{name: p, remind: off, steps: [{delay: 12h, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""
LATER = SendResult(Outcome.RETRY_LATER, "503", None)
W1 = {"id": "w1", "host": "box", "pid": 7, "version": "1", "listen": ""}


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def lag_now(house: House) -> Lag:
    with house.store.read() as conn:
        return lag(conn, house.clock.now())


def page_after(house: House, wait: float, *, key: str) -> None:
    """A page that is tried so many seconds after it was due."""
    house.post(key=key)
    house.clock.move(seconds(wait))
    (job,) = house.claimed()
    house.answer(job)


def test_without_pages_there_is_no_lag(house: House) -> None:
    assert lag_now(house) == Lag(0)


def test_lag_is_the_nearest_rank_over_an_hour(house: House) -> None:
    """Waits of 1, 2, 3 and 40 s: half of them take 2 s at the most, 99 % take 40."""
    for place, wait in enumerate((40, 1, 3, 2)):
        page_after(house, wait, key=f"k{place}")
    assert lag_now(house) == Lag(4, 2.0, 40.0)
    house.clock.set(T0 + minutes(60) + seconds(40))  # the first was tried 40 s after T0: an hour ago, no longer within
    assert lag_now(house) == Lag(3, 2.0, 3.0)


def test_a_page_counts_once_by_its_first_try(house: House) -> None:
    house.post()
    house.clock.move(seconds(4))
    (job,) = house.claimed()
    house.answer(job, LATER)
    house.clock.move(seconds(30))
    (job,) = house.claimed()
    house.answer(job)
    assert lag_now(house) == Lag(1, 4.0, 4.0)
    with house.store.read() as conn:
        assert first_tries(conn, T0, 1) == [], "the newest attempt is a second one"


def test_a_page_that_was_tried_in_vain_has_waited_since_it_was_made(house: House) -> None:
    def waiting() -> tuple[datetime | None, float, float]:
        with house.store.read() as conn:
            found = figures(conn, house.directory.world(conn), house.clock.now())
        return watching(house.session).oldest_unsent_at, found.oldest_unsent_seconds, found.oldest_overdue_seconds

    house.post()
    for _ in range(3):
        (job,) = house.claimed()
        house.answer(job, LATER)
        house.clock.move(minutes(2))
    (job,) = house.claimed()
    house.answer(job, LATER)
    assert waiting() == (T0, 360.0, 0.0), "its next try is not due yet"
    house.clock.move(minutes(10))
    (job,) = house.claimed()
    house.answer(job)
    assert waiting() == (None, 0.0, 0.0)


def test_a_digest_waits_on_purpose(house: House) -> None:
    page_after(house, 5, key="k1")
    with house.store.write() as conn:
        conn.execute(update(pages).values(digest="d1-1"))
    assert lag_now(house) == Lag(0)


def test_alarms_say_what_has_been_due_for_too_long(house: House) -> None:
    """The page is due at T0 and alarms after 10 minutes; its sender's lease of 10 s alarms a minute after its end."""

    def codes() -> list[tuple[str, str]]:
        with house.store.read() as conn:
            return [(alarm.code, alarm.text) for alarm in alarms(conn, house.clock.now())]

    house.post()
    house.clock.set(T0 + minutes(10))
    assert codes() == []
    house.clock.move(seconds(1))
    assert codes() == [("pages_late", "1 pages are due and not sent, the oldest for 10m1s")]
    assert len(house.claimed()) == 1
    assert codes() == []
    house.clock.move(seconds(70))
    assert codes() == []
    house.clock.move(seconds(1))
    assert codes() == [("lease_lost", "1 pages lost their sender and nobody took over, the oldest for 1m1s")]
    house.clock.set(T0 + minutes(12 * 60 + 1))
    assert [code for code, _ in codes()] == ["lease_lost"]
    house.clock.move(seconds(1))
    assert codes()[0] == ("engine_late", "1 incidents are due and were not looked at, the oldest for 1m1s")


def test_a_worker_says_when_its_loops_looked_and_what_it_found(house: House) -> None:
    with house.store.write() as conn:
        workers.sign(conn, W1, {"engine_looked_at": T0, "delivery_looked_at": None}, T0)
        workers.note(conn, "w1", audited_at=T0, audit="3 pages are due and not sent", mended=2)
        workers.note(conn, "w1", ping_failure="held back")
        workers.sign(conn, {**W1, "id": "w0"}, {}, T0)
        workers.note(conn, "w0", mended=1, pinged_at=T0)
        workers.goodbye(conn, "w0", T0)
    house.clock.set(T0 + seconds(9))
    row = watching(house.session)
    assert (row.mended, row.oldest_unsent_at, [one.id for one in row.workers]) == (3, None, ["w1"])
    (one,) = row.workers
    assert (one.engine_looked_at, one.delivery_looked_at, one.audited_at) == (T0, None, T0)
    assert (one.audit, one.mended, one.pinged_at) == ("3 pages are due and not sent", 2, None)
    assert one.ping_failure == "held back"
    with house.store.read() as conn:
        found = figures(conn, house.directory.world(conn), house.clock.now())
    assert (found.looked, found.audited, found.audit_passed) == (
        {("w1", "engine"): 9.0},
        {("w1",): 9.0},
        {("w1",): 0.0},
    )
    assert (found.audit_mended, found.pinged, found.lag_pages) == (3, {}, 0)


def test_a_second_sign_keeps_what_was_noted(house: House) -> None:
    with house.store.write() as conn:
        workers.note(conn, "w1", mended=9)  # no row as yet: nothing is kept, nothing fails
        workers.sign(conn, W1, {}, T0)
        workers.note(conn, "w1", mended=2)
        workers.sign(conn, W1, {"engine_looked_at": T0}, T0 + seconds(5))
    assert [(one.mended, one.engine_looked_at) for one in watching(house.session).workers] == [(2, T0)]


CREW = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/a"}]}]
schedules:
  - {name: day, timezone: UTC, layers: [{name: all, users: [ana], start: 2026-01-05T09:00, every: 1w}]}
  - {name: later, timezone: UTC, layers: [{name: all, users: [ana], start: 2026-06-01T09:00, every: 1w}]}
policies: [{name: p, remind: off, steps: [{delay: 12h, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}, {name: search, policy: p}]
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: other, kind: generic, service: search}
"""


def test_figures_tell_how_fast_people_were_and_where_nobody_is_on_call(database_url: str, tmp_path: Path) -> None:
    """By hand: checkout opened three, acknowledged after 1 and 3 minutes, resolved one after 10; search one, open."""
    with House(database_url, CREW, tmp_path) as house:
        house.post(key="long ago")
        resolve(house.as_user("ana"), 1)
        house.clock.set(T0 + timedelta(days=8))
        began = house.clock.now()
        for key in ("a", "b", "c"):
            house.post(key=key)
        house.post(key="d", integration="other")
        house.clock.set(began + minutes(1))
        acknowledge(house.as_user("ana"), 2)
        house.clock.set(began + minutes(3))
        acknowledge(house.as_user("ana"), 3)
        house.clock.set(began + minutes(10))
        resolve(house.as_user("ana"), 2)
        with house.store.read() as conn:
            found = figures(conn, house.directory.world(conn), house.clock.now())
    assert found.on_call == {("day",): 1, ("later",): 0}
    assert found.opened == {("checkout",): 3, ("search",): 1}
    assert found.acknowledge == {("checkout",): 120.0}
    assert found.resolve == {("checkout",): 600.0}
    assert found.phases == {("stopped",): 1, ("escalating",): 2}
