"""Heartbeats for the faces: frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from oncall_tui.domain.directory.heartbeats import Health
from oncall_tui.domain.errors import Unknown
from oncall_tui.ops.heartbeats.lives import rhythm_of, rhythm_text
from oncall_tui.storage.statements.intake import heartbeats as rows

if TYPE_CHECKING:
    from oncall_tui.ops.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatRow:
    """One heartbeat: its rhythm in words, its health since when, its last sign, and when it is late next.

    `every`: its interval, unless it follows a cron text. `due_at` is None until a worker has looked at it. `away`:
    the absence of ours for which it got more time.
    """

    name: str
    service: str
    rhythm: str
    every: timedelta | None
    health: Health
    since: datetime | None
    due_at: datetime | None
    heard_at: datetime | None
    signal: str
    detail: str
    started_at: datetime | None
    away: tuple[datetime, datetime] | None


def heartbeats(session: Session) -> tuple[HeartbeatRow, ...]:
    """All of them, by name."""
    with session.reading() as conn:
        return every(conn)


def every(conn: Connection) -> tuple[HeartbeatRow, ...]:
    """All of them, by name, in the caller's transaction."""
    return tuple(_row(row) for row in rows.every(conn))


def heartbeat(session: Session, name: str) -> HeartbeatRow:
    """The one of this name. Raises Unknown."""
    with session.reading() as conn:
        row = rows.named(conn, name)
    if row is None:
        raise Unknown(f"there is no heartbeat '{name}'", mend="see 'oncall heartbeat list'")
    return _row(row)


def _row(row: rows.BeatRow) -> HeartbeatRow:
    return HeartbeatRow(
        name=row.name,
        service=row.service,
        rhythm=rhythm_text(rhythm_of(row.definition)),
        every=rhythm_of(row.definition).every,
        health=Health(row.health),
        since=row.since_at,
        due_at=row.due_at if row.health != Health.LATE else None,
        heard_at=row.heard_at,
        signal=row.signal,
        detail=row.detail,
        started_at=row.started_at,
        away=(row.away_from, row.away_until) if row.away_from and row.away_until else None,
    )
