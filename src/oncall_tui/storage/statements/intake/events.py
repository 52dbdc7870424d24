"""Rows of what senders posted: kept whole, with what each did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from oncall_tui.storage.statements.bulk import NewRows
from oncall_tui.storage.statements.prepared import Question
from oncall_tui.storage.tables import events, integrations, services

_NEW = NewRows(events, "integration_id", "received_at", "action", "dedup_key", "payload", "outcome", "number", "note")
_INTEGRATIONS = Question(select(integrations.c.name, integrations.c.id))
_SERVICES = Question(select(services.c.name, services.c.id))


def ids(conn: Connection) -> tuple[dict[str, int], dict[str, int]]:
    """The ids of all integrations, and of all services, by name."""
    return dict(_INTEGRATIONS.ask(conn)), dict(_SERVICES.ask(conn))


def add_all(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep events, in this order."""
    _NEW.add(conn, rows)


def of_incident(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """What was posted for an incident, in the order received."""
    return conn.execute(select(events).where(events.c.number == number).order_by(events.c.id)).all()
