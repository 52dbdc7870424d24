"""How the house itself does, as one frozen row: lag, what waits, and each worker's own word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.ops.reading.rows import WorkerRow
from oncall_tui.ops.session import Session
from oncall_tui.ops.watching.alarms import Alarm, alarms
from oncall_tui.ops.watching.lag import Lag, lag
from oncall_tui.storage.reading.overview import oldest_unsent_at
from oncall_tui.storage.statements import workers

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Lag, since when the oldest unfinished page waits, what is overdue, and workers that did not say goodbye.

    `mended`: how many incidents the self-audits ever mended.
    """

    at: datetime
    lag: Lag
    oldest_unsent_at: datetime | None
    alarms: tuple[Alarm, ...]
    mended: int
    workers: tuple[WorkerRow, ...]


def watching(session: Session, now: datetime | None = None) -> Watching:
    """How the house does now; a worker that was killed is forgotten after a day."""
    at = session.now() if now is None else now
    with session.reading() as conn:
        return Watching(
            at=at,
            lag=lag(conn, at),
            oldest_unsent_at=oldest_unsent_at(conn),
            alarms=alarms(conn, at),
            mended=workers.mended(conn),
            workers=tuple(
                WorkerRow(
                    id=row.id,
                    host=row.host,
                    pid=row.pid,
                    version=row.version,
                    started_at=row.started_at,
                    seen_at=row.seen_at,
                    engine_looked_at=row.engine_looked_at,
                    delivery_looked_at=row.delivery_looked_at,
                    audited_at=row.audited_at,
                    audit=row.audit,
                    mended=row.mended,
                    pinged_at=row.pinged_at,
                    ping_failure=row.ping_failure,
                )
                for row in workers.running(conn, at - FORGOTTEN_AFTER)
            ),
        )
