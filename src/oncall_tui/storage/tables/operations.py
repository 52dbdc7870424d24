"""The house itself: facts about the database, the workers that share it, tokens of its API, the audit trail."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from oncall_tui.storage.tables.base import ZERO, at, key, maybe, maybe_at, metadata, name_of, owned_by, words
from oncall_tui.storage.types import CleanText

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", CleanText, nullable=False))

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    words("host"),
    Column("pid", Integer, nullable=False),
    words("version"),
    at("started_at"),
    at("seen_at"),
    maybe("listen"),
    maybe_at("stopped_at"),
    maybe_at("engine_looked_at"),
    maybe_at("delivery_looked_at"),
    maybe_at("audited_at"),
    words("audit"),  # what the last self-audit could not pass, in words; empty when it passed
    Column("mended", Integer, nullable=False, server_default=ZERO),
    maybe_at("pinged_at"),
    words("ping_failure"),  # why the last dead-man ping did not arrive; empty when it did
)

audit = Table(
    "audit",
    metadata,
    key(),
    at("at"),
    maybe("actor"),
    maybe("os_account"),
    words("via"),
    name_of("action"),
    words("object"),
    words("text"),
    Index(None, "at"),
)

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
