"""Rows of changes: what was done to a service on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from oncall_tui.storage.statements.bulk import NewRows
from oncall_tui.storage.tables import changes, integrations, services

_NEW = NewRows(changes, "service_id", "integration_id", "at", "received_at", "summary", "source", "details", "link")


def add_all(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep changes, in this order."""
    _NEW.add(conn, rows)


def of_service(conn: Connection, service: str, since: datetime, until: datetime, limit: int) -> Sequence[Row[Any]]:
    """The newest changes of a service within [since, until], newest first, each with its integration's name."""
    query = (
        select(changes, integrations.c.name.label("integration"))
        .join(services, services.c.id == changes.c.service_id)
        .outerjoin(integrations, integrations.c.id == changes.c.integration_id)
        .where(services.c.name == service, changes.c.at >= since, changes.c.at <= until)
        .order_by(changes.c.at.desc(), changes.c.id.desc())
        .limit(limit)
    )
    return conn.execute(query).all()


def forget(conn: Connection, before: datetime) -> int:
    """Delete what was received before an instant; how many there were."""
    return conn.execute(delete(changes).where(changes.c.received_at < before)).rowcount
