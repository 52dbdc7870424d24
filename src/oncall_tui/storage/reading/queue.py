"""The queue: numbers of the incidents that match, stretch by stretch, whatever the size of the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Text, and_, case, func, literal, or_, select, type_coerce

from oncall_tui.domain.queue.filters import ME, NOBODY, Filter, Moment
from oncall_tui.storage.tables import OPEN_INCIDENT, incidents, integrations, services
from oncall_tui.storage.types import to_json

COUNTED = 10_000

_c = incidents.c
# What needs a human first: triggered before acknowledged, the worse before the better, the newer before the older.
RANK: ColumnElement[int] = (
    case((_c.state == "triggered", 0), (_c.state == "acknowledged", 10), else_=20) + 4 - _c.severity_rank
)


class Place(NamedTuple):
    """Where a stretch of the queue ended. `rank` is 0 in the history, which goes by number alone."""

    rank: int
    number: int


def matching(
    conn: Connection, wanted: Filter, teams_services: Sequence[str], me: str | None, now: datetime
) -> ColumnElement[bool]:
    """The condition that a filter means. `teams_services` are the services of the teams it names."""
    parts: list[ColumnElement[bool]] = []
    if wanted.only_open:
        parts.append(OPEN_INCIDENT)
    parts.append(_c.state.in_(wanted.states))
    if wanted.services:
        parts.append(_of_services(wanted.services))
    if wanted.teams:
        parts.append(_of_services(teams_services))
    if wanted.severities:
        parts.append(_c.severity.in_([severity.value for severity in wanted.severities]))
    if wanted.urgencies:
        parts.append(_c.urgency.in_([urgency.value for urgency in wanted.urgencies]))
    if wanted.people:
        names = [me if name == ME else name for name in wanted.people]
        parts.append(or_(*(_with(conn, name) if name else literal(False) for name in names)))
    parts += [_holds(conn, _c.labels, to_json({key: value})[1:-1]) for key, value in wanted.labels]
    if wanted.numbers:
        parts.append(_c.number.in_(wanted.numbers))
    if wanted.since:
        parts.append(or_(*(_c.opened_at >= _instant(moment, now) for moment in wanted.since)))
    if wanted.before:
        parts.append(or_(*(_c.opened_at < _instant(moment, now) for moment in wanted.before)))
    parts += [_c.title.icontains(word, autoescape=True) for word in wanted.words]
    return and_(*parts)


def page(
    conn: Connection, condition: ColumnElement[bool], *, history: bool, after: Place | None, limit: int
) -> list[Place]:
    """The next `limit` places in order: by need of a human, or in the history by number, newest first."""
    rank: ColumnElement[int] = literal(0) if history else RANK
    query = select(rank.label("rank"), _c.number).where(condition).limit(limit)
    if after is not None:
        below = _c.number < after.number
        query = query.where(below if history else or_(rank > after.rank, and_(rank == after.rank, below)))
    query = query.order_by(_c.number.desc()) if history else query.order_by(RANK, _c.number.desc())
    return [Place(int(row.rank), row.number) for row in conn.execute(query)]


def count(conn: Connection, condition: ColumnElement[bool]) -> int | None:
    """How many match; None for more than COUNTED: nobody reads that number, and it costs more the longer it is."""
    some = select(_c.number).where(condition).limit(COUNTED + 1).subquery()
    found: int = conn.execute(select(func.count()).select_from(some)).scalar_one()
    return None if found > COUNTED else found


def rows(conn: Connection, numbers: Sequence[int]) -> Sequence[Row[Any]]:
    """Incidents with the names of their service and integration, in no order."""
    query = (
        select(incidents, services.c.name.label("service"), integrations.c.name.label("integration"))
        .outerjoin(services, services.c.id == _c.service_id)
        .outerjoin(integrations, integrations.c.id == _c.integration_id)
    )
    found: list[Row[Any]] = []
    for start in range(0, len(numbers), 500):  # SQLite and PostgreSQL both bound the parameters of a statement
        found += conn.execute(query.where(_c.number.in_(numbers[start : start + 500]))).all()
    return found


def _of_services(names: Sequence[str]) -> ColumnElement[bool]:
    return _c.service_id.in_(select(services.c.id).where(services.c.name.in_(names)))


def _instant(moment: Moment, now: datetime) -> datetime:
    return moment if isinstance(moment, datetime) else now - moment


def _with(conn: Connection, name: str) -> ColumnElement[bool]:
    if name == NOBODY:
        return type_coerce(_c.assignees, Text) == literal("[]", Text)
    return _holds(conn, _c.assignees, to_json(name))


def _holds(conn: Connection, column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    """Whether a JSON column's text has this in it; to the letter, which LIKE on SQLite is not."""
    written = type_coerce(column, Text)
    find = func.strpos if conn.dialect.name == "postgresql" else func.instr
    return find(written, literal(part, Text)) > 0
