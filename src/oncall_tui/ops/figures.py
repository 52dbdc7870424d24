"""The state of the house in numbers, for those who watch it from outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean

from sqlalchemy import Connection

from oncall_tui.domain.world import World
from oncall_tui.ops.watching.lag import lag
from oncall_tui.ops.watching.reading import FORGOTTEN_AFTER
from oncall_tui.storage.reading import overview
from oncall_tui.storage.statements import figures as rows
from oncall_tui.storage.statements import workers

Numbers = Mapping[tuple[str, ...], float]
"""Label values → a number."""

LATELY = timedelta(days=7)
AT_MOST = 2_000  # incidents of that time: a scrape comes every few seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Open incidents by (state, severity), unfinished pages by state, how late things are, and workers' own words.

    All spans are seconds. `lag` is by quantile, `looked` by (worker, loop), `phases` by phase of an open incident,
    `on_call` by schedule (how many people are, now), `opened`, `acknowledge` and `resolve` by service (how many opened
    `LATELY`, and how long it took on average); the others are by worker. What never happened is not there.
    """

    incidents: Numbers
    pages: Numbers
    oldest_overdue_seconds: float
    workers: Numbers
    oldest_unsent_seconds: float = 0.0
    oldest_timer_overdue_seconds: float = 0.0
    lag: Numbers = field(default_factory=dict)
    lag_pages: int = 0
    looked: Numbers = field(default_factory=dict)
    audited: Numbers = field(default_factory=dict)
    audit_passed: Numbers = field(default_factory=dict)
    audit_mended: int = 0
    pinged: Numbers = field(default_factory=dict)
    phases: Numbers = field(default_factory=dict)
    on_call: Numbers = field(default_factory=dict)
    opened: Numbers = field(default_factory=dict)
    acknowledge: Numbers = field(default_factory=dict)
    resolve: Numbers = field(default_factory=dict)


def figures(conn: Connection, world: World, now: datetime) -> Figures:
    """Count now; a worker that was killed is forgotten after a day."""
    pages = rows.unfinished_pages(conn)
    due = min((page.oldest_due_at for page in pages), default=now)
    made = min((page.oldest_made_at for page in pages), default=now)
    running = workers.running(conn, now - FORGOTTEN_AFTER)
    late = lag(conn, now)
    quantiles = {("0.5",): late.p50, ("0.99",): late.p99}
    recent = rows.opened_since(conn, now - LATELY, AT_MOST)
    loops = {
        (row.id, loop): at
        for row in running
        for loop, at in (("engine", row.engine_looked_at), ("delivery", row.delivery_looked_at))
    }
    return Figures(
        incidents={(row.state, row.severity): row.number for row in overview.open_incidents(conn)},
        pages={(page.state,): page.number for page in pages},
        oldest_overdue_seconds=_seconds(due, now),
        oldest_unsent_seconds=_seconds(made, now),
        workers={(row.id,): _seconds(row.seen_at, now) for row in running},
        oldest_timer_overdue_seconds=_seconds(rows.overdue_timers(conn, now).since or now, now),
        lag={key: seconds for key, seconds in quantiles.items() if seconds is not None},
        lag_pages=late.pages,
        looked={key: _seconds(at, now) for key, at in loops.items() if at is not None},
        audited={(row.id,): _seconds(row.audited_at, now) for row in running if row.audited_at is not None},
        audit_passed={(row.id,): float(not row.audit) for row in running if row.audited_at is not None},
        audit_mended=workers.mended(conn),
        pinged={(row.id,): _seconds(row.pinged_at, now) for row in running if row.pinged_at is not None},
        phases={(phase,): number for phase, number in rows.open_phases(conn).items()},
        on_call={(name,): len(world.on_call(name, now) or ()) for name in world.schedules},
        opened={service: len(spans) for service, spans in _spans(recent, lambda row: row.opened_at).items()},
        acknowledge={
            service: fmean(spans) for service, spans in _spans(recent, lambda row: row.acknowledged_at).items()
        },
        resolve={service: fmean(spans) for service, spans in _spans(recent, lambda row: row.resolved_at).items()},
    )


def _spans(
    recent: Iterable[rows.Opened], end: Callable[[rows.Opened], datetime | None]
) -> Mapping[tuple[str, ...], list[float]]:
    """By service, the seconds from each incident's opening to something that came to it."""
    spans: defaultdict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in recent:
        ended = end(row)
        if ended is not None:
            spans[row.service,].append((ended - row.opened_at).total_seconds())
    return spans


def _seconds(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
