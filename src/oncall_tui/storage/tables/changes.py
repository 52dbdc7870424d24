"""What was changed on purpose, told by senders, to be seen beside the incidents of its service."""

from __future__ import annotations

from sqlalchemy import Index, Table

from oncall_tui.storage.tables.base import at, key, maybe, metadata, owned_by, remembers, words

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
