"""Weekly windows: when a restriction or support hours hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules.model import Restriction
from oncall_tui.domain.walltime import instant, wall

DAY = timedelta(days=1)


def windows_between(
    windows: Iterable[Restriction], local: ZoneInfo, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The windows' stretches that touch `[start, end)`, joined and in order, in UTC."""
    found = sorted(span for window in windows for span in _of_one(window, local, start, end))
    joined: list[tuple[datetime, datetime]] = []
    for first, last in found:
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


def within(window: Restriction, at: datetime, local: ZoneInfo) -> bool:
    """Whether the window holds at this instant; its start belongs to it, its end does not."""
    return any(first <= at < last for first, last in _of_one(window, local, at, at + timedelta(microseconds=1)))


def _of_one(
    window: Restriction, local: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    overnight = window.end <= window.start
    # Two days back: yesterday's overnight window, and a date that the clocks skipped.
    midnight = datetime.combine(wall(start, local).date(), time()) - 2 * DAY
    last_day = wall(end, local)
    while midnight <= last_day:
        if midnight.weekday() in window.days:
            first = instant(midnight + window.start, local)
            last = instant(midnight + window.end + (DAY if overnight else timedelta(0)), local)
            if first < last and first < end and last > start:
                yield first, last
        midnight += DAY
