"""Rows of alerts that end by themselves: when the next one does, and which have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Integer, bindparam, func, select, update

from oncall_tui.storage.statements.prepared import Asked, Question
from oncall_tui.storage.tables import alerts, integrations

_OPEN = (alerts.c.open, alerts.c.expires_at.is_not(None), alerts.c.integration_id.is_not(None))
NEXT_EXPIRY = select(func.min(alerts.c.expires_at)).where(*_OPEN)
_NEXT = Question(NEXT_EXPIRY)
_DUE = (
    select(alerts.c.id, alerts.c.dedup_key, alerts.c.expires_at, integrations.c.name, integrations.c.service_id)
    .join(integrations, integrations.c.id == alerts.c.integration_id)
    .where(*_OPEN, alerts.c.expires_at <= bindparam("now"))
    .order_by(alerts.c.expires_at, alerts.c.id)
    .limit(bindparam("most", type_=Integer))
)


class DueAlert(NamedTuple):
    """An open alert whose end has come without another word of its sender."""

    id: int
    dedup_key: str
    expires_at: datetime
    integration: str
    service: int


def next_expiry(conn: Asked) -> datetime | None:
    """When the next open alert ends by itself; None when none does."""
    found: datetime | None = _NEXT.first(conn)
    return found


def due_alerts(conn: Connection, now: datetime, limit: int) -> Sequence[DueAlert]:
    """Open alerts whose end has come, the longest over first."""
    return [DueAlert(*row) for row in conn.execute(_DUE, {"now": now, "most": limit})]


def still_due(conn: Connection, alert: int, now: datetime) -> bool:
    """Whether the alert is open and its end has come."""
    query = select(alerts.c.id).where(alerts.c.id == alert, *_OPEN, alerts.c.expires_at <= now)
    return conn.execute(query).first() is not None


def move(conn: Connection, alert: int, to: datetime) -> None:
    """Let the alert end at another instant."""
    conn.execute(update(alerts).where(alerts.c.id == alert).values(expires_at=to))
