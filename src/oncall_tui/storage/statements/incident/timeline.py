"""Rows of the timeline: appended, never updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from oncall_tui.storage.statements.bulk import NewRows
from oncall_tui.storage.tables import timeline

_NEW = NewRows(timeline, "number", "at", "kind", "by", "via", "text", "os_account")


def append(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add lines in this order; `os_account` only where a person did it."""
    _NEW.add(conn, [{"os_account": None, **row} for row in rows])
