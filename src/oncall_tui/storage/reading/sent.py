"""Alerts of one integration, as their sender may ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from oncall_tui.storage.reading.sent_terms import Terms, Wanted, condition
from oncall_tui.storage.tables import alerts, incidents, integrations

_QUERY = (
    select(
        alerts,
        incidents.c.document,
        incidents.c.description.label("text"),
        incidents.c.state,
        incidents.c.opened_at,
        integrations.c.name.label("integration"),
    )
    .join(incidents, incidents.c.number == alerts.c.number)
    .join(integrations, integrations.c.id == alerts.c.integration_id)
)
SORTS = {
    "createdAt": alerts.c.first_seen_at,
    "updatedAt": alerts.c.last_seen_at,
    "lastOccurredAt": alerts.c.last_seen_at,
    "tinyId": alerts.c.id,
    "alias": alerts.c.dedup_key,
    "message": alerts.c.title,
    "status": alerts.c.open,
    "count": alerts.c["count"],
}


def of_id(conn: Connection, integration: str, alert: int) -> Row[Any] | None:
    """The integration's alert with this number."""
    query = _QUERY.where(integrations.c.name == integration, alerts.c.id == alert)
    return conn.execute(query).one_or_none()


def of_key(conn: Connection, integration: str, key: str) -> Row[Any] | None:
    """The integration's newest alert of a key, an open one before any closed one."""
    query = _QUERY.where(integrations.c.name == integration, alerts.c.dedup_key == key)
    return conn.execute(query.order_by(alerts.c.open.desc(), alerts.c.id.desc()).limit(1)).one_or_none()


def of_incident(conn: Connection, integration: str, number: int) -> Sequence[Row[Any]]:
    """The integration's alerts that an incident has, or the one that it was merged into."""
    merged = select(incidents.c.merged_into).where(incidents.c.number == number)
    ours = or_(alerts.c.number == number, alerts.c.number.in_(merged))
    return conn.execute(_QUERY.where(integrations.c.name == integration, ours)).all()


def page(  # noqa: PLR0913 - whose, which, in what order, from where and how many
    conn: Connection, integration: str, terms: Iterable[Wanted], *, sort: str, ascending: bool, offset: int, limit: int
) -> Sequence[Row[Any]]:
    """A stretch of the integration's alerts that meet all terms."""
    by = SORTS[sort]
    order = (by.asc(), alerts.c.id.asc()) if ascending else (by.desc(), alerts.c.id.desc())
    query = _QUERY.where(integrations.c.name == integration, _condition(conn, terms))
    return conn.execute(query.order_by(*order).offset(offset).limit(limit)).all()


def count(conn: Connection, integration: str, terms: Iterable[Wanted]) -> int:
    """How many of the integration's alerts meet all terms."""
    query = (
        select(func.count())
        .select_from(alerts)
        .join(incidents, incidents.c.number == alerts.c.number)
        .join(integrations, integrations.c.id == alerts.c.integration_id)
    )
    query = query.where(integrations.c.name == integration, _condition(conn, terms))
    return int(conn.execute(query).scalar_one())


def _condition(conn: Connection, terms: Iterable[Wanted]) -> ColumnElement[bool]:
    return condition(conn, Terms(tuple(terms)))
