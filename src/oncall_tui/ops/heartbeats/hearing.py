"""A sign of life comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from oncall_tui.domain.directory.heartbeats import UNWELL, Health, Signal, heard, muted
from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.events import Action, cut
from oncall_tui.domain.world import World
from oncall_tui.ops.heartbeats.lives import Told, beat_of, event_of, failure_of, rhythm_of, tell, values_of
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.statements.intake import heartbeats as rows

if TYPE_CHECKING:
    from oncall_tui.ops.session import Session

DETAIL_KEPT = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a sign made of its heartbeat; `number` is the incident that it opened, counted in or ended."""

    name: str
    service: str
    health: Health
    due_at: datetime
    number: int | None


def by_key(conn: Connection, key: str) -> str | None:
    """The name of the heartbeat that this key belongs to."""
    return rows.name_of_key(conn, digest(key))


def services_of(conn: Connection, name: str, now: datetime) -> set[int]:
    """The services whose incidents a sign for this heartbeat may touch."""
    return rows.service_ids(conn, name, now)


def ping(
    conn: Connection,
    world: World,
    name: str,
    signal: Signal,
    now: datetime,
    *,
    detail: str = "",
) -> Heard:
    """Take a sign of life in the caller's transaction. Raises Unknown when no heartbeat has this name.

    A failure opens an incident on its service or counts in the open one, a success ends it. What a silence holds back
    is told at its end, if it is so still.
    """
    row = rows.locked(conn, name)
    if row is None:
        raise Unknown(f"there is no heartbeat '{name}'", mend="see 'oncall heartbeat list'")
    before, rhythm = beat_of(row), rhythm_of(row.definition)
    after = heard(before, rhythm, signal, now)
    assert after.due_at is not None, "a heartbeat that was heard has its next instant"
    kept = cut(detail.strip(), DETAIL_KEPT)
    rows.keep(conn, row.id, {**values_of(after), "heard_at": now, "signal": signal.value, "detail": kept})
    told = Told(None)
    if signal is Signal.FAIL:
        told = tell(conn, world, row, event_of(row, Action.TRIGGER, failure_of(name), kept), now)
    elif signal is Signal.SUCCESS and before.health in UNWELL:
        told = tell(conn, world, row, event_of(row, Action.RESOLVE, f"Heartbeat {name} is back", kept), now)
    if told.quiet_until is not None:
        rows.keep(conn, row.id, values_of(muted(after, told.quiet_until, now)))
    return Heard(name=name, service=row.service, health=after.health, due_at=after.due_at, number=told.number)


def ping_by_hand(session: Session, name: str, signal: Signal, detail: str = "") -> Heard:
    """A sign that a person gives in a job's place. Raises Unknown, and Forbidden for who may only look."""
    session.actor.may_act()
    with session.writing() as conn:
        return ping(conn, session.directory.world(conn), name, signal, session.now(), detail=detail)
