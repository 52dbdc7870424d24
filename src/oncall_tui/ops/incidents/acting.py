"""What every act has in common: who may, one transaction, and another try after a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TypeVar

from sqlalchemy import Connection

from oncall_tui.ops.session import Session
from oncall_tui.storage.drivers.away import Conflict

T = TypeVar("T")
TRIES = 5


@dataclass(frozen=True, slots=True)
class Done:
    """What an act led to: the incident's number, its state and version after it, and a sentence for the actor."""

    number: int
    state: str
    version: int
    text: str


def acting(session: Session, work: Callable[[Connection, datetime], T]) -> T:
    """Run an act in a transaction of its own, again when another one crossed it. Raises Forbidden for lookers-on."""
    session.actor.may_act()
    now = session.now()
    for tried in count(1):
        try:
            with session.writing() as conn:
                return work(conn, now)
        except Conflict:
            # Nothing was done: of two that waited for each other PostgreSQL let the other one pass.
            if tried == TRIES:
                raise
    raise AssertionError("unreachable")
