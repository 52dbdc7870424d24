"""Handoffs at work: what has fallen due of every schedule's notices is worded and queued, once, whoever looks first.

Each schedule has a mark, the instant up to which its notices are worked out. Whoever moves the mark by compare-and-set
queues what lies before it, in the same transaction. Times count in whole seconds, as people's changes do: what falls
due in a second is looked at when it is over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.notices import (
    Due,
    Moment,
    ScheduleNotices,
    ShiftNotice,
    contacts_for,
    due_in,
    look_again_at,
    worth_sending,
)
from oncall_tui.domain.schedules import Schedule, stint, stretch, users_on_call
from oncall_tui.domain.world import World
from oncall_tui.notify.words.notice_texts import ChannelFacts, ShiftFacts, channel_text, shift_text
from oncall_tui.ops.notices.burning import OpenIncidents
from oncall_tui.ops.notices.queueing import GIVE_UP_AFTER, NoticeTo, ToChannel, queue
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.statements.delivery import notices as rows

HANDOFF, CHANNEL = "handoff", "channel"
_INSTANT = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_SET_ASIDE = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One message to queue."""

    kind: str
    to: NoticeTo | ToChannel
    subject: str
    body: str
    expires_at: datetime
    key: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """What one schedule tells now: its mark as it was seen, where it goes, and the messages between."""

    schedule: int
    seen: datetime | None
    until: datetime
    messages: tuple[Planned, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be told at one revision of the directory, and when to look again."""

    revision: int
    tellings: tuple[Telling, ...]
    next_at: datetime


def whole_second(now: datetime) -> datetime:
    """The start of this second: up to here it is settled who was on call."""
    return now.replace(microsecond=0)


def look(conn: Connection, world: World, now: datetime) -> Looked:
    """Everything that has fallen due by now, read and worded; nothing is changed."""
    until = whole_second(now)
    burning = OpenIncidents(conn, world)
    marks = rows.marks(conn)
    tellings = []
    next_at = until + timedelta(days=1)
    for name, schedule in world.schedules.items():
        if name not in marks:
            continue  # made or renamed since: the directory moves on, and so do we
        row, seen = marks[name]
        told = world.notices.get(name) or ScheduleNotices()
        try:
            due = due_in(schedule, told, seen, until) if seen is not None else Due()
            if seen is None or due.first_at is not None:
                messages = tuple(worded(world, schedule, worth_sending(schedule, due, now), now, burning))
                tellings.append(Telling(row, seen, until, messages))
            next_at = min(next_at, look_again_at(schedule, told, until))
        except DatabaseAway:
            raise
        except Exception:  # a fault with one schedule keeps no other from being told
            log.exception("what schedule %s tells could not be worked out", name)
            next_at = min(next_at, until + _SET_ASIDE)
    return Looked(world.revision, tuple(tellings), next_at + _SECOND)


def tell(conn: Connection, looked: Looked, now: datetime) -> bool:
    """Queue what was found and move the marks; False, and nothing done, when the directory has changed meanwhile."""
    revision.lock(conn)
    if revision.revision(conn) != looked.revision:
        return False
    for telling in looked.tellings:
        settle(conn, telling, now)
    return True


def settle(conn: Connection, telling: Telling, now: datetime) -> None:
    """Queue one schedule's messages, unless another process has just done so."""
    if rows.move_mark(conn, telling.schedule, telling.seen, telling.until):
        put(conn, telling.messages, now)


def put(conn: Connection, messages: Sequence[Planned], now: datetime) -> None:
    """Queue messages."""
    for one in messages:
        queue(
            conn,
            now=now,
            kind=one.kind,
            to=one.to,
            subject=one.subject,
            body=one.body,
            expires_at=one.expires_at,
            key=one.key,
        )


def worded(world: World, schedule: Schedule, due: Due, now: datetime, burning: OpenIncidents) -> Iterator[Planned]:
    """The messages of what is due: one for each contact of each person, and one for each channel."""
    for notice in due.shifts:
        yield from _to_person(world, schedule, notice, now, burning)
    for told in due.channels:
        yield to_channel(schedule, told.notice.channel, told.key, now)


def to_person(  # noqa: PLR0913 - a message says this much
    world: World, user: str, subject: str, body: str, *, kind: str, key: str | None, expires_at: datetime
) -> Iterator[Planned]:
    """One message for each contact that a person's notices go to, each under a key of its own."""
    for contact in contacts_for(world.users[user]):
        yield Planned(
            kind=kind,
            to=NoticeTo(user, contact),
            subject=subject,
            body=body,
            expires_at=expires_at,
            key=None if key is None else f"{key} {contact}",
        )


def to_channel(schedule: Schedule, channel: int, key: str | None, now: datetime) -> Planned:
    """Who is on call now, for a channel. Raises BrokenSchedule."""
    until = stretch(schedule, now).until
    facts = ChannelFacts(
        schedule=schedule.name,
        users=users_on_call(schedule, now),
        until=until,
        then=users_on_call(schedule, until) if until is not None else (),
        timezone=schedule.timezone,
    )
    subject, body = channel_text(facts)
    return Planned(
        kind=CHANNEL, to=ToChannel(channel), subject=subject, body=body, expires_at=now + GIVE_UP_AFTER, key=key
    )


def _to_person(
    world: World, schedule: Schedule, notice: ShiftNotice, now: datetime, burning: OpenIncidents
) -> Iterator[Planned]:
    person = world.users.get(notice.user)
    if person is None:
        return
    ended = notice.moment is Moment.END
    around = stint(schedule, notice.user, notice.boundary - _INSTANT if ended else notice.boundary)
    assert around is not None, "the resolver has just given a shift that ends here"
    start, end = (around.since, notice.boundary) if ended else (notice.boundary, around.until)
    subject, body = shift_text(
        ShiftFacts(
            schedule=schedule.name,
            moment=notice.moment,
            now=now,
            start=start,
            end=end,
            before=_others(schedule, notice.user, None if start is None else start - _INSTANT),
            after=_others(schedule, notice.user, now if ended else end),
            burning=burning.held_by(notice.user) if ended else burning.of_schedule(schedule.name),
            timezone=person.timezone,
        )
    )
    last = notice.boundary if notice.moment is Moment.BEFORE else now + GIVE_UP_AFTER
    yield from to_person(
        world, notice.user, subject, body, kind=HANDOFF, key=notice.key, expires_at=min(last, now + GIVE_UP_AFTER)
    )


def _others(schedule: Schedule, user: str, at: datetime | None) -> tuple[str, ...]:
    return tuple(other for other in users_on_call(schedule, at) if other != user) if at is not None else ()
