"""Counts over what is open or unfinished; none of them grows with history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from oncall_tui.storage.tables import OPEN_INCIDENT, UNFINISHED_PAGE, incidents, pages, workers


class IncidentCount(NamedTuple):
    """Open incidents of one state and severity."""

    state: str
    severity: str
    number: int


class PageCount(NamedTuple):
    """Unfinished pages of one state, and when the oldest of them is or was due."""

    state: str
    number: int
    oldest_due_at: datetime


class Seen(NamedTuple):
    """A worker that has not said goodbye."""

    worker: str
    seen_at: datetime


def open_incidents(conn: Connection) -> Sequence[IncidentCount]:
    """How many incidents are open, by state and severity."""
    columns = incidents.c
    found = conn.execute(
        select(columns.state, columns.severity, func.count())
        .where(OPEN_INCIDENT)
        .group_by(columns.state, columns.severity)
    )
    return [IncidentCount(*row) for row in found]


def unfinished_pages(conn: Connection) -> Sequence[PageCount]:
    """How many pages are not finished, by state."""
    columns = pages.c
    found = conn.execute(
        select(columns.state, func.count(), func.min(columns.due_at, type_=columns.due_at.type))
        .where(UNFINISHED_PAGE)
        .group_by(columns.state)
    )
    return [PageCount(*row) for row in found]


def running_workers(conn: Connection, since: datetime) -> Sequence[Seen]:
    """Workers seen after `since` that have not stopped on purpose."""
    found = conn.execute(
        select(workers.c.id, workers.c.seen_at).where(workers.c.stopped_at.is_(None), workers.c.seen_at > since)
    )
    return [Seen(*row) for row in found]
