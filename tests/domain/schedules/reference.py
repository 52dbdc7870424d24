"""Who is on call, worked out the slow way: walk every minute and every turn from the start, and share no code.

A zone is a table of its minutes, read from the instants; so nothing here turns a wall time into an instant by rule.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules import FixedShift, Layer, Override, Restriction, Rotation, Schedule

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BEFORE, AFTER = timedelta(days=23), timedelta(days=9)
FAR = datetime(2199, 1, 1, tzinfo=UTC)

CRON_TEXTS: dict[str, tuple[Callable[[datetime], bool], bool]] = {
    "30 1 * * *": (lambda wall: (wall.hour, wall.minute) == (1, 30), False),
    "0 0 * * *": (lambda wall: (wall.hour, wall.minute) == (0, 0), False),
    "0 9 * * MON": (lambda wall: (wall.weekday(), wall.hour, wall.minute) == (0, 9, 0), False),
    "15,45 2 * * 0,6": (lambda wall: wall.weekday() > 4 and wall.hour == 2 and wall.minute in (15, 45), False),
    "0 */2 * * *": (lambda wall: wall.hour % 2 == 0 and wall.minute == 0, True),
    "30 * * * *": (lambda wall: wall.minute == 30, True),
}
"""Cron texts with what they mean, and whether the hour is a wildcard."""


@dataclass(frozen=True)
class Table:
    """The minutes of a zone: walls shown at each instant, and the instants of each wall."""

    begin: datetime
    walls: list[datetime]
    firsts: dict[datetime, datetime]
    seconds: dict[datetime, datetime]

    def instant(self, wall: datetime) -> datetime:
        return FAR if wall > self.walls[-1] else self.firsts[wall]

    def wall(self, at: datetime) -> datetime:
        return self.walls[(at - self.begin) // MINUTE]


@lru_cache(maxsize=64)
def table(name: str, middle: datetime) -> Table:
    """The minutes of a zone around an instant."""
    local, begin = ZoneInfo(name), middle - BEFORE
    walls: list[datetime] = []
    firsts: dict[datetime, datetime] = {}
    seconds: dict[datetime, datetime] = {}
    for count in range((BEFORE + AFTER) // MINUTE):
        at = begin + count * MINUTE
        wall = at.astimezone(local).replace(tzinfo=None)
        skipped = walls[-1] + MINUTE if walls else wall
        while skipped < wall:
            firsts[skipped] = at
            skipped += MINUTE
        (seconds if wall in firsts else firsts)[wall] = at
        walls.append(wall)
    return Table(begin, walls, firsts, seconds)


class Reference:
    """One schedule around an instant, looked up minute by minute."""

    def __init__(self, schedule: Schedule, middle: datetime) -> None:
        self.schedule = schedule
        self.middle = middle
        self.home = table(schedule.timezone, middle)
        self.layers = [self._layer(layer) for layer in schedule.layers]

    def who(self, at: datetime) -> set[str]:
        for temporary in reversed(self.schedule.temporaries):
            if temporary.start <= at < temporary.end:
                return _fixed(temporary.shifts, at)
        on = self._layered(at)
        for override in self.schedule.overrides:
            if override.start <= at < override.end:
                on = _overridden(on, override)
        return on

    def _layered(self, at: datetime) -> set[str]:
        found: dict[int, set[str]] = {}
        for place, (layer, people) in enumerate(zip(self.schedule.layers, self.layers, strict=True)):
            rank = place if layer.priority is None else layer.priority
            if (layer.until is None or at < layer.until) and self._allowed(layer, at):
                found.setdefault(rank, set()).update(people(at))
        return next((found[rank] for rank in sorted(found, reverse=True) if found[rank]), set())

    def _allowed(self, layer: Layer, at: datetime) -> bool:
        return not layer.restrict or any(self._inside(one, at) for one in layer.restrict)

    def _inside(self, window: Restriction, at: datetime) -> bool:
        midnight = self.home.wall(at).replace(hour=0, minute=0)
        for shift in (-2, -1, 0, 1, 2):
            day = midnight + shift * DAY
            if day.weekday() not in window.days:
                continue
            closes = day + window.end + (DAY if window.end <= window.start else 0 * DAY)
            if self.home.instant(day + window.start) <= at < self.home.instant(closes):
                return True
        return False

    def _layer(self, layer: Layer) -> Callable[[datetime], set[str]]:
        rotation = layer.rotation
        if rotation is None:
            return lambda at: _fixed(layer.shifts, at)
        known = table(layer.timezone or self.schedule.timezone, self.middle)
        turns = list(_cron(rotation, known) if rotation.cron else _turns(rotation, known))
        starts = [start for start, _, _ in turns]

        def people(at: datetime) -> set[str]:
            # The last turn begun by then: those of no length at all are before it.
            place = bisect_right(starts, at) - 1
            if place < 0 or turns[place][1] <= at:
                return set()
            return set(rotation.slots[turns[place][2] % len(rotation.slots)])

        return people


def _fixed(shifts: tuple[FixedShift, ...], at: datetime) -> set[str]:
    return {shift.user for shift in shifts if shift.start <= at < shift.end}


def _overridden(on: set[str], override: Override) -> set[str]:
    if override.replaces is not None:
        return (on - {override.replaces}) | set(override.users) if override.replaces in on else on
    if override.users:
        return set(override.users)
    return (on | set(override.add)) - set(override.remove)


def _turns(rotation: Rotation, known: Table) -> Iterator[tuple[datetime, datetime, int]]:
    last = known.walls[-1]
    walls = _active(rotation, last) if rotation.days is not None else _plain(rotation, last)
    for start, follows, place in walls:
        end = follows if rotation.length is None else start + rotation.length
        if known.instant(start) < known.instant(end):
            yield known.instant(start), known.instant(end), place


def _plain(rotation: Rotation, last: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    assert rotation.every is not None
    start, number = rotation.start, 0
    while start < last:
        end = rotation.start
        for _ in range((number + 1) * rotation.every.count):
            end = _one_more(end, rotation.every.unit, rotation.start.day)
        yield start, end, number
        start, number = end, number + 1


def _one_more(wall: datetime, unit: str, wanted: int) -> datetime:
    if unit != "months":
        return wall + {"hours": DAY / 24, "days": DAY, "weeks": 7 * DAY}[unit]
    month = wall.month
    while wall.month == month:
        wall += DAY
    month = wall.month
    while wall.day < wanted and (wall + DAY).month == month:
        wall += DAY
    return wall if wall.day <= wanted else wall.replace(day=wanted)


def _active(rotation: Rotation, last: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    assert rotation.every is not None
    day, days, weeks = rotation.start, 0, 0
    while day < last:
        if day.weekday() in (rotation.days or ()):
            yield day, day + DAY, (days if rotation.every.unit == "days" else weeks) // rotation.every.count
            days += 1
        day += DAY
        weeks += day.weekday() == 0


def _cron(rotation: Rotation, known: Table) -> Iterator[tuple[datetime, datetime, int]]:
    assert rotation.cron is not None
    matches, wildcard = CRON_TEXTS[rotation.cron]
    anchor = known.instant(rotation.start)
    ticks = {at for wall, at in known.firsts.items() if matches(wall)}
    if wildcard:
        ticks |= {at for wall, at in known.seconds.items() if matches(wall)}
    edges = [anchor, *sorted(at for at in ticks if at > anchor), FAR]
    for number, (start, follows) in enumerate(pairwise(edges)):
        over = follows if rotation.length is None else known.firsts.get(known.wall(start) + rotation.length, follows)
        yield start, min(over, follows), number
