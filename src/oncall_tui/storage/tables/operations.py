"""The house itself: facts about the database, the workers that share it, the audit trail."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from oncall_tui.storage.tables.base import at, key, maybe, maybe_at, metadata, name_of, words
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
