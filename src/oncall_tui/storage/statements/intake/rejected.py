"""Rows of what was turned away at the door: who, where, why, and the start of what they sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from oncall_tui.storage.tables import rejected_events


class RejectedRow(NamedTuple):
    """One rejected post."""

    id: int
    received_at: datetime
    source: str
    path: str
    reason: str
    sample: str


def add(conn: Connection, row: Mapping[str, Any], *, keep: int) -> None:
    """Keep one; of all only about the newest `keep` stay."""
    added = conn.execute(insert(rejected_events), row).inserted_primary_key
    assert added is not None, "an insert of one row has its key"
    conn.execute(delete(rejected_events).where(rejected_events.c.id <= added[0] - keep))


def newest(conn: Connection, limit: int) -> Sequence[RejectedRow]:
    """The newest rejected posts, newest first."""
    columns = rejected_events.c
    found = conn.execute(
        select(columns.id, columns.received_at, columns.source, columns.path, columns.reason, columns.sample)
        .order_by(columns.id.desc())
        .limit(limit)
    )
    return [RejectedRow(*row) for row in found]
