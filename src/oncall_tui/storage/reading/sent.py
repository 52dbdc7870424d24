"""Alerts of one integration, as their sender may ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, and_, false, func, literal, not_, or_, select, type_coerce

from oncall_tui.storage.tables import alerts, incidents, integrations
from oncall_tui.storage.types import to_json

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


LABEL = "label:"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on an alert: a field, the value it is to have, and whether it is rather not to.

    Fields are open and acknowledged (true or false), id, key, severity, title and description (parts of them), tag, and
    `label:` with a label's name.
    """

    field: str
    value: str
    negated: bool = False


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
    conn: Connection, integration: str, terms: Iterable[Term], *, sort: str, ascending: bool, offset: int, limit: int
) -> Sequence[Row[Any]]:
    """A stretch of the integration's alerts that meet all terms."""
    by = SORTS[sort]
    order = (by.asc(), alerts.c.id.asc()) if ascending else (by.desc(), alerts.c.id.desc())
    query = _QUERY.where(integrations.c.name == integration, _condition(conn, terms))
    return conn.execute(query.order_by(*order).offset(offset).limit(limit)).all()


def count(conn: Connection, integration: str, terms: Iterable[Term]) -> int:
    """How many of the integration's alerts meet all terms."""
    query = (
        select(func.count())
        .select_from(alerts)
        .join(incidents, incidents.c.number == alerts.c.number)
        .join(integrations, integrations.c.id == alerts.c.integration_id)
    )
    query = query.where(integrations.c.name == integration, _condition(conn, terms))
    return int(conn.execute(query).scalar_one())


def _condition(conn: Connection, terms: Iterable[Term]) -> ColumnElement[bool]:
    return and_(literal(True), *(_negated(_one(conn, term), term.negated) for term in terms))


def _negated(condition: ColumnElement[bool], negated: bool) -> ColumnElement[bool]:
    return not_(func.coalesce(condition, false())) if negated else condition


def _one(conn: Connection, term: Term) -> ColumnElement[bool]:
    if term.field.startswith(LABEL):
        return _holds(conn, to_json({term.field.removeprefix(LABEL): term.value})[1:-1])
    if term.field == "tag":
        return _tagged(conn, term.value)
    return _FIELDS[term.field](term.value)


def _acknowledged(value: str) -> ColumnElement[bool]:
    held = and_(alerts.c.open.is_(True), incidents.c.state == "acknowledged")
    return held if value == "true" else not_(held)


_FIELDS: Mapping[str, Callable[[str], ColumnElement[bool]]] = {
    "open": lambda value: alerts.c.open.is_(value == "true"),
    "acknowledged": _acknowledged,
    "id": lambda value: alerts.c.id == int(value),
    "key": lambda value: alerts.c.dedup_key == value,
    "severity": lambda value: alerts.c.severity == value,
    "title": lambda value: alerts.c.title.icontains(value, autoescape=True),
    "description": lambda value: incidents.c.description.icontains(value, autoescape=True),
}


def _tagged(conn: Connection, tag: str) -> ColumnElement[bool]:
    """Tags are one label's text, with commas between them."""
    word = to_json(tag)[1:-1]
    return or_(*(_holds(conn, f"{start}{word}{end}") for start in ('"tags":"', ", ") for end in ('"', ", ")))


def _holds(conn: Connection, part: str) -> ColumnElement[bool]:
    written = type_coerce(alerts.c.labels, Text)
    find = func.strpos if conn.dialect.name == "postgresql" else func.instr
    return find(written, literal(part, Text)) > 0
