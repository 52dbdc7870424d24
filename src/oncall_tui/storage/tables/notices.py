"""Messages that are not pages: what is told about shifts and contacts, who is told it, and every try to send it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, false

from oncall_tui.storage.tables.base import (
    ZERO,
    at,
    key,
    maybe,
    maybe_at,
    metadata,
    name_of,
    owned_by,
    remembers,
    words,
)
from oncall_tui.storage.types import CleanText, Id, Json

notices = Table(
    "notices",
    metadata,
    key(),
    name_of("kind"),
    remembers("user_id", "users.id", index=True),
    maybe("username"),
    remembers("contact_id", "contact_methods.id", index=True),
    words("contact"),
    remembers("channel_id", "channels.id", index=True),
    words("subject"),
    words("body"),
    Column("key", CleanText, nullable=True, unique=True),
    name_of("state"),
    at("created_at"),
    at("due_at"),
    at("expires_at"),
    maybe("lease_owner"),
    maybe("lease_token"),
    maybe_at("lease_until"),
    Column("tries", Integer, nullable=False, server_default=ZERO),
    Column("possible_repeat", Boolean, nullable=False, server_default=false()),
    maybe_at("finished_at"),
    Index(None, "created_at"),
    sqlite_autoincrement=True,  # an id stands in what was sent, and is never given twice
)

UNFINISHED_NOTICE = notices.c.finished_at.is_(None)
"""True while something is left to do for a notice. Has no parameter, so that both databases can use the index."""

Index("ix_notices_unfinished", notices.c.due_at, sqlite_where=UNFINISHED_NOTICE, postgresql_where=UNFINISHED_NOTICE)

notice_attempts = Table(
    "notice_attempts",
    metadata,
    key(),
    owned_by("notice_id", "notices.id", index=True),
    Column("n", Integer, nullable=False),
    at("started_at"),
    at("ended_at"),
    name_of("outcome"),
    words("answer"),
    words("worker"),
)

# Up to when the notices of a schedule have been worked out: what fell due before is queued or was not worth it.
notice_marks = Table(
    "notice_marks",
    metadata,
    Column("schedule_id", Id, ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    at("told_until"),
)

# The channels that are told who is on call. No `at_time`: whenever that changes.
schedule_notices = Table(
    "schedule_notices",
    metadata,
    key(),
    owned_by("schedule_id", "schedules.id", index=True),
    Column("position", Integer, nullable=False, server_default=ZERO),
    owned_by("channel_id", "channels.id", index=True),
    maybe("at_time"),
    Column("days", Json, nullable=True),
)
