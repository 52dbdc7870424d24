"""Rows of round robin steps: how many turns each has given, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from oncall_tui.storage.tables import step_turns


def lock(conn: Connection, steps: Sequence[tuple[str, int]]) -> Sequence[Row[Any]]:
    """The turns of these steps, made where there are none, locked until the transaction ends."""
    wanted = sorted(set(steps))
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    fresh = insert(step_turns).on_conflict_do_nothing()
    conn.execute(fresh, [{"policy": policy, "step": step} for policy, step in wanted])
    query = _of(wanted).order_by(step_turns.c.policy, step_turns.c.step)
    return conn.execute(query.with_for_update() if conn.dialect.name == "postgresql" else query).all()


def look(conn: Connection, steps: Iterable[tuple[str, int]]) -> Sequence[Row[Any]]:
    """The turns of these steps as they stand."""
    return conn.execute(_of(sorted(set(steps)))).all()


def move(conn: Connection, policy: str, step: int, count: int, taken: Sequence[str]) -> bool:
    """Give one more turn if the step has given `count` so far; whether it had."""
    done = conn.execute(
        update(step_turns)
        .where(step_turns.c.policy == policy, step_turns.c.step == step, step_turns.c["count"] == count)
        .values(count=count + 1, taken=list(taken))
    )
    return done.rowcount == 1


def _of(steps: Sequence[tuple[str, int]]) -> Any:
    columns = step_turns.c.policy, step_turns.c.step, step_turns.c["count"].label("given"), step_turns.c.taken
    return select(*columns).where(tuple_(step_turns.c.policy, step_turns.c.step).in_(steps))
