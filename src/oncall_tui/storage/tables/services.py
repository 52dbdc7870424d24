"""What is watched and who may report on it: services, integrations, their keys, heartbeats, maintenance."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Table, Text, text, true

from oncall_tui.storage.tables.base import (
    EMPTY_LIST,
    EMPTY_MAP,
    ZERO,
    at,
    key,
    maybe,
    maybe_at,
    metadata,
    name_of,
    owned_by,
    refers_to,
    words,
)
from oncall_tui.storage.types import CleanText, Id, Instant, Json

services = Table(
    "services",
    metadata,
    key(),
    name_of(unique=True),
    words("description"),
    refers_to("team_id", "teams.id", index=True),
    refers_to("policy_id", "policies.id", index=True),
    Column("grouping", CleanText, nullable=False, server_default=text("'dedup_key'")),
    Column("group_labels", Json, nullable=False, server_default=EMPTY_LIST),
    Column("group_window_seconds", Double, nullable=False, server_default=text("300")),
    Column("urgency", CleanText, nullable=False, server_default=text("'severity'")),
    Column("support_hours", Json, nullable=True),
    Column("ack_timeout_seconds", Double, nullable=True),
    Column("hold_for_seconds", Double, nullable=False, server_default=ZERO),
    maybe("runbook"),
    Column("labels", Json, nullable=False, server_default=EMPTY_MAP),
)

integrations = Table(
    "integrations",
    metadata,
    key(),
    name_of(unique=True),
    name_of("kind"),
    refers_to("service_id", "services.id", nullable=False, index=True),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    Column("rules", Json, nullable=False, server_default=EMPTY_LIST),
    Column("options", Json, nullable=False, server_default=EMPTY_MAP),
    Column("secret", Text, nullable=True),  # what senders sign with, sealed by `storage.cipher`
)

integration_keys = Table(
    "integration_keys",
    metadata,
    key(),
    owned_by("integration_id", "integrations.id", index=True),
    Column("digest", Text, nullable=False, unique=True),
    at("made_at"),
    maybe_at("expires_at"),
    maybe_at("revoked_at"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    key(),
    name_of(unique=True),
    refers_to("service_id", "services.id", nullable=False, index=True),
    Column("definition", Json, nullable=False),
)

maintenance_windows = Table(
    "maintenance_windows", metadata, key(), name_of(unique=True), Column("definition", Json, nullable=False)
)

beats = Table(
    "beats",
    metadata,
    Column("heartbeat_id", Id, ForeignKey("heartbeats.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=True, unique=True),
    name_of("health"),
    maybe_at("since_at"),
    Column("due_at", Instant, nullable=True, index=True),
    maybe_at("started_at"),
    maybe_at("away_from"),
    maybe_at("away_until"),
    maybe_at("heard_at"),
    words("signal"),
    words("detail"),
)
