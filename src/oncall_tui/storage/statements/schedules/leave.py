"""When people are away: rows of table leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.storage.tables import leave, users

_ROWS = select(leave, users.c.username).join(users).order_by(leave.c.start_at, leave.c.id)


def leave_rows(conn: Connection, user: str | None = None) -> Sequence[Row[Any]]:
    """The leave of everybody or of one, with usernames, by start."""
    return conn.execute(_ROWS if user is None else _ROWS.where(users.c.username == user)).all()


def leave_row(conn: Connection, number: int) -> Row[Any] | None:
    """One of them."""
    return conn.execute(_ROWS.where(leave.c.id == number)).one_or_none()


def add_leave(conn: Connection, one: Leave) -> int:
    """Store it for a user whom the caller knows to be there; its number."""
    user = conn.execute(select(users.c.id).where(users.c.username == one.user)).scalar_one()
    values = {"user_id": user, "start_at": one.start, "end_at": one.end, "note": one.note}
    return int(conn.execute(insert(leave).values(**values).returning(leave.c.id)).scalar_one())


def delete_leave(conn: Connection, number: int) -> None:
    """Delete one."""
    conn.execute(delete(leave).where(leave.c.id == number))
