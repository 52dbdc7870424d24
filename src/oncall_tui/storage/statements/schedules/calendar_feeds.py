"""The secret addresses of calendars: rows of table calendar_feeds. Only the token's hash is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from oncall_tui.storage.tables import calendar_feeds, schedules, users

_FEED = calendar_feeds.c
_ROWS = (
    select(
        _FEED.id, _FEED.made_by, _FEED.made_at, _FEED.revoked_at, users.c.username, schedules.c.name.label("schedule")
    )
    .outerjoin(users, users.c.id == _FEED.user_id)
    .outerjoin(schedules, schedules.c.id == _FEED.schedule_id)
    .order_by(_FEED.id)
)


def feed_rows(conn: Connection) -> Sequence[Row[Any, Any, Any, Any, Any, Any]]:
    """Every feed that is not revoked, with its owner."""
    return conn.execute(_ROWS.where(_FEED.revoked_at.is_(None))).all()


def feed_row(conn: Connection, number: int) -> Row[Any, Any, Any, Any, Any, Any] | None:
    """One feed that is not revoked."""
    return conn.execute(_ROWS.where(_FEED.id == number, _FEED.revoked_at.is_(None))).one_or_none()


def feed_of_digest(conn: Connection, digest: str) -> Row[Any, Any, Any, Any, Any, Any] | None:
    """The feed that this token's hash opens; None when it is unknown or revoked."""
    return conn.execute(_ROWS.where(_FEED.digest == digest, _FEED.revoked_at.is_(None))).one_or_none()


def add_feed(conn: Connection, digest: str, *, user: str | None, schedule: str | None, by: str, at: datetime) -> int:
    """Store a feed of a user or a schedule whom the caller knows to be there; its number."""
    values = {
        "digest": digest,
        "user_id": select(users.c.id).where(users.c.username == user).scalar_subquery() if user else None,
        "schedule_id": select(schedules.c.id).where(schedules.c.name == schedule).scalar_subquery()
        if schedule
        else None,
        "made_by": by,
        "made_at": at,
    }
    return int(conn.execute(insert(calendar_feeds).values(**values).returning(_FEED.id)).scalar_one())


def revoke_feed(conn: Connection, number: int, at: datetime) -> None:
    """Let its token open nothing from now on."""
    conn.execute(update(calendar_feeds).where(_FEED.id == number).values(revoked_at=at))
