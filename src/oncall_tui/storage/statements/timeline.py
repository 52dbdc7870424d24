"""Rows of the timeline: appended, never updated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert

from oncall_tui.storage.tables import timeline


def append(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add lines in this order."""
    if rows:
        conn.execute(insert(timeline), list(rows))
