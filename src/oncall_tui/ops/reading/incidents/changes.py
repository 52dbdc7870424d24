"""What was changed on purpose, as senders told it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from oncall_tui.ops.reading.incidents.story_rows import ChangeRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.looking import AnyRow, Look
from oncall_tui.storage.reading import before

if TYPE_CHECKING:
    from sqlalchemy import Connection

BEFORE = timedelta(hours=6)
"""How far back from an incident's opening its changes are looked for."""

MOST = 20


def changes_before(
    session: Session, service: str, until: datetime, *, since: datetime | None = None, limit: int = MOST
) -> tuple[ChangeRow, ...]:
    """The newest changes of a service up to an instant, newest first; without `since` those of the six hours before."""
    with session.looking() as look:
        return changes_of(look, service, until, since=since, limit=limit)


def changes_of(
    conn: Connection | Look, service: str, until: datetime, *, since: datetime | None = None, limit: int = MOST
) -> tuple[ChangeRow, ...]:
    """The same, within the caller's transaction."""
    found = before.changes(conn, service, until - BEFORE if since is None else since, until, limit)
    return tuple(_row(row) for row in found)


def _row(row: AnyRow) -> ChangeRow:
    return ChangeRow(
        at=row.at,
        summary=row.summary,
        source=row.source,
        integration=row.integration,
        details=row.details,
        link=row.link,
    )
