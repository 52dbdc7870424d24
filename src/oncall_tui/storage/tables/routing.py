"""What stands between an event and an incident: rules for all integrations, silences, and what silences hold back."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint, false

from oncall_tui.storage.tables.base import ONE, at, key, maybe, metadata, name_of, owned_by, words
from oncall_tui.storage.types import Json

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
