"""Durations and turns as people write them: `5m`, `2h30m`, `1w`; turns also `1mo`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from oncall_tui.domain.errors import Invalid

Unit = Literal["hours", "days", "weeks", "months"]

LONGEST = timedelta(days=36_525)
"""No duration is longer: a hundred years, far from where datetimes end."""
MOST_TURNS = 1_000

_DURATION = re.compile(r"(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,11})s)?", re.ASCII)
_TURN = re.compile(r"(\d{1,5})(h|d|w|mo)", re.ASCII)
_UNITS: dict[str, Unit] = {"h": "hours", "d": "days", "w": "weeks", "mo": "months"}
_LETTERS = {unit: letter for letter, unit in _UNITS.items()}
_WEEK, _DAY, _HOUR, _MINUTE = 604_800, 86_400, 3_600, 60
_DURATION_MEND = "Write it like 90s, 5m, 2h30m, 1d or 1w."
_TURN_MEND = "Write one number with h, d, w or mo: 12h, 1d, 2w, 1mo."


@dataclass(frozen=True, slots=True)
class Turn:
    """How long a slot has the pager: a count of local hours, days, weeks or months."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return format_turn(self)


def parse_duration(text: str) -> timedelta:
    """The span that `text` names, zero included. Raises Invalid, also beyond a hundred years."""
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        raise Invalid(f"{text[:40]!r} is no duration.", mend=_DURATION_MEND)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = ((weeks * 7 + days) * 24 + hours) * _HOUR + minutes * _MINUTE + seconds
    if total > LONGEST // timedelta(seconds=1):
        raise Invalid(f"{text!r} is longer than a hundred years.", mend=_DURATION_MEND)
    return timedelta(seconds=total)


def format_duration(span: timedelta) -> str:
    """What `parse_duration` reads: `2h30m`, `0s`; whole weeks as `1w`. A part of a second is left out."""
    seconds = int(abs(span).total_seconds())
    if seconds and seconds % _WEEK == 0:
        text = f"{seconds // _WEEK}w"
    else:
        counts = (seconds // _DAY, seconds // _HOUR % 24, seconds // _MINUTE % 60, seconds % 60)
        text = "".join(f"{count}{letter}" for count, letter in zip(counts, "dhms", strict=True) if count) or "0s"
    return f"-{text}" if span < timedelta(0) and seconds else text


def parse_turn(text: str) -> Turn:
    """The turn that `text` names. Raises Invalid for zero, for minutes and for mixtures."""
    match = _TURN.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= MOST_TURNS:
        raise Invalid(f"{text[:40]!r} is no turn.", mend=_TURN_MEND)
    return Turn(int(match[1]), _UNITS[match[2]])


def format_turn(turn: Turn) -> str:
    """What `parse_turn` reads: `12h`, `1d`, `2w`, `1mo`."""
    return f"{turn.count}{_LETTERS[turn.unit]}"


def short_span(span: timedelta) -> str:
    """A span in at most five characters: `1:12` under two minutes, then `9m`, `1h`, `3d`. A past one is `0:00`."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 2 * _MINUTE:
        return f"{seconds // _MINUTE}:{seconds % _MINUTE:02d}"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h"
    return f"{seconds // _DAY}d"
