"""Tokens of the REST API: each opens it as one user, with that user's role or a lesser one."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from oncall_tui.storage.tables.base import at, key, maybe_at, metadata, name_of, owned_by, words

api_tokens = Table(
    "api_tokens",
    metadata,
    key(),
    name_of(),
    Column("digest", Text, nullable=False, unique=True),
    owned_by("user_id", "users.id", index=True),
    name_of("role"),
    at("made_at"),
    words("made_by"),
    maybe_at("expires_at"),
    maybe_at("revoked_at"),
)
