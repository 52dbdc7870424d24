"""Rows of what senders posted: kept whole, with what each did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select

from oncall_tui.domain.errors import Unknown
from oncall_tui.storage.tables import events, integrations

_IDS = select(integrations.c.id, integrations.c.service_id).where(integrations.c.name == bindparam("name"))


class IntegrationIds(NamedTuple):
    """The ids behind an integration's name."""

    integration: int
    service: int


def integration_ids(conn: Connection, name: str) -> IntegrationIds:
    """The ids of an integration and its service. Raises Unknown when it is gone."""
    row = conn.execute(_IDS, {"name": name}).one_or_none()
    if row is None:
        raise Unknown(f"there is no integration '{name}'", mend="see the config file")
    return IntegrationIds(row.id, row.service_id)


def add(conn: Connection, **row: Any) -> None:
    """Keep one event."""
    conn.execute(insert(events), row)


def of_incident(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """What was posted for an incident, in the order received."""
    return conn.execute(select(events).where(events.c.number == number).order_by(events.c.id)).all()
