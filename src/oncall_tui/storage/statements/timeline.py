"""Rows of the timeline: appended, never updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert

from oncall_tui.storage.statements.prepared import Prepared
from oncall_tui.storage.tables import timeline

_ADD = Prepared(insert(timeline), "number", "at", "kind", "by", "via", "text", "os_account")


def append(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add lines in this order; `os_account` only where a person did it."""
    _ADD.run(conn, [{"os_account": None, **row} for row in rows])
