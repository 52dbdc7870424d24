"""An integration's alerts as its sender may ask for them: those open, and those that a silence holds back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from oncall_tui.storage.tables import alerts, integrations, silenced_alerts, silences

AnyRow = Row[*tuple[Any, ...]]


def open_of(conn: Connection, integration: str, limit: int) -> Sequence[AnyRow]:
    """The newest `limit` open alerts of an integration, oldest first."""
    query = (
        select(alerts)
        .join(integrations, integrations.c.id == alerts.c.integration_id)
        .where(integrations.c.name == integration, alerts.c.open)
        .order_by(alerts.c.id.desc())
        .limit(limit)
    )
    return conn.execute(query).all()[::-1]


def held_back_of(conn: Connection, integration: str, limit: int) -> Sequence[AnyRow]:
    """Alerts of an integration that opened nothing because of a silence, with its uuid; oldest first."""
    query = (
        select(silenced_alerts, silences.c.uuid)
        .join(integrations, integrations.c.id == silenced_alerts.c.integration_id)
        .join(silences, silences.c.id == silenced_alerts.c.silence_id)
        .where(integrations.c.name == integration)
        .order_by(silenced_alerts.c.id)
        .limit(limit)
    )
    return conn.execute(query).all()
