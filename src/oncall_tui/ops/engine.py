"""Time at work: incidents whose timer is due are advanced, a batch in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.incident.causes import Tick
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.storage.drivers.direct import in_one_go
from oncall_tui.storage.statements.incident import incidents as rows
from oncall_tui.storage.statements.incident import timeline

BATCH = 64
LOOK_AGAIN = timedelta(milliseconds=50)
SET_ASIDE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Round:
    """How many incidents were looked at, and when the next one is due."""

    count: int
    next_due_at: datetime | None


def advance_due(conn: Connection, directory: Directory, now: datetime, limit: int = BATCH) -> Round:
    """Advance the incidents whose timer is due at `now`, `limit` at the most, in the order of `first_due`.

    A next due instant at or before `now` means that more are left. What somebody else is changing is left to the next
    look: an act or an event is never waited for, so none can wait for the engine and the engine for it.
    """
    numbers = first_due(conn, now, limit)
    if not numbers:
        coming = rows.next_timer(conn)
        return Round(0, coming if coming is None or coming > now else now + LOOK_AGAIN)
    with in_one_go(conn):
        loaded = keeping.load_free(conn, numbers)
        world = directory.asked(conn)
    free = loaded()
    keeping.step_all(conn, ((kept, Tick(), now) for kept in free), world(), via="engine")
    due = rows.next_timer(conn) if len(numbers) < limit else now
    if due is not None and len(free) < len(numbers):
        due = max(due, now + LOOK_AGAIN)
    return Round(len(free), due)


def first_due(conn: Connection, now: datetime, limit: int) -> list[int]:
    """The incidents to advance next: the longest overdue, but where there are more than that, critical ones first."""
    numbers = rows.due_timers(conn, now, limit)
    if len(numbers) < limit:
        return numbers
    return list(dict.fromkeys((*rows.due_criticals(conn, now, limit), *numbers)))[:limit]


def advance_one(conn: Connection, directory: Directory, number: int, now: datetime) -> None:
    """Let time pass for one incident."""
    kept = keeping.load(conn, number)
    keeping.step(conn, kept, directory.world(conn), Tick(), now, via="engine")


def set_aside(conn: Connection, number: int, now: datetime) -> None:
    """Look at an incident that the engine fails on only again in a while, so that it starves no other; and say so."""
    rows.set_timer(conn, number, now + SET_ASIDE)
    text = f"the engine failed on this incident and tries again in {format_duration(SET_ASIDE)}: see the worker's log"
    timeline.append(conn, [{"number": number, "at": now, "kind": "fault", "by": None, "via": "engine", "text": text}])
