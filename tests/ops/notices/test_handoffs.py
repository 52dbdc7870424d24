"""Handoff notices at work: each once, whoever looks, and after an outage only what is still true."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from oncall_tui.domain.severity import Severity
from oncall_tui.ops.config import apply
from oncall_tui.ops.notices.handoffs import look, tell
from oncall_tui.storage.tables import channels, notice_marks, notices, schedules
from tests.ops.notices.conftest import MADE, MONDAY, TEAM
from tests.support.house import House

WEEK = timedelta(weeks=1)
SECOND = timedelta(seconds=1)
ROOM, BOARD = "json://room.invalid", "json://board.invalid"


def at(house: House, instant: datetime) -> datetime:
    """What a worker does at an instant; when it looks again."""
    house.clock.set(instant)
    with house.store.read() as conn:
        looked = look(conn, house.directory.world(conn), instant)
    with house.store.write() as conn:
        assert tell(conn, looked, instant)
    return looked.next_at


def queued(house: House, since: datetime | None = None) -> list[tuple[str, str]]:
    """(to whom, subject) of every notice, or of those made at an instant."""
    return [
        (f"{row.username} {row.contact}" if row.contact else row.display, row.subject) for row in rows(house, since)
    ]


def rows(house: House, since: datetime | None = None) -> list[Row[Any]]:
    with house.store.read() as conn:
        query = select(notices, channels.c.display).outerjoin(channels, channels.c.id == notices.c.channel_id)
        found = conn.execute(query.order_by(notices.c.id)).all()
    return [row for row in found if since is None or row.created_at == since]


def test_nothing_is_told_of_what_was_before_a_schedule_was_made(house: House) -> None:
    at(house, MADE)
    at(house, MONDAY + timedelta(hours=23))
    assert queued(house) == []


def test_a_whole_handoff(house: House) -> None:
    """bo has primary from Monday the 12th at 09:00 UTC: told a day before, an hour before, and then."""
    start = MONDAY + WEEK
    next_at = at(house, MADE)
    seen = []
    while next_at <= start + SECOND:
        at_ = next_at
        next_at = at(house, at_)
        seen += [(at_ - SECOND, *one) for one in queued(house, at_)]
    assert [one for one in seen if one[1] != BOARD] == [
        (start - timedelta(hours=24), "bo mail", "On call in 24 h: primary"),
        (start - timedelta(hours=1), "bo mail", "On call in 1 h: primary"),
        (start, "ana push", "Your shift has ended: primary"),
        (start, "bo mail", "You are on call: primary"),
        (start, ROOM, "On call in primary: bo"),
    ]
    assert [when for when, who, _ in seen if who == BOARD] == [
        datetime(2026, 1, 7, 9, 30, tzinfo=UTC),
    ]
    assert not any("quiet" in what for *_, what in seen)


def test_the_text_tells_the_reader_in_their_zone_who_is_beside_them_and_what_burns(house: House) -> None:
    at(house, MADE)
    house.clock.set(MONDAY + WEEK - timedelta(hours=2))
    house.post(key="a", title="5xx \x1b[31m @everyone", severity=Severity.CRITICAL)
    at(house, MONDAY + WEEK - timedelta(minutes=59))
    before = rows(house)[-1]
    assert (before.username, before.kind) == ("bo", "handoff")
    assert before.expires_at == MONDAY + WEEK
    assert before.body.splitlines() == [
        "You are on call in primary from Mon 12 Jan 04:00 America/New_York until Mon 19 Jan 04:00 America/New_York.",
        "Before you: ana. After you: ana.",
        "",
        "Open incidents (1):",
        "#1 CRIT triggered: 5xx [31m @ everyone",
    ]
    assert before.subject == "On call in 59 min: primary"


def test_who_goes_off_is_told_what_they_still_hold_and_who_has_it_now(house: House) -> None:
    at(house, MADE)
    house.post(key="a", title="Slow")
    at(house, MONDAY + WEEK + SECOND)
    ended = next(row for row in rows(house) if row.subject.startswith("Your shift has ended"))
    assert ended.body.splitlines() == [
        "You were on call in primary from Mon 5 Jan 09:00 Europe/Lisbon until Mon 12 Jan 09:00 Europe/Lisbon.",
        "On call now: bo.",
        "",
        "You still hold 1:",
        "#1 HIGH triggered: Slow",
    ]


def test_whoever_looks_second_queues_nothing(house: House) -> None:
    at(house, MADE)
    now = MONDAY + WEEK + SECOND
    house.clock.set(now)
    with house.store.read() as conn:
        world = house.directory.world(conn)
        one, other = look(conn, world, now), look(conn, world, now)
    for looked in (one, other):
        with house.store.write() as conn:
            assert tell(conn, looked, now)
    assert len(queued(house)) == len(set(queued(house))) == 3
    at(house, now + timedelta(seconds=5))
    assert len(queued(house)) == 3


def test_what_was_worked_out_before_a_change_is_not_told(house: House) -> None:
    at(house, MADE)
    now = MONDAY + WEEK + SECOND
    with house.store.read() as conn:
        looked = look(conn, house.directory.world(conn), now)
    apply(house.session, TEAM + "teams: [{name: new, members: [ana]}]", addresses=False)
    with house.store.write() as conn:
        assert not tell(conn, looked, now)
    assert queued(house) == []


def test_after_an_outage_only_what_is_still_true_is_told(house: House) -> None:
    """Down from the 5th to the 19th at 11:00: bo's week came and went, ana has been on for two hours."""
    at(house, MADE)
    at(house, MONDAY + 2 * WEEK + timedelta(hours=2))
    assert sorted(queued(house)) == [
        ("ana push", "You are on call: primary"),
        ("bo mail", "Your shift has ended: primary"),
        (BOARD, "On call in primary: ana"),
        (ROOM, "On call in primary: ana"),
    ]


