"""Counts over what is open, unfinished or recent; none of them grows with history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, bindparam, func, select

from oncall_tui.storage.statements.delivery.outbox import SENDING, WAITING
from oncall_tui.storage.statements.prepared import Question
from oncall_tui.storage.tables import OPEN_INCIDENT, UNFINISHED_PAGE, attempts, incidents, pages, services, timers
from oncall_tui.storage.types import Instant


class PageCount(NamedTuple):
    """Unfinished pages of one state, and when the oldest of them is or was due."""

    state: str
    number: int
    oldest_due_at: datetime
    oldest_made_at: datetime


class Opened(NamedTuple):
    """An incident's course so far."""

    service: str
    opened_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None


class Overdue(NamedTuple):
    """How many rows are overdue, and since when the oldest of them is."""

    number: int
    since: datetime | None


def open_phases(conn: Connection) -> dict[str, int]:
    """How many incidents are open, by where their escalation stands."""
    phase = incidents.c.phase
    found = conn.execute(select(phase, func.count()).where(OPEN_INCIDENT).group_by(phase))
    return {row[0]: row[1] for row in found}


def opened_since(conn: Connection, since: datetime, most: int) -> list[Opened]:
    """The incidents opened since then, the newest of them if there are more than `most`."""
    columns = incidents.c
    found = conn.execute(
        select(services.c.name, columns.opened_at, columns.acknowledged_at, columns.resolved_at)
        .outerjoin(services, services.c.id == columns.service_id)
        .where(columns.opened_at >= since)
        .order_by(columns.opened_at.desc())
        .limit(most)
    )
    return [Opened(row[0] or "", *row[1:]) for row in found]


def unfinished_pages(conn: Connection) -> Sequence[PageCount]:
    """How many pages are not finished, by state."""
    columns = pages.c
    due, made = (func.min(column, type_=column.type) for column in (columns.due_at, columns.created_at))
    found = conn.execute(select(columns.state, func.count(), due, made).where(UNFINISHED_PAGE).group_by(columns.state))
    return [PageCount(*row) for row in found]


def first_tries(conn: Connection, since: datetime, most: int) -> list[float]:
    """For each page first tried after `since`: seconds from when it was made to that try, digests left out.

    Looks at the newest `most` attempts only, through their key, so that it costs the same however long history is.
    """
    newest = (
        select(attempts.c.id, attempts.c.page_id, attempts.c.started_at)
        .order_by(attempts.c.id.desc())
        .limit(most)
        .subquery()
    )
    every = attempts.alias()
    first = select(func.min(every.c.id)).where(every.c.page_id == newest.c.page_id).scalar_subquery()
    found = conn.execute(
        select(newest.c.started_at, pages.c.created_at)
        .join(pages, pages.c.id == newest.c.page_id)
        .where(newest.c.started_at > since, pages.c.digest.is_(None), newest.c.id == first)
    )
    return [max(0.0, (row.started_at - row.created_at).total_seconds()) for row in found]


def overdue_timers(conn: Connection, before: datetime) -> Overdue:
    """Incidents that the engine should have looked at before this instant."""
    return Overdue(*_OVERDUE_TIMERS.ask(conn, before=before)[0])


def abandoned_pages(conn: Connection, before: datetime) -> Overdue:
    """Pages whose sender's lease ran out before this instant, and that nobody has taken over."""
    return Overdue(*_ABANDONED_PAGES.ask(conn, before=before)[0])


def overdue_pages(conn: Connection, before: datetime) -> Overdue:
    """Pages that have been due to be sent since before this instant, and that nobody is sending."""
    return Overdue(*_OVERDUE_PAGES.ask(conn, before=before)[0])


def _overdue(since: Column[datetime], *chosen: ColumnElement[bool]) -> Question:
    """How many rows are overdue, and since when the oldest is."""
    return Question(select(func.count(), func.min(since, type_=since.type)).where(*chosen, since < _BEFORE))


_BEFORE = bindparam("before", type_=Instant())
_OVERDUE_TIMERS = _overdue(timers.c.due_at)
_ABANDONED_PAGES = _overdue(pages.c.lease_until, UNFINISHED_PAGE, pages.c.state == SENDING)
_OVERDUE_PAGES = _overdue(pages.c.due_at, UNFINISHED_PAGE, WAITING)
