"""Tell people whose shifts somebody else has moved, and channels when that changes who is on call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection

from oncall_tui.domain.notices import ScheduleNotices, contacts_for, due_in, worth_sending
from oncall_tui.domain.notices.changed import AHEAD, Moved, in_words, moved_by
from oncall_tui.domain.notices.values import channel_key
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, stretch, users_on_call
from oncall_tui.domain.world import World
from oncall_tui.notify.words.notice_texts import Burning, ChangeFacts, change_text
from oncall_tui.ops.notices.burning import OpenIncidents
from oncall_tui.ops.notices.handoffs import (
    Planned,
    Telling,
    put,
    settle,
    to_channel,
    to_person,
    whole_second,
    worded,
)
from oncall_tui.ops.notices.queueing import GIVE_UP_AFTER
from oncall_tui.storage.statements.delivery import notices as rows

CHANGE = "change"


@dataclass(frozen=True, slots=True)
class _Change:
    """What somebody has just done to a schedule."""

    after: Schedule
    what: str
    by: str
    now: datetime


def tell_of_changes(
    conn: Connection,
    world: World,
    changes: Iterable[tuple[Schedule | None, Schedule | None]],
    now: datetime,
    *,
    user: str | None,
    by: str,
) -> None:
    """Queue what changed schedules mean to people and channels, in the transaction of the change.

    `world` is the directory before it; of each schedule the values before and after, None where it was not there or is
    gone. `user` did it and needs no telling; `by` is their name in words. Who is new in the directory is not told.
    """
    burning = OpenIncidents(conn, world)
    marks = rows.marks(conn)
    for before, after in changes:
        known = after or before
        if known is None or before == after:
            continue
        names = [one.name for one in (after, before) if one is not None]
        row, seen = next((marks[name] for name in names if name in marks), (None, None))
        told = next((world.notices[name] for name in names if name in world.notices), ScheduleNotices())
        settled = whole_second(now)
        if row is not None:
            # What was due before the change was due by the schedule as it stood.
            overdue: tuple[Planned, ...] = ()
            if before is not None and seen is not None:
                due = worth_sending(before, due_in(before, told, seen, settled), now)
                overdue = tuple(worded(world, before, due, now, burning))
            if seen is None or seen < settled:
                settle(conn, Telling(row, seen, settled, overdue), now)
        empty = Schedule(name=known.name, timezone=known.timezone)
        was, will = before or empty, after or empty
        change = _Change(will, in_words(before, after), by, now)
        people = (
            _to_person(world, change, one, burning)
            for one in (moved_by(was, will, now, settled) if told.handoff.changes else ())
            if one.user != user and one.user in world.users
        )
        channels = _to_channels(told, was, will, now, settled) if after is not None else ()
        put(conn, tuple(chain(chain.from_iterable(people), channels)), now)


def _to_person(world: World, change: _Change, moved: Moved, burning: OpenIncidents) -> Iterator[Planned]:
    if not contacts_for(world.users[moved.user]):
        return
    open_ones = Burning()
    if moved.on_now is not None:
        open_ones = burning.of_schedule(change.after.name) if moved.on_now else burning.held_by(moved.user)
    subject, body = change_text(
        ChangeFacts(
            schedule=change.after.name,
            by=change.by,
            what=change.what,
            gained=moved.gained,
            lost=moved.lost,
            weeks=AHEAD.days // 7,
            on_now=moved.on_now,
            instead=users_on_call(change.after, change.now) if moved.on_now is False else (),
            burning=open_ones,
            timezone=world.users[moved.user].timezone,
        )
    )
    yield from to_person(
        world, moved.user, subject, body, kind=CHANGE, key=moved.key, expires_at=change.now + GIVE_UP_AFTER
    )


def _to_channels(
    told: ScheduleNotices, before: Schedule, after: Schedule, now: datetime, settled: datetime
) -> Iterator[Planned]:
    try:
        if users_on_call(before, now) == users_on_call(after, now):
            return
        since = stretch(after, now).since
    except BrokenSchedule:
        return
    for one in told.channels:
        if one.at is None:
            fresh = since is not None and since >= settled
            key = channel_key(after.name, one, since) if fresh and since is not None else None
            yield to_channel(after, one.channel, key, now)
