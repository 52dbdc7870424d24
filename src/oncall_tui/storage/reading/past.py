"""What a stretch of time brought: its incidents, and the pages that interrupted somebody. Bounded by the stretch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from oncall_tui.storage.tables import contact_methods, incidents, pages, services, users


def incidents_since(conn: Connection, since: datetime, limit: int) -> Sequence[Any]:
    """The incidents opened since then, newest first."""
    columns = incidents.c
    return conn.execute(
        select(
            columns.number,
            services.c.name.label("service"),
            columns.title,
            columns.opened_at,
            columns.acknowledged_at,
            columns.resolved_at,
            columns.alerts,
        )
        .outerjoin(services, services.c.id == columns.service_id)
        .where(columns.opened_at >= since)
        .order_by(columns.number.desc())
        .limit(limit)
    ).all()


def interruptions_since(conn: Connection, since: datetime, limit: int) -> Sequence[Any]:
    """The pages made for people since then, with the person's zone and the shown address of the contact."""
    return conn.execute(
        select(pages.c.username, pages.c.number, pages.c.created_at, users.c.timezone, contact_methods.c.display)
        .join(users, users.c.id == pages.c.user_id)
        .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
        .where(pages.c.created_at >= since, pages.c.state == "delivered")
        .order_by(pages.c.created_at.desc())
        .limit(limit)
    ).all()
