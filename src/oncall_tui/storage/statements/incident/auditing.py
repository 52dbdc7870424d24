"""What the self-audit reads: open incidents beside their timers, a few at a time, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, select

from oncall_tui.storage.statements.prepared import Question
from oncall_tui.storage.tables import OPEN_INCIDENT, incidents, timers
from oncall_tui.storage.types import Id

_BESIDE = select(
    incidents.c.number, incidents.c.document, incidents.c.rev, incidents.c.next_due_at, timers.c.due_at
).outerjoin(timers, timers.c.number == incidents.c.number)
_BATCH = Question(
    _BESIDE.where(OPEN_INCIDENT, incidents.c.number > bindparam("after", type_=Id))
    .order_by(incidents.c.number)
    .limit(bindparam("most", type_=Integer))
)
_ONE = _BESIDE.where(OPEN_INCIDENT, incidents.c.number == bindparam("of", type_=Id))
_LOCK_ONE = _ONE.with_for_update(of=incidents)


def open_after(conn: Connection, after: int, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Open incidents with a number above `after`; `due_at` is their timer's, None without one."""
    return _BATCH.ask(conn, after=after, most=most)


def lock(conn: Connection, number: int) -> Row[*tuple[Any, ...]] | None:
    """The same of one incident, locked until the transaction ends; None when it is not open any more."""
    query = _LOCK_ONE if conn.dialect.name == "postgresql" else _ONE
    return conn.execute(query, {"of": number}).one_or_none()
