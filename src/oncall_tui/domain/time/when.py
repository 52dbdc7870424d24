"""Times as a person types them: `fri 9am`, `+2h`, `tomorrow 18:00`, `2026-12-24 09:00`, `09:00`, `9pm`.

A time of day alone, or with a weekday, is the next one to come. A day alone is its first moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.domain.time.walltime import instant, parse_wall_or_instant, wall

LONGEST_TEXT = 40
MEND = "Write it like fri 9am, +2h, tomorrow 18:00, 09:00 or 2026-12-24 09:00."

_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_NUMBERS = {name[:length]: place for place, name in enumerate(_WEEKDAYS) for length in (3, len(name))}
_ISO_START = re.compile(r"\d{4}-", re.ASCII)
_DATE_AND_CLOCK = re.compile(r"(\d{4}-\d\d-\d\d) (\S+)", re.ASCII)
_CLOCK_24 = re.compile(r"(\d{1,2}):(\d\d)", re.ASCII)
_CLOCK_12 = re.compile(r"(\d{1,2})(?::(\d\d))?(am|pm)", re.ASCII)


def read_when(text: str, now: datetime, local: ZoneInfo) -> datetime:
    """The UTC instant that a person means at `now` in the zone `local`. Raises Invalid, with the mend.

    A skipped wall time is the end of the gap, a repeated one its first occurrence. What names a day may lie in the
    past: whether that makes sense is for the caller to say.
    """
    words = re.sub(r"(?<=\d) (?=am\b|pm\b)", "", " ".join(text.split()).lower())
    try:
        if len(text) <= LONGEST_TEXT and words:
            return _read(words, now, local)
    except (Invalid, ValueError, OverflowError):
        pass  # each part has a mend of its own; a person is better off with all the ways to say a time
    raise Invalid(f"{text[:LONGEST_TEXT]!r} is no time.", mend=MEND)


def _read(words: str, now: datetime, local: ZoneInfo) -> datetime:
    if words == "now":
        return now
    if words.startswith("+"):
        return now + parse_duration(words[1:].replace(" ", ""))
    if _ISO_START.match(words):
        return _dated(words, local)
    today = wall(now, local).date()
    first, _, rest = words.partition(" ")
    if first in ("today", "tomorrow"):
        day = today if first == "today" else today + _DAY
        return instant(datetime.combine(day, _clock(rest)), local)
    if first in _WEEKDAY_NUMBERS:
        ahead = timedelta(days=(_WEEKDAY_NUMBERS[first] - today.weekday()) % 7)
        return _next(today + ahead, _clock(rest), 7 * _DAY, now, lambda at: instant(at, local))
    return _next(today, _clock(words), _DAY, now, lambda at: instant(at, local))


def _dated(words: str, local: ZoneInfo) -> datetime:
    """A date, alone or with a time; only here a zone may be written: `2026-12-24T09:00Z`."""
    match = _DATE_AND_CLOCK.fullmatch(words)
    if match is not None and (_CLOCK_12.fullmatch(match[2]) or _CLOCK_24.fullmatch(match[2])):
        return instant(datetime.combine(date.fromisoformat(match[1]), _clock(match[2])), local)
    return parse_wall_or_instant(words.upper(), local)


def _next(day: date, clock: time, step: timedelta, now: datetime, at: Callable[[datetime], datetime]) -> datetime:
    """The first of the days from `day` on, a step apart, at which this time is later than now."""
    found = at(datetime.combine(day, clock))
    return found if found > now else at(datetime.combine(day + step, clock))


def _clock(text: str) -> time:
    """A time of day; nothing is midnight. Raises ValueError for what no clock shows."""
    if not text:
        return time()
    if match := _CLOCK_24.fullmatch(text):
        return time(int(match[1]), int(match[2]))
    match = _CLOCK_12.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= 12:
        raise ValueError(text)
    return time(int(match[1]) % 12 + (12 if match[3] == "pm" else 0), int(match[2] or 0))
