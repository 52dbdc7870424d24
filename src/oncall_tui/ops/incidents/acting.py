"""What every act has in common: who may, one transaction, and another try after a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TypeVar

from sqlalchemy import Connection

from oncall_tui.domain.errors import LostRace
from oncall_tui.domain.incident.effects import came_second
from oncall_tui.ops.session import Session
from oncall_tui.storage.drivers.away import Conflict
from oncall_tui.storage.statements.incident import incidents, timeline

T = TypeVar("T")
TRIES = 5


@dataclass(frozen=True, slots=True)
class Done:
    """What an act led to: the incident's number, its state and version after it, and a sentence for the actor."""

    number: int
    state: str
    version: int
    text: str


def acting(session: Session, number: int, work: Callable[[Connection], T]) -> T:
    """Run an act in a transaction of its own, again when another one crossed it.

    Who comes second is told so, and the incident's timeline keeps that they tried. Raises Forbidden for lookers-on.
    """
    session.actor.may_act()
    try:
        return _in_a_transaction(session, work)
    except LostRace as lost:
        _keep_attempt(session, number, lost, session.now())
        raise


def _in_a_transaction(session: Session, work: Callable[[Connection], T]) -> T:
    for tried in count(1):
        try:
            with session.writing() as conn:
                return work(conn)
        except Conflict:
            # Nothing was done: of two that waited for each other PostgreSQL let the other one pass.
            if tried == TRIES:
                raise
    raise AssertionError("unreachable")


def _keep_attempt(session: Session, number: int, lost: LostRace, now: datetime) -> None:
    actor = session.actor
    line = came_second(actor.name, lost)
    entry = {
        "number": number,
        "at": now,
        "kind": line.kind,
        "by": line.by,
        "via": actor.via,
        "text": line.text,
        "os_account": actor.os_account,
    }
    with session.writing() as conn:
        if incidents.lock(conn, number) is not None:
            timeline.append(conn, [entry])
