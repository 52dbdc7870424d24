"""The state of the house in numbers, for those who watch it from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.ops.watching.lag import lag
from oncall_tui.ops.watching.reading import FORGOTTEN_AFTER
from oncall_tui.storage.statements import figures as rows
from oncall_tui.storage.statements import workers

Numbers = Mapping[tuple[str, ...], float]
"""Label values → a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Open incidents by (state, severity), unfinished pages by state, how late things are, and workers' own words.

    All spans are seconds. `lag` is by quantile, `looked` by (worker, loop), the others by worker; what a worker has
    never done is not there.
    """

    incidents: Numbers
    pages: Numbers
    oldest_overdue_seconds: float
    workers: Numbers
    oldest_timer_overdue_seconds: float = 0.0
    lag: Numbers = field(default_factory=dict)
    lag_pages: int = 0
    looked: Numbers = field(default_factory=dict)
    audited: Numbers = field(default_factory=dict)
    audit_passed: Numbers = field(default_factory=dict)
    audit_mended: int = 0
    pinged: Numbers = field(default_factory=dict)


def figures(conn: Connection, now: datetime) -> Figures:
    """Count now; a worker that was killed is forgotten after a day."""
    pages = rows.unfinished_pages(conn)
    oldest = min((page.oldest_due_at for page in pages), default=now)
    running = workers.running(conn, now - FORGOTTEN_AFTER)
    late = lag(conn, now)
    quantiles = {("0.5",): late.p50, ("0.99",): late.p99}
    loops = {
        (row.id, loop): at
        for row in running
        for loop, at in (("engine", row.engine_looked_at), ("delivery", row.delivery_looked_at))
    }
    return Figures(
        incidents={(row.state, row.severity): row.number for row in rows.open_incidents(conn)},
        pages={(page.state,): page.number for page in pages},
        oldest_overdue_seconds=_seconds(oldest, now),
        workers={(row.id,): _seconds(row.seen_at, now) for row in running},
        oldest_timer_overdue_seconds=_seconds(rows.overdue_timers(conn, now).since or now, now),
        lag={key: seconds for key, seconds in quantiles.items() if seconds is not None},
        lag_pages=late.pages,
        looked={key: _seconds(at, now) for key, at in loops.items() if at is not None},
        audited={(row.id,): _seconds(row.audited_at, now) for row in running if row.audited_at is not None},
        audit_passed={(row.id,): float(not row.audit) for row in running if row.audited_at is not None},
        audit_mended=workers.mended(conn),
        pinged={(row.id,): _seconds(row.pinged_at, now) for row in running if row.pinged_at is not None},
    )


def _seconds(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
