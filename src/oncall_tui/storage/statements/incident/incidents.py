"""Rows of incidents, their alerts and their timers: load, lock, insert, compare-and-set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, and_, bindparam, delete, func, or_, select, text, update

from oncall_tui.domain.severity import Severity
from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.statements.bulk import ChangedRows, Count, Joined, NewRows, given
from oncall_tui.storage.statements.lists import among
from oncall_tui.storage.statements.prepared import Asked, Later, Question
from oncall_tui.storage.tables import alerts, incidents, services, timers
from oncall_tui.storage.tables.incidents import OPEN_INCIDENT

SERVICE_LOCKS = 1  # the room of PostgreSQL's advisory locks that services have for themselves

AnyRow = Row[*tuple[Any, ...]]
AlertRow = AnyRow

# What every event runs is built once: putting a statement together costs more than running it.
_SERVICE_ID = select(services.c.id).where(services.c.name == bindparam("name"))
_NEWEST = (
    select(alerts)
    .where(alerts.c.integration_id == bindparam("integration"), alerts.c.dedup_key == bindparam("dedup_key"))
    .order_by(alerts.c.open.desc(), alerts.c.id.desc())
    .limit(1)
)
_SOURCE = incidents.alias()
_NEWEST_BY_HAND = (
    select(alerts)
    .join(incidents, incidents.c.number == alerts.c.number)
    .where(
        alerts.c.integration_id.is_(None),
        alerts.c.dedup_key == bindparam("dedup_key"),
        or_(
            incidents.c.service_id == bindparam("service"),
            # The incident that it opened may have been merged into one of another service.
            incidents.c.number.in_(
                select(_SOURCE.c.merged_into).where(
                    _SOURCE.c.merged_into.is_not(None),
                    _SOURCE.c.service_id == bindparam("service"),
                    _SOURCE.c.dedup_key == bindparam("dedup_key"),
                )
            ),
        ),
    )
    .order_by(alerts.c.open.desc(), alerts.c.id.desc())
    .limit(1)
)
_ROW = select(incidents.c.document, incidents.c.rev, incidents.c.alerts, incidents.c.events).where(
    incidents.c.number == bindparam("of")
)
_LOCK_ROW = _ROW.with_for_update()
_COMPARE_AND_SET = update(incidents).where(incidents.c.number == bindparam("of"), incidents.c.rev == bindparam("seen"))
_STATE = (
    *("document", "title", "description", "severity", "severity_rank", "urgency", "state", "phase", "step", "round"),
    *("assignees", "labels", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "resolution"),
    *("merged_into", "next_due_at", "version", "rev"),
)
_NOW = given(**{name: incidents.c[name].type for name in _STATE}, of=incidents.c.number.type, seen=incidents.c.rev.type)
_WRITE = Joined(
    update(incidents)
    .where(incidents.c.number == _NOW.c.of, incidents.c.rev == _NOW.c.seen)
    .values({name: _NOW.c[name] for name in _STATE}),
    _NOW,
)
_UNSEEN = given(
    **{name: incidents.c[name].type for name in ("document", "next_due_at", "rev")},
    of=incidents.c.number.type,
    seen=incidents.c.rev.type,
)
_WRITE_UNSEEN = Joined(
    update(incidents)
    .where(incidents.c.number == _UNSEEN.c.of, incidents.c.rev == _UNSEEN.c.seen)
    .values({name: _UNSEEN.c[name] for name in ("document", "next_due_at", "rev")}),
    _UNSEEN,
)
_NEW = NewRows(
    incidents,
    *("number", "service_id", "integration_id", "dedup_key", "group_key", "title", "description", "severity"),
    *("severity_rank", "urgency", "state", "phase", "step", "round", "assignees", "labels", "link", "opened_at"),
    *("acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "resolution", "next_due_at"),
    *("last_event_at", "alerts", "events", "previous", "version", "rev", "document", "merged_into"),
)
_NEW_TIMERS = NewRows(timers, "number", "due_at")
_COUNT_EVENTS = ChangedRows(incidents, "number", "last_event_at", adding=("events", "alerts"))
_SET_TIMERS = NewRows(timers, "number", "due_at", instead="due_at")
_NO_MORE = given(of=timers.c.number.type)
_DROP_TIMERS = Joined(delete(timers).where(timers.c.number.in_(select(_NO_MORE.c.of))), _NO_MORE)
_ROWS = (
    select(incidents.c.number, incidents.c.document, incidents.c.rev)
    .where(among(incidents.c.number, "numbers"))
    .order_by(incidents.c.number)
)
_SEE_ROWS = Question(_ROWS)
_LOCK_ROWS = Question(_ROWS.with_for_update())
_LOCK_FREE = Question(_ROWS.with_for_update(skip_locked=True))
_DUE = (
    select(timers.c.number)
    .where(timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at)
    .limit(bindparam("most", type_=Integer))
)
_SEE_DUE = Question(_DUE)
_LOCK_DUE = Question(_DUE.with_for_update(skip_locked=True))
_DUE_CRITICAL = (
    select(timers.c.number)
    .join(incidents, incidents.c.number == timers.c.number)
    .where(OPEN_INCIDENT, incidents.c.severity_rank == Severity.CRITICAL.rank, timers.c.due_at <= bindparam("now"))
    .order_by(incidents.c.opened_at)
    .limit(bindparam("most", type_=Integer))
)
_SEE_CRITICAL = Question(_DUE_CRITICAL)
_LOCK_CRITICAL = Question(_DUE_CRITICAL.with_for_update(of=timers, skip_locked=True))
NEXT_TIMER = select(func.min(timers.c.due_at))
_NEXT_TIMER = Question(NEXT_TIMER)
_LOCK_IN_ORDER = "SELECT pg_advisory_xact_lock(%s, one) FROM unnest(CAST(%s AS integer[])) AS one"
_HIGHEST_ON_SQLITE = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'incidents'), 0)"
_SOME_ON_POSTGRESQL = (
    "SELECT nextval(pg_get_serial_sequence('incidents', 'number')) FROM generate_series(1, CAST(%s AS integer))"
)


def next_numbers(conn: Connection, count: int, *, after: int = 0) -> Sequence[int]:
    """Numbers that no incident has or will get: rising, with gaps where a transaction was rolled back.

    `after` is the highest that was given to this transaction and is in no table yet.
    """
    if conn.dialect.name == "postgresql":
        return [number for (number,) in driver(conn).execute(_SOME_ON_POSTGRESQL, (count,)).fetchall()]
    # One writer at a time on SQLite: within BEGIN IMMEDIATE the highest number stays the highest.
    highest = int(driver(conn).execute(_HIGHEST_ON_SQLITE).fetchone()[0])
    first = max(highest, after) + 1
    return range(first, first + count)


def lock(conn: Connection, number: int) -> AnyRow | None:
    """The incident's document, rev and service, locked until the transaction ends; None when there is none."""
    query = _LOCK_ROW if conn.dialect.name == "postgresql" else _ROW
    return conn.execute(query, {"of": number}).one_or_none()


