"""The lives of heartbeats, apart from what is configured of them: a sign of life changes no directory."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from oncall_tui.storage.tables.base import maybe_at, metadata, name_of, words
from oncall_tui.storage.types import Id, Instant

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
