"""Who is on call when: schedules, their layers, overrides and temporary stretches; leave; calendar addresses."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from oncall_tui.storage.tables.base import (
    EMPTY_LIST,
    ZERO,
    at,
    key,
    maybe,
    maybe_at,
    metadata,
    name_of,
    owned_by,
    words,
)
from oncall_tui.storage.types import Id, Json

schedules = Table(
    "schedules",
    metadata,
    key(),
    name_of(unique=True),
    name_of("timezone"),
    Column("handoff", Json, nullable=True),  # NULL: the usual notices to whoever comes on and goes off
)

schedule_layers = Table(
    "schedule_layers",
    metadata,
    key(),
    owned_by("schedule_id", "schedules.id", index=True),
    Column("position", Integer, nullable=False, server_default=ZERO),
    words("name"),
    Column("definition", Json, nullable=False),
)

schedule_overrides = Table(
    "schedule_overrides",
    metadata,
    key(),
    owned_by("schedule_id", "schedules.id"),
    at("start_at"),
    at("end_at"),
    Column("users", Json, nullable=False, server_default=EMPTY_LIST),
    maybe("replaces"),
    maybe("added"),
    maybe("removed"),
    maybe("made_by"),
    at("made_at"),
    Index(None, "schedule_id", "start_at"),
)

schedule_temporaries = Table(
    "schedule_temporaries",
    metadata,
    key(),
    owned_by("schedule_id", "schedules.id"),
    at("start_at"),
    at("end_at"),
    Column("shifts", Json, nullable=False, server_default=EMPTY_LIST),
    maybe("made_by"),
    at("made_at"),
    Index(None, "schedule_id", "start_at"),
)

leave = Table(
    "leave",
    metadata,
    key(),
    owned_by("user_id", "users.id", index=True),
    at("start_at"),
    at("end_at"),
    words("note"),
)

# One of the two owners is set: the calendar of a person over all schedules, or of a schedule with all its people.
calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    key(),
    Column("digest", Text, nullable=False, unique=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("schedule_id", Id, ForeignKey("schedules.id", ondelete="CASCADE"), nullable=True, index=True),
    maybe("made_by"),
    at("made_at"),
    maybe_at("revoked_at"),
)
