"""Rows of silences, and of the alerts that they hold back until they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, delete, exists, func, insert, select, update

from oncall_tui.storage.statements.prepared import Asked, Question
from oncall_tui.storage.tables import integrations, services, silenced_alerts, silences

AnyRow = Row[Any]

_OF_KEY = (
    silenced_alerts.c.integration_id == bindparam("integration"),
    silenced_alerts.c.dedup_key == bindparam("key"),
)
_AGAIN = (
    update(silenced_alerts)
    .where(*_OF_KEY)
    .values(
        count=silenced_alerts.c.count + 1,
        service_id=bindparam("service"),
        silence_id=bindparam("silence"),
        event=bindparam("document"),
        last_seen_at=bindparam("at"),
        due_at=bindparam("due"),
    )
)
_LET_GO = delete(silenced_alerts).where(*_OF_KEY)
NEXT_RELEASE = select(func.min(silenced_alerts.c.due_at))
NEXT_END = select(func.min(silences.c.end_at)).where(silences.c.finished.is_(False))
_NEXT = Question(NEXT_RELEASE)
_NEXT_END = Question(NEXT_END)
_DUE = (
    select(
        silenced_alerts,
        integrations.c.name.label("integration"),
        services.c.name.label("service"),
    )
    .join(integrations, integrations.c.id == silenced_alerts.c.integration_id)
    .join(services, services.c.id == silenced_alerts.c.service_id)
    .where(silenced_alerts.c.due_at <= bindparam("now"))
    .order_by(silenced_alerts.c.due_at, silenced_alerts.c.id)
    .limit(bindparam("most", type_=Integer))
)


def hold_back(  # noqa: PLR0913 - what, of whom, for where, by which silence and until when
    conn: Connection,
    *,
    integration: int,
    key: str,
    service: int,
    silence: int,
    event: Any,
    at: datetime,
    due: datetime,
) -> None:
    """Keep what a sender said last of a silenced alert; `due`: when to look whether it is silent still."""
    values = {"integration": integration, "key": key, "service": service, "silence": silence, "at": at, "due": due}
    if conn.execute(_AGAIN, {**values, "document": event}).rowcount:
        return
    conn.execute(
        insert(silenced_alerts).values(
            integration_id=integration,
            dedup_key=key,
            service_id=service,
            silence_id=silence,
            event=event,
            first_seen_at=at,
            last_seen_at=at,
            due_at=due,
        )
    )


def let_go(conn: Connection, integration: int, key: str) -> bool:
    """Forget a silenced alert: its sender says that it is over, or it opens now. Whether there was one."""
    return conn.execute(_LET_GO, {"integration": integration, "key": key}).rowcount > 0


def let_go_all(conn: Connection, integration: int, service: int) -> None:
    """Forget every silenced alert of an integration at a service: it says that the service is healthy."""
    known = silenced_alerts.c.integration_id == integration, silenced_alerts.c.service_id == service
    conn.execute(delete(silenced_alerts).where(*known))


def next_release(conn: Asked) -> datetime | None:
    """When to look at a silenced alert at the earliest."""
    found: datetime | None = _NEXT.first(conn)
    return found


def due_releases(conn: Connection, now: datetime, limit: int) -> Sequence[AnyRow]:
    """Silenced alerts to look at, with the names of integration and service; the longest overdue first."""
    return conn.execute(_DUE, {"now": now, "most": limit}).all()


def put_off(conn: Connection, alert: int, silence: int, due: datetime) -> None:
    """Let another silence hold the alert, or look at it later."""
    conn.execute(update(silenced_alerts).where(silenced_alerts.c.id == alert).values(silence_id=silence, due_at=due))


def look_again(conn: Connection, silence: int, now: datetime) -> None:
    """Look now at everything that a silence holds back."""
    conn.execute(update(silenced_alerts).where(silenced_alerts.c.silence_id == silence).values(due_at=now))


def held_back(conn: Connection) -> dict[int, int]:
    """How many alerts each silence holds back now, by its number."""
    counted = conn.execute(select(silenced_alerts.c.silence_id, func.count()).group_by(silenced_alerts.c.silence_id))
    return {silence: count for silence, count in counted}  # noqa: C416 - dict() does not know that a row is a pair


def add(conn: Connection, **row: Any) -> int:
    """A new silence's number."""
    return int(conn.execute(insert(silences).values(**row).returning(silences.c.id)).scalar_one())


def move(conn: Connection, silence: int, start: datetime, end: datetime) -> None:
    """Give a silence another span."""
    conn.execute(update(silences).where(silences.c.id == silence).values(start_at=start, end_at=end))


def every(conn: Connection, now: datetime | None) -> Sequence[AnyRow]:
    """Every silence, the one that ends last first; with `now` only those that end after it."""
    query = select(silences).order_by(silences.c.end_at.desc(), silences.c.id.desc())
    return conn.execute(query if now is None else query.where(silences.c.end_at > now)).all()


def found(conn: Connection, name: str) -> AnyRow | None:
    """The silence of this number or UUID."""
    known = silences.c.uuid == name
    if name.isascii() and name.isdigit() and len(name) <= 18:
        known = silences.c.id == int(name)
    return conn.execute(select(silences).where(known)).one_or_none()


def finish(conn: Connection, now: datetime) -> bool:
    """Set aside the silences that are over and hold nothing back; whether there was one."""
    holds = exists().where(silenced_alerts.c.silence_id == silences.c.id)
    over = update(silences).where(silences.c.finished.is_(False), silences.c.end_at <= now, ~holds)
    return conn.execute(over.values(finished=True)).rowcount > 0


def next_end(conn: Asked) -> datetime | None:
    """When the next unfinished silence ends."""
    found: datetime | None = _NEXT_END.first(conn)
    return found
