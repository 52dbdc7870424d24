"""What a human must hear of because the house can't mend it by itself: work that has been due for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.time.durations import format_duration
from oncall_tui.storage.statements import figures as rows
from oncall_tui.storage.statements.figures import Overdue

TIMERS_LATE = timedelta(minutes=1)
LEASES_LATE = timedelta(minutes=1)
# A provider may ask to be left alone for five minutes, and its pages wait for that.
PAGES_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong: a code that stays the same while it lasts, and words with its numbers."""

    code: str
    text: str


def alarms(conn: Connection, now: datetime) -> tuple[Alarm, ...]:
    """Everything that has been due for too long at `now`; empty when nothing has."""
    found = (
        ("engine_late", "incidents are due and were not looked at", rows.overdue_timers(conn, now - TIMERS_LATE)),
        ("lease_lost", "pages lost their sender and nobody took over", rows.abandoned_pages(conn, now - LEASES_LATE)),
        ("pages_late", "pages are due and not sent", rows.overdue_pages(conn, now - PAGES_LATE)),
    )
    return tuple(Alarm(code, _told(what, late, now)) for code, what, late in found if late.number)


def _told(what: str, late: Overdue, now: datetime) -> str:
    since = timedelta(seconds=int((now - (late.since or now)).total_seconds()))
    return f"{late.number} {what}, the oldest for {format_duration(since)}"
