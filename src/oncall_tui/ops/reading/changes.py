"""What was changed on purpose, as senders told it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.ops.reading.rows import ChangeRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.intake import changes as rows

BEFORE = timedelta(hours=6)
"""How far back from an incident's opening its changes are looked for."""

MOST = 20


def changes_before(
    session: Session, service: str, until: datetime, *, since: datetime | None = None, limit: int = MOST
) -> tuple[ChangeRow, ...]:
    """The newest changes of a service up to an instant, newest first; without `since` those of the six hours before."""
    with session.reading() as conn:
        return changes_of(conn, service, until, since=since, limit=limit)


def changes_of(
    conn: Connection, service: str, until: datetime, *, since: datetime | None = None, limit: int = MOST
) -> tuple[ChangeRow, ...]:
    """The same, within the caller's transaction."""
    found = rows.of_service(conn, service, until - BEFORE if since is None else since, until, limit)
    return tuple(_row(row) for row in found)


def _row(row: Row[Any]) -> ChangeRow:
    return ChangeRow(
        at=row.at,
        summary=row.summary,
        source=row.source,
        integration=row.integration,
        details=row.details,
        link=row.link,
    )
