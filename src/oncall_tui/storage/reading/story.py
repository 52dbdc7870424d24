"""What belongs to one incident: its timeline, pages with their attempts, and alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from oncall_tui.storage.tables import alerts, attempts, integrations, pages, timeline


def entries(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """The timeline, in the order in which it was written."""
    return conn.execute(select(timeline).where(timeline.c.number == number).order_by(timeline.c.id)).all()


def pages_of(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """Every page, in the order made."""
    return conn.execute(select(pages).where(pages.c.number == number).order_by(pages.c.seq)).all()


def attempts_of(conn: Connection, number: int) -> Mapping[str, Sequence[Row[Any]]]:
    """Every attempt, in order, by page id."""
    query = (
        select(attempts)
        .join(pages, pages.c.id == attempts.c.page_id)
        .where(pages.c.number == number)
        .order_by(attempts.c.id)
    )
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in conn.execute(query):
        grouped[row.page_id].append(row)
    return grouped


def alerts_of(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """Every alert with its integration's name, the open ones first."""
    query = (
        select(alerts, integrations.c.name.label("integration"))
        .outerjoin(integrations, integrations.c.id == alerts.c.integration_id)
        .where(alerts.c.number == number)
        .order_by(alerts.c.open.desc(), alerts.c.id)
    )
    return conn.execute(query).all()
