"""Calendar feeds: a secret address for a person's shifts or a schedule's, which can be revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, Unknown
from oncall_tui.domain.schedules import BrokenSchedule
from oncall_tui.ops.reading.who import schedule_named
from oncall_tui.ops.schedules.changing import know
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.statements.schedules import calendar_feeds as stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from oncall_tui.ops.directory import Directory
    from oncall_tui.ops.session import Session

TOKEN_BYTES = 32
LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed by its number: of a user's shifts, or of a schedule's."""

    number: int
    user: str | None
    schedule: str | None
    made_by: str
    made_at: datetime

    @property
    def told(self) -> str:
        """Whose shifts it shows."""
        return f"user {self.user}" if self.user is not None else f"schedule {self.schedule}"


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """A new feed with its token, which stands here once and nowhere else: only its hash is stored."""

    feed: Feed
    token: str = field(repr=False)

    @property
    def path(self) -> str:
        """Where the worker's listener serves it."""
        return f"/ical/{self.token}.ics"


def make_feed(session: Session, *, user: str | None = None, schedule: str | None = None) -> MadeFeed:
    """A new secret address for one person's shifts or one schedule's. A person's is theirs, or an admin's, to make.

    Raises Unknown, Forbidden or Invalid.
    """
    session.actor.may_act()
    if (user is None) == (schedule is None):
        raise Invalid("a feed is of one user or of one schedule", mend="name one of them")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with session.writing() as conn:
        world, now = session.directory.world(conn), session.now()
        if schedule is not None:
            schedule_named(world, schedule)
        if user is not None:
            know(world, [user])
            _own(session, user)
        number = stored.add_feed(conn, digest(token), user=user, schedule=schedule, by=session.actor.name, at=now)
        feed = Feed(number=number, user=user, schedule=schedule, made_by=session.actor.name, made_at=now)
        _note(conn, session, "feed.made", feed)
    return MadeFeed(feed, token)


def list_feeds(session: Session) -> tuple[Feed, ...]:
    """The feeds that can be read, oldest first; without their tokens."""
    with session.reading() as conn:
        return tuple(
            Feed(number=row.id, user=row.username, schedule=row.schedule, made_by=row.made_by, made_at=row.made_at)
            for row in stored.feed_rows(conn)
        )


def revoke_feed(session: Session, number: int) -> Feed:
    """Let a feed's address answer nothing any more. A person's is theirs, or an admin's. Raises Unknown, Forbidden."""
    session.actor.may_act()
    with session.writing() as conn:
        row = stored.feed_row(conn, number)
        if row is None:
            raise Unknown(f"there is no calendar {number}", mend="see 'oncall calendar list'", path="calendar")
        if row.username is not None:
            _own(session, row.username)
        feed = Feed(number=row.id, user=row.username, schedule=row.schedule, made_by=row.made_by, made_at=row.made_at)
        stored.revoke_feed(conn, number, session.now())
        _note(conn, session, "feed.revoked", feed)
    return feed


def calendar_at(conn: Connection, directory: Directory, token: str, now: datetime) -> bytes | None:
    """The iCalendar file that a token opens; None when it opens none, or a schedule that nobody can resolve."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    row = stored.feed_of_digest(conn, digest(token))
    if row is None:
        return None
    world = directory.world(conn)
    from oncall_tui.ops.schedules.calendars import calendar_of_schedule, calendar_of_user

    if row.username is not None:
        return calendar_of_user(row.username, world.users[row.username].timezone, world.schedules.values(), now)
    try:
        return calendar_of_schedule(world.schedules[row.schedule], now)
    except BrokenSchedule:
        return None


def _own(session: Session, user: str) -> None:
    if session.actor.username != user and session.actor.role is not Role.ADMIN:
        raise Forbidden(f"{session.actor.name} is no admin", mend=f"ask {user} or an admin to do it")


def _note(conn: Connection, session: Session, action: str, feed: Feed) -> None:
    entry = {
        "at": session.now(),
        "actor": session.actor.username,
        "os_account": session.actor.os_account,
        "via": session.actor.via,
        "action": action,
        "object": f"calendar {feed.number}",
        "text": feed.told,
    }
    rows.note(conn, [entry])
