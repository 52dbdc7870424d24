"""Figures of the line on top, none of which grows with history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from oncall_tui.storage.tables import OPEN_INCIDENT, UNFINISHED_PAGE, events, incidents, pages, services, users, workers


def worker_seen_at(conn: Connection) -> datetime | None:
    """When a worker that has not stopped on purpose last said that it lives."""
    seen = func.max(workers.c.seen_at, type_=workers.c.seen_at.type)
    return conn.execute(select(seen).where(workers.c.stopped_at.is_(None))).scalar_one_or_none()


def last_event_at(conn: Connection) -> datetime | None:
    """When a sender last posted."""
    return conn.execute(select(func.max(events.c.received_at, type_=events.c.received_at.type))).scalar_one_or_none()


def oldest_unsent_at(conn: Connection) -> datetime | None:
    """Since when the longest waiting page waits."""
    oldest = func.min(pages.c.due_at, type_=pages.c.due_at.type)
    return conn.execute(select(oldest).where(UNFINISHED_PAGE)).scalar_one_or_none()


def has_users(conn: Connection) -> bool:
    """Whether anybody is set up."""
    return conn.execute(select(users.c.id).limit(1)).first() is not None


def open_by_service(conn: Connection) -> dict[str, int]:
    """How many incidents are open, by service. One that is held back leaves its service healthy as yet."""
    query = (
        select(services.c.name, func.count())
        .join(incidents, incidents.c.service_id == services.c.id)
        .where(OPEN_INCIDENT, incidents.c.phase != "held")
        .group_by(services.c.name)
    )
    return {row[0]: row[1] for row in conn.execute(query)}