def lock_all(conn: Connection, numbers: Sequence[int]) -> Later:
    """Numbers, documents and revs of these incidents, locked in their order until the transaction ends."""
    query = _LOCK_ROWS if conn.dialect.name == "postgresql" else _SEE_ROWS
    return query.asked(conn, numbers=numbers)


def lock_free(conn: Connection, numbers: Sequence[int]) -> Later:
    """Numbers, documents and revs of those of the incidents that no other transaction holds, locked."""
    query = _LOCK_FREE if conn.dialect.name == "postgresql" else _SEE_ROWS
    return query.asked(conn, numbers=numbers)


def add_all(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert incidents."""
    _NEW.add(conn, rows)


def add_timers(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The first timers of new incidents: `number`, `due_at`."""
    _NEW_TIMERS.add(conn, rows)


def count_events(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """More `events` and `alerts` for incidents, and when the last came. Not a change of their state: no rev."""
    _COUNT_EVENTS.put(conn, rows)


def write_all(conn: Connection, written: Sequence[Mapping[str, Any]]) -> Count:
    """Write each row, `of` a number, if nobody wrote since its rev was `seen`; how many were written."""
    return _WRITE.run(conn, written)


def write_documents(conn: Connection, written: Sequence[Mapping[str, Any]]) -> Count:
    """`write_all` for changes of which queries see nothing but the next instant: no index is touched."""
    return _WRITE_UNSEEN.run(conn, written)


def compare_and_set(conn: Connection, number: int, rev: int, row: Mapping[str, Any]) -> bool:
    """Write the row if nobody wrote since `rev` was read; whether it was written."""
    return conn.execute(_COMPARE_AND_SET, {**row, "rev": rev + 1, "of": number, "seen": rev}).rowcount == 1


def service_id(conn: Connection, name: str) -> int | None:
    """The id behind a service's name."""
    return conn.execute(_SERVICE_ID, {"name": name}).scalar_one_or_none()


def open_of_service(conn: Connection, service: int, group_key: str | None, limit: int) -> Sequence[AnyRow]:
    """A service's open incidents, newest first, of one group key if it is given."""
    query = select(incidents.c.number, incidents.c.group_key, incidents.c.last_event_at, incidents.c.opened_at).where(
        incidents.c.service_id == service, OPEN_INCIDENT
    )
    if group_key is not None:
        query = query.where(incidents.c.group_key == group_key)
    return conn.execute(query.order_by(incidents.c.number.desc()).limit(limit)).all()


def lock_service(conn: Connection, service: int) -> None:
    """Let no other process place an event of this service until the transaction ends.

    Two new keys, or the same new key twice, must see each other. SQLite has one writer at a time anyway.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:room, :service)"), {"room": SERVICE_LOCKS, "service": service})


def lock_services(conn: Connection, services: Iterable[int]) -> None:
    """Lock several services as `lock_service` does, always in the same order: two that wait for each other can't be."""
    wanted = sorted(set(services))
    if wanted and conn.dialect.name == "postgresql":
        driver(conn).execute(_LOCK_IN_ORDER, (SERVICE_LOCKS, wanted))


def newest_alert(conn: Connection, integration: int | None, service: int, dedup_key: str) -> AnyRow | None:
    """The newest alert of this key, the open one before any closed one; keys made by hand count per service."""
    if integration is None:
        return conn.execute(_NEWEST_BY_HAND, {"service": service, "dedup_key": dedup_key}).one_or_none()
    return conn.execute(_NEWEST, {"integration": integration, "dedup_key": dedup_key}).one_or_none()


def open_alerts(conn: Connection, number: int) -> Sequence[AnyRow]:
    """The incident's open alerts."""
    return conn.execute(
        select(alerts.c.id, alerts.c.title).where(alerts.c.number == number, alerts.c.open.is_(True))
    ).all()


def close_alerts(conn: Connection, number: int, at: datetime, by: str, alert: int | None = None) -> int:
    """Close one alert of the incident, or all that are open; how many were."""
    chosen = and_(alerts.c.number == number, alerts.c.open.is_(True))
    if alert is not None:
        chosen = and_(chosen, alerts.c.id == alert)
    return conn.execute(update(alerts).where(chosen).values(open=False, closed_at=at, closed_by=by)).rowcount


def set_timer(conn: Connection, number: int, due_at: datetime | None) -> None:
    """Let the engine look at the incident at `due_at`, or no more."""
    set_timers(conn, {number: due_at})


def set_timers(conn: Connection, wanted: Mapping[int, datetime | None]) -> None:
    """Let the engine look at each of these incidents at its time, or no more."""
    _DROP_TIMERS.run(conn, [{"of": number} for number, due_at in wanted.items() if due_at is None])
    _SET_TIMERS.add(
        conn, [{"number": number, "due_at": due_at} for number, due_at in wanted.items() if due_at is not None]
    )


def due_timers(conn: Connection, now: datetime, limit: int) -> list[int]:
    """Numbers of incidents whose time has come, the longest overdue first. Rows another worker holds are left out."""
    query = _LOCK_DUE if conn.dialect.name == "postgresql" else _SEE_DUE
    return [row.number for row in query.ask(conn, now=now, most=limit)]


def due_criticals(conn: Connection, now: datetime, limit: int) -> list[int]:
    """The same of critical incidents alone, the longest open first."""
    query = _LOCK_CRITICAL if conn.dialect.name == "postgresql" else _SEE_CRITICAL
    return [row.number for row in query.ask(conn, now=now, most=limit)]


def next_timer(conn: Asked) -> datetime | None:
    """When the engine has to look again at the earliest."""
    found: datetime | None = _NEXT_TIMER.first(conn)
    return found
