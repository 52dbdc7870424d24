"""A zone as iCalendar's VTIMEZONE (RFC 5545, 3.6.5), for the years that a calendar shows.

Written here because the library's own gives the start of summer time in the new offset; the standard wants the old.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def vtimezone(local: ZoneInfo, start: datetime, end: datetime) -> Timezone:
    """The zone's offsets in [start, end): the one that holds at the start, and each change."""
    made = Timezone()
    made.add("tzid", local.key)
    first = start.astimezone(local)
    made.add_component(_observance(first, _offset(first)))
    for change in _changes(local, start, end):
        made.add_component(_observance(change.astimezone(local), _offset((change - _SECOND).astimezone(local))))
    return made


def _observance(onset: datetime, before: timedelta) -> TimezoneDaylight | TimezoneStandard:
    """From this instant on; its wall time is told in the offset that held before."""
    made = TimezoneDaylight() if onset.dst() else TimezoneStandard()
    naive = onset.replace(tzinfo=None, fold=0)
    made.add("dtstart", naive - _offset(onset) + before)
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", _offset(onset))
    made.add("tzname", onset.tzname() or "")
    return made


def _changes(local: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants, to the second, at which the offset changes; no zone has ever changed it twice within a day."""
    at = start
    while at < end:
        after = min(at + _DAY, end)
        if _offset(at.astimezone(local)) != _offset(after.astimezone(local)):
            low, high = at, after
            while high - low > _SECOND:
                middle = low + (high - low) // 2
                if _offset(middle.astimezone(local)) == _offset(at.astimezone(local)):
                    low = middle
                else:
                    high = middle
            yield high.replace(microsecond=0)
        at = after


def _offset(at: datetime) -> timedelta:
    found = at.utcoffset()
    assert found is not None, "a time with a zone has an offset"
    return found
