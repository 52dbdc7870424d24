"""The queue in another order, or in groups. What is sorted are the newest ten thousand that match, never a history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, ColumnElement, Connection, FromClause, Text, cast, func, literal, select, type_coerce

from oncall_tui.domain.queue.ordering import Order, Sort
from oncall_tui.storage.reading.queue import COUNTED, RANK
from oncall_tui.storage.tables import incidents, services, teams

_c = incidents.c


class Count(NamedTuple):
    """How many incidents of a group are in a state."""

    group: str
    state: str
    many: int


def numbers(
    conn: Connection, condition: ColumnElement[bool], order: Order, *, history: bool, limit: int
) -> Sequence[int]:
    """The first numbers in this order. In the history, need goes by age alone."""
    if not order.group and order.sort in (Sort.NEWEST, Sort.OLDEST):
        by = _c.number.asc() if order.sort is Sort.OLDEST else _c.number.desc()
        return conn.execute(select(_c.number).where(condition).order_by(by).limit(limit)).scalars().all()
    by_group = _by_group(conn, order)
    query = select(_c.number).select_from(_joined(condition)).order_by(*by_group, *_by_sort(order.sort, history))
    return conn.execute(query.limit(limit)).scalars().all()


def counts(conn: Connection, condition: ColumnElement[bool], order: Order) -> list[Count]:
    """How many of each group are in each state, among those that are sorted."""
    group = _group(conn, order)
    query = select(group, _c.state, func.count()).select_from(_joined(condition)).group_by(group, _c.state)
    return [Count(name, state, count) for name, state, count in conn.execute(query)]


def _joined(condition: ColumnElement[bool]) -> FromClause:
    some = select(_c.number).where(condition).order_by(_c.number.desc()).limit(COUNTED).subquery()
    return (
        some.join(incidents, _c.number == some.c.number)
        .outerjoin(services, services.c.id == _c.service_id)
        .outerjoin(teams, teams.c.id == services.c.team_id)
    )


def _group(conn: Connection, order: Order) -> ColumnElement[str]:
    found: ColumnElement[Any]
    match order.group:
        case "service":
            found = services.c.name
        case "team":
            found = teams.c.name
        case "severity":
            found = _c.severity
        case _:
            found = _label(conn, order.label or "")
    return func.coalesce(type_coerce(found, Text), literal("", Text))


def _label(conn: Connection, name: str) -> ColumnElement[Any]:
    written = type_coerce(_c.labels, Text)
    if conn.dialect.name == "postgresql":
        return func.json_extract_path_text(cast(written, JSON), name)
    return func.json_extract(written, f'$."{name}"')


def _by_group(conn: Connection, order: Order) -> tuple[ColumnElement[Any], ...]:
    if not order.group:
        return ()
    if order.group == "severity":
        return (_c.severity_rank.desc(),)
    group = _group(conn, order)
    return ((group == "").asc(), group.asc())  # what has none comes last


def _by_sort(sort: Sort, history: bool) -> tuple[ColumnElement[Any], ...]:
    newest = _c.number.desc()
    match sort:
        case Sort.OLDEST:
            return (_c.number.asc(),)
        case Sort.SEVERITY:
            return (_c.severity_rank.desc(), newest)
        case Sort.SERVICE:
            return (func.coalesce(services.c.name, "").asc(), RANK, newest)
        case Sort.NEED if not history:
            return (RANK, newest)
    return (newest,)
