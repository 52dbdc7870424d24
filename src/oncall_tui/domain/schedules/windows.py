"""Weekly windows in a zone: when a restricted layer counts, and when support hours are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules.values import Restriction
from oncall_tui.domain.walltime import instant, wall

DAY = timedelta(days=1)
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Window = tuple[datetime, datetime, int]
"""Start, end and which of the restrictions it comes from."""


def within(restriction: Restriction, at: datetime, local: ZoneInfo) -> bool:
    """Whether an instant lies in one of the weekly windows, as a clock in `local` shows them."""
    return any(start <= at < end for start, end, _ in windows((restriction,), at, at, local))


def windows(restrictions: Sequence[Restriction], start: datetime, end: datetime, local: ZoneInfo) -> list[Window]:
    """The windows that may meet [start, end], by start, never overlapping: the earlier one goes on to its end."""
    found = []
    # A day more on both sides: a window may begin the day before, and the clock may go back over midnight.
    day, last = (wall(start, local) - DAY).date(), (wall(end, local) + DAY).date()
    by_weekday = [
        [(place, *_clock_times(one)) for place, one in enumerate(restrictions) if weekday in one.days]
        for weekday in range(7)
    ]
    midnight = datetime.combine(day, time())
    for _ in range((last - day).days + 1):
        for place, opens, closes in by_weekday[midnight.weekday()]:
            found.append((instant(midnight + opens, local), instant(midnight + closes, local), place))
        midnight += DAY
    found.sort()
    return _disjoint(found)


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
