"""Time at work: incidents whose timer is due are advanced, a batch in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.incident import advance
from oncall_tui.domain.incident.causes import Tick
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.storage.statements import incidents as rows

BATCH = 50


@dataclass(frozen=True, slots=True)
class Round:
    """How many incidents were looked at, and when the next one is due."""

    count: int
    next_due_at: datetime | None


def advance_due(conn: Connection, directory: Directory, now: datetime, limit: int = BATCH) -> Round:
    """Advance every incident whose timer is due at `now`, the longest overdue first, `limit` at the most.

    A next due instant at or before `now` means that more are left.
    """
    numbers = rows.due_timers(conn, now, limit)
    if numbers:
        world = directory.world(conn)
        for number in numbers:
            kept = keeping.load(conn, number)
            keeping.update(conn, kept, advance(kept.incident, world, Tick(), now), now, via="engine")
    return Round(len(numbers), rows.next_timer(conn))
