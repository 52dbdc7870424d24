"""What stands between a post and an incident: rules, silences and what they hold back, messages taken once, changes."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, false

from oncall_tui.storage.tables.base import (
    ONE,
    at,
    key,
    maybe,
    maybe_at,
    metadata,
    name_of,
    owned_by,
    remembers,
    sealed,
    words,
)
from oncall_tui.storage.types import CleanText, Id, Json

routing_rules = Table(
    "routing_rules",
    metadata,
    key(),
    name_of(unique=True),
    Column("position", Integer, nullable=False),
    Column("definition", Json, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    key(),
    name_of("uuid", unique=True),
    words("matchers"),
    at("start_at"),
    at("end_at"),
    name_of("creator"),
    words("comment"),
    maybe("integration"),  # its name: only that one's alerts are silent
    at("made_at"),
    Column("finished", Boolean, nullable=False, server_default=false()),  # over, and nothing is held back by it
    Index(None, "finished", "end_at"),
    sqlite_autoincrement=True,  # people name a silence by its number: none is given twice
)

silenced_alerts = Table(
    "silenced_alerts",
    metadata,
    key(),
    owned_by("integration_id", "integrations.id"),
    name_of("dedup_key"),
    owned_by("service_id", "services.id"),
    owned_by("silence_id", "silences.id", index=True),
    Column("event", Json, nullable=False),
    Column("count", Integer, nullable=False, server_default=ONE),
    at("first_seen_at"),
    at("last_seen_at"),
    at("due_at"),
    UniqueConstraint("integration_id", "dedup_key"),
    Index(None, "due_at"),
)

taken_messages = Table(
    "taken_messages",
    metadata,
    Column("integration_id", Id, ForeignKey("integrations.id", ondelete="CASCADE"), primary_key=True),
    Column("message", CleanText, primary_key=True),
    at("taken_at"),
    Index(None, "taken_at"),
)

topics = Table(
    "topics",
    metadata,
    key(),
    owned_by("integration_id", "integrations.id"),
    name_of("arn"),
    sealed("confirm_url"),  # whoever has it may confirm
    at("asked_at"),
    maybe_at("confirmed_at"),
    maybe("confirmed_by"),
    maybe_at("ended_at"),
    UniqueConstraint("integration_id", "arn"),
)

changes = Table(
    "changes",
    metadata,
    key(),
    owned_by("service_id", "services.id"),
    remembers("integration_id", "integrations.id", index=True),
    at("at"),  # when it was made
    at("received_at"),
    words("summary"),
    words("source"),
    words("details"),
    maybe("link"),
    Index(None, "service_id", "at"),
    Index(None, "received_at"),
)
