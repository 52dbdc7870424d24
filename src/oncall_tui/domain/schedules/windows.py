"""Weekly windows in a zone: when a restricted layer counts, and when support hours are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules.values import Restriction
from oncall_tui.domain.time.walltime import instant, wall

DAY = timedelta(days=1)
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Window = tuple[datetime, datetime, int]
"""Start, end and which of the restrictions it comes from."""
Windows = Callable[[datetime, datetime], list[Window]]
"""The windows that may meet [start, end], by start, never overlapping: the earlier one goes on to its end."""


def within(restriction: Restriction, at: datetime, local: ZoneInfo) -> bool:
    """Whether an instant lies in one of the weekly windows, as a clock in `local` shows them."""
    return any(start <= at < end for start, end, _ in windows_of((restriction,), local)(at, at))


def windows_of(restrictions: Sequence[Restriction], local: ZoneInfo) -> Windows:
    """The function that gives the windows of these restrictions."""
    by_weekday = [
        [(place, *_clock_times(one)) for place, one in enumerate(restrictions) if weekday in one.days]
        for weekday in range(7)
    ]

    def windows(start: datetime, end: datetime) -> list[Window]:
        found = []
        # A day more on both sides: a window may begin the day before, and the clock may go back over midnight.
        midnight = datetime.combine(wall(start, local) - DAY, time())
        last = wall(end, local) + DAY
        while midnight <= last:
            for place, opens, closes in by_weekday[midnight.weekday()]:
                found.append((instant(midnight + opens, local), instant(midnight + closes, local), place))
            midnight += DAY
        found.sort()
        return _disjoint(found)

    return windows


def _clock_times(restriction: Restriction) -> tuple[timedelta, timedelta]:
    """From when until when it lasts, from the midnight of the day it belongs to."""
    end = restriction.end if restriction.end > restriction.start else restriction.end + DAY
    return restriction.start, end


def _disjoint(found: list[Window]) -> list[Window]:
    kept: list[Window] = []
    covered = datetime.min.replace(tzinfo=UTC)
    for start, end, place in found:
        if end > max(start, covered):
            kept.append((max(start, covered), end, place))
            covered = end
    return kept


def describe(restriction: Restriction) -> str:
    """`mon tue 20:00-08:00`."""
    days = " ".join(DAY_NAMES[day] for day in sorted(set(restriction.days)))
    return f"{days} {_clock(restriction.start)}-{_clock(restriction.end)}"


def _clock(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
