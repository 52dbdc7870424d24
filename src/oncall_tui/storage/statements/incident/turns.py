"""Rows of round robin steps: how many turns each has given, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from oncall_tui.storage.statements.conflicts import insert_into
from oncall_tui.storage.statements.prepared import Prepared, Question
from oncall_tui.storage.tables import step_turns

_COLUMNS = step_turns.c.policy, step_turns.c.step, step_turns.c["count"].label("given"), step_turns.c.taken
_ONE = select(*_COLUMNS).where(step_turns.c.policy == bindparam("policy"), step_turns.c.step == bindparam("step"))
_LOOK = Question(_ONE)
_LOCK = Question(_ONE.with_for_update())
_MOVE = Prepared(
    update(step_turns).where(
        step_turns.c.policy == bindparam("of_policy"),
        step_turns.c.step == bindparam("of_step"),
        step_turns.c["count"] == bindparam("seen"),
    ),
    "count",
    "taken",
)


def lock(conn: Connection, steps: Sequence[tuple[str, int]]) -> Sequence[Any]:
    """The turns of these steps, made where there are none, locked in one order until the transaction ends."""
    query = _LOCK if conn.dialect.name == "postgresql" else _LOOK
    found: list[Any] = []
    for policy, step in sorted(set(steps)):
        rows = query.ask(conn, policy=policy, step=step)
        if not rows:
            made = insert_into(conn, step_turns).on_conflict_do_nothing()
            conn.execute(made, [{"policy": policy, "step": step}])
            rows = query.ask(conn, policy=policy, step=step)
        found += rows
    return found


def move(conn: Connection, policy: str, step: int, count: int, taken: Sequence[str]) -> bool:
    """Give one more turn if the step has given `count` so far; whether it had."""
    given = {"count": count + 1, "taken": list(taken), "seen": count, "of_policy": policy, "of_step": step}
    return _MOVE.run(conn, [given]) == 1
