"""What a sender's own numbering and subscribing leaves behind: messages taken once, topics that ask to be confirmed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from oncall_tui.storage.tables.base import at, key, maybe, maybe_at, metadata, name_of, owned_by, sealed
from oncall_tui.storage.types import CleanText, Id

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