def test_a_late_announcement_becomes_you_are_on_call(house: House) -> None:
    """ "Starts in 1 h" is not sent three hours late: down from a day before until two hours after."""
    at(house, MONDAY + WEEK - timedelta(hours=25))
    at(house, MONDAY + WEEK + timedelta(hours=2))
    assert [what for who, what in queued(house) if who == "bo mail"] == ["You are on call: primary"]


def test_who_turns_notices_on_is_told_from_then_on(house: House) -> None:
    at(house, MADE)
    house.clock.set(MONDAY + timedelta(days=2))
    apply(house.session, TEAM.replace("handoff: off", "handoff: {before: [2h], end: false}"), addresses=False)
    with house.store.read() as conn:
        marked = conn.execute(select(schedules.c.name).join(notice_marks)).scalars()
        assert list(marked) == ["primary"]
    at(house, MONDAY + timedelta(days=2))
    assert not any("quiet" in what for _, what in queued(house))
    at(house, MONDAY + timedelta(days=3, hours=1, seconds=1))
    assert [one for one in queued(house) if "quiet" in one[1]] == [
        ("cy push", "You are on call: quiet"),
        ("ana push", "On call in 2 h: quiet"),
    ]


def test_a_broken_schedule_keeps_no_other_from_being_told(house: House) -> None:
    at(house, MADE)
    with house.store.write() as conn:
        conn.execute(schedules.update().where(schedules.c.name == "quiet").values(timezone="Nowhere/Land"))
    house.directory = type(house.directory)(house.store)
    at(house, MONDAY + WEEK + SECOND)
    assert ("bo mail", "You are on call: primary") in queued(house)


def test_two_workers_at_once_tell_it_once(house: House) -> None:
    at(house, MADE)
    now = MONDAY + WEEK + SECOND
    house.clock.set(now)
    ready = threading.Barrier(4)

    def work() -> None:
        with house.store.read() as conn:
            looked = look(conn, house.directory.world(conn), now)
        ready.wait(20)
        with house.store.write() as conn:
            assert tell(conn, looked, now)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for _ in range(4)]:
            done.result()
    assert len(queued(house)) == len(set(queued(house))) == 3
