"""The state of the house in numbers, for those who watch it from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.storage.statements import figures as rows

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Open incidents by (state, severity), unfinished pages by state, seconds since each worker's sign of life."""

    incidents: Mapping[tuple[str, ...], float]
    pages: Mapping[tuple[str, ...], float]
    oldest_overdue_seconds: float
    workers: Mapping[tuple[str, ...], float]


def figures(conn: Connection, now: datetime) -> Figures:
    """Count now; a worker that was killed is forgotten after a day."""
    pages = rows.unfinished_pages(conn)
    oldest = min((page.oldest_due_at for page in pages), default=now)
    return Figures(
        incidents={(row.state, row.severity): row.number for row in rows.open_incidents(conn)},
        pages={(page.state,): page.number for page in pages},
        oldest_overdue_seconds=max(0.0, (now - oldest).total_seconds()),
        workers={
            (seen.worker,): max(0.0, (now - seen.seen_at).total_seconds())
            for seen in rows.running_workers(conn, now - FORGOTTEN_AFTER)
        },
    )
