"""Earlier occurrences of a key, each looked up by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from oncall_tui.storage.tables import incidents, timeline

_c = incidents.c
_COLUMNS: Sequence[ColumnElement[Any]] = (
    _c.number,
    _c.title,
    _c.opened_at,
    _c.resolved_at,
    _c.resolved_by,
    _c.resolution,
    _c.acknowledged_by,
    _c.previous,
)


def previous_of(conn: Connection, number: int) -> int | None:
    """The incident that had the same key before this one."""
    found: int | None = conn.execute(select(_c.previous).where(_c.number == number)).scalar_one_or_none()
    return found


def occurrence(conn: Connection, number: int) -> Row[Any] | None:
    """One of them, and the one before it."""
    return conn.execute(select(*_COLUMNS).where(_c.number == number)).one_or_none()


def notes_of(conn: Connection, number: int, limit: int) -> Sequence[str]:
    """The last things that people wrote down on it, oldest first."""
    written = (timeline.c.number == number) & (timeline.c.kind == "note")
    query = select(timeline.c.text).where(written).order_by(timeline.c.id.desc()).limit(limit)
    return conn.execute(query).scalars().all()[::-1]
