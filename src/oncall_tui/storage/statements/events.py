"""Rows of what senders posted: kept whole, with what each did."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

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
