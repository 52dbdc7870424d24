"""When people are away, and the secret addresses at which calendars are read."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from oncall_tui.storage.tables.base import at, key, maybe, maybe_at, metadata, owned_by, words
from oncall_tui.storage.types import Id

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
