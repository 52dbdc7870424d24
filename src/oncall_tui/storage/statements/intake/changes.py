"""Rows of changes: what was done to a service on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete

from oncall_tui.storage.statements.bulk import NewRows
from oncall_tui.storage.statements.prepared import Prepared
from oncall_tui.storage.tables import changes
from oncall_tui.storage.types import Instant

_NEW = NewRows(changes, "service_id", "integration_id", "at", "received_at", "summary", "source", "details", "link")
_FORGET = Prepared(delete(changes).where(changes.c.received_at < bindparam("before", type_=Instant())))


def add_all(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep changes, in this order."""
    _NEW.add(conn, rows)


def forget(conn: Connection, before: datetime) -> int:
    """Delete what was received before an instant; how many there were."""
    return _FORGET.run(conn, [{"before": before}])
