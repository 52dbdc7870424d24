"""Wall time and instants: the only place where one becomes the other.

A wall time is a naive datetime that belongs to a zone. An instant is an aware datetime in UTC; only instants are
compared and stored, because aware datetimes that share a zone compare by wall clock and ignore `fold`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oncall_tui.domain.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1970, 9000
"""The years that anybody may name: far enough from where datetimes end for all that is computed around an instant."""

_LONGEST_NAME = 64
_SECOND = timedelta(seconds=1)
_HALF_DAY = timedelta(hours=12)
_LAST_DAY = date.max.toordinal()
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = _EPOCH_UTC.replace(tzinfo=None)
_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}", re.ASCII)
# Files of the zone database that name no place: what they mean differs from host to host.
_NO_PLACE = frozenset({"localtime", "posixrules", "Factory"})
_WALL_OR_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_ZONE_MEND = "Use a name of the IANA zone database, like Europe/Lisbon."
_TIME_MEND = "Write it like 2026-01-05T09:00, or with a zone: 2026-01-05T09:00Z or 2026-01-05T09:00+01:00."


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of this IANA name. Raises Invalid for anything else, paths and host-bound names included."""
    if len(name) > _LONGEST_NAME or not _ZONE_NAME.fullmatch(name) or name in _NO_PLACE:
        raise Invalid(f"{name[:64]!r} is no time zone.", mend=_ZONE_MEND)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{name!r} is no time zone.", mend=_ZONE_MEND) from None


def instant(wall_time: datetime, local: ZoneInfo) -> datetime:
    """The UTC instant of a wall time: the first occurrence of a repeated one, the end of the gap for a skipped one.

    It never decreases as the wall time grows. A skipped date is a gap of a day like any other.
    """
    epoch = _steady_epoch(local, wall_time.toordinal())
    if epoch is not None:
        return _EPOCH_UTC + (wall_time - epoch)
    aware = wall_time.replace(tzinfo=local, fold=0)
    found = aware.astimezone(UTC)
    if found.astimezone(local).replace(tzinfo=None, fold=0) == wall_time.replace(fold=0):
        return found
    return _end_of_gap(aware, found, local)


@lru_cache(maxsize=16_384)
def _steady_epoch(local: ZoneInfo, day: int) -> datetime | None:
    """The epoch by a clock that is always as far from UTC as this one on a local date, given by its ordinal.

    None where the clock changes on that date. It spares most wall times the way there and back through the zone's
    rules, four times the price.
    """
    if day >= _LAST_DAY:
        return None
    midnight = datetime.combine(date.fromordinal(day), time(), local)
    offset = midnight.utcoffset()
    steady = offset == (midnight + _HALF_DAY).utcoffset() == (midnight + 2 * _HALF_DAY).utcoffset()
    return _EPOCH + offset if steady and offset is not None else None


def _end_of_gap(skipped: datetime, after: datetime, local: ZoneInfo) -> datetime:
    """The first instant whose wall time is past the skipped one, which lies within a day before `after`."""
    target = skipped.replace(tzinfo=None)
    before = skipped.replace(fold=1).astimezone(UTC).replace(microsecond=0)
    low, high = 0, -((before - after) // _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if wall(before + middle * _SECOND, local) > target:
            high = middle
        else:
            low = middle
    return before + high * _SECOND


def wall(at: datetime, local: ZoneInfo) -> datetime:
    """The wall time that a clock in this zone shows at an instant."""
    epoch = _steady_wall(local, at.toordinal()) if at.tzinfo is UTC else None
    if epoch is not None:
        return epoch + (at - _EPOCH_UTC)
    return at.astimezone(local).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=16_384)
def _steady_wall(local: ZoneInfo, day: int) -> datetime | None:
    """What a clock shows at the epoch that is always as far from UTC as this one on a date in UTC; else None."""
    if day >= _LAST_DAY:
        return None
    midnight = datetime.combine(date.fromordinal(day), time(), UTC)
    offset = midnight.astimezone(local).utcoffset()
    hours = (midnight + _HALF_DAY, midnight + 2 * _HALF_DAY)
    steady = all(at.astimezone(local).utcoffset() == offset for at in hours)
    return _EPOCH + offset if steady and offset is not None else None


def second_occurrence(wall_time: datetime, local: ZoneInfo) -> datetime | None:
    """The later instant of a wall time that is repeated in autumn; None for every other."""
    later = wall_time.replace(tzinfo=local, fold=1).astimezone(UTC)
    return later if later > instant(wall_time, local) else None


def parse_wall(text: str) -> datetime:
    """A date or wall time as a naive datetime; an aware one where `Z` or an offset is written. Raises Invalid."""
    try:
        if _WALL_OR_INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass  # like 2026-02-30: said below
    raise Invalid(f"{text[:40]!r} is no time.", mend=_TIME_MEND)


def parse_wall_or_instant(text: str, local: ZoneInfo) -> datetime:
    """The UTC instant of a date, a wall time in `local`, or a time with `Z` or an offset. Raises Invalid."""
    read = parse_wall(text)
    try:
        return instant(read, local) if read.tzinfo is None else read.astimezone(UTC)
    except OverflowError:
        raise Invalid(f"{text!r} is no time.", mend=_TIME_MEND) from None


def format_instant(at: datetime) -> str:
    """`2026-01-05T09:00:00Z`, with a fraction only if it is not zero. Refuses a naive datetime with ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant has a zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
