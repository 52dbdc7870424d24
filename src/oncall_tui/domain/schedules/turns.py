"""Where a rotation's turns lie: each is computed from the anchor, none is reached by walking there.

All arithmetic is on wall times; each handoff becomes an instant once. So a turn keeps its wall time over a change of
the clocks, hours are hours of the local clock, and two handoffs on one instant make a turn that vanishes.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain, islice, pairwise
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules.cron import Ticks, wall_ticks
from oncall_tui.domain.schedules.values import Rotation
from oncall_tui.domain.time.durations import Turn
from oncall_tui.domain.time.walltime import instant, wall

DAY = timedelta(days=1)
_TWO_WEEKS = timedelta(weeks=2)
_INSTANT = timedelta(microseconds=1)
_MONTHS_A_YEAR = 12

Span = tuple[datetime, datetime, int]
"""Start, end and the place of the slot."""
Spans = Callable[[datetime, datetime], Iterator[Span]]
"""The shifts of a rotation that meet a span of instants, in order, not clipped to it."""


def handoffs(anchor: datetime, turn: Turn, number: int = 0) -> Iterator[datetime]:
    """The wall times at which turns begin, from this number on, counted from the anchor as 0. Month ends clamp."""
    if turn.unit == "months":
        while True:
            yield _months_later(anchor, turn.count * number)
            number += 1
    step = _step(turn)
    begin = anchor + number * step
    while True:
        yield begin
        begin += step


def _step(turn: Turn) -> timedelta:
    return timedelta(**{turn.unit: turn.count})


def _months_later(anchor: datetime, months: int) -> datetime:
    years, month = divmod(anchor.month - 1 + months, _MONTHS_A_YEAR)
    year = anchor.year + years
    return anchor.replace(year=year, month=month + 1, day=min(anchor.day, monthrange(year, month + 1)[1]))


def number_at(anchor: datetime, turn: Turn, at: datetime) -> int:
    """The number of the turn that holds at a wall time; negative before the anchor."""
    if turn.unit != "months":
        return (at - anchor) // _step(turn)
    months = (at.year - anchor.year) * _MONTHS_A_YEAR + at.month - anchor.month
    number = months // turn.count
    return number if _months_later(anchor, turn.count * number) <= at else number - 1


def shifts_of(rotation: Rotation, local: ZoneInfo) -> Spans:
    """The function that gives this rotation's shifts."""
    if rotation.cron is not None:
        return _by_cron(rotation, rotation.cron, local)
    assert rotation.every is not None
    if rotation.days is not None:
        return _by_days(rotation, rotation.every, rotation.days, local)
    return _by_turns(rotation, rotation.every, local)


def _by_turns(rotation: Rotation, turn: Turn, local: ZoneInfo) -> Spans:
    anchor, length, slots = rotation.start, rotation.length, len(rotation.slots)

    def spans(start: datetime, end: datetime) -> Iterator[Span]:
        number = max(0, number_at(anchor, turn, wall(start, local)))
        walls = handoffs(anchor, turn, number)
        begin_wall = next(walls)
        begin = instant(begin_wall, local)
        while begin < end:
            next_wall = next(walls)
            handed = instant(next_wall, local)
            over = handed if length is None else instant(begin_wall + length, local)
            if over > start and over > begin:
                yield begin, over, number % slots
            begin_wall, begin, number = next_wall, handed, number + 1

    return spans


def _by_cron(rotation: Rotation, text: str, local: ZoneInfo) -> Spans:
    # From the year before, so that the days around the anchor are counted like all others.
    ticks = Ticks(text, local, rotation.start.year - 1)
    anchor = instant(rotation.start, local)
    length, slots = rotation.length, len(rotation.slots)

    def spans(start: datetime, end: datetime) -> Iterator[Span]:
        number = ticks.count(start) - ticks.count(anchor) if start > anchor else 0
        # Without a tick since the anchor, its turn still runs.
        begin = (ticks.last(start) if number else None) or anchor
        for handed in chain(ticks.after(begin), (end,)):
            if begin >= end:
                return
            over = handed if length is None else min(handed, instant(wall(begin, local) + length, local))
            if over > start:
                yield begin, over, number % slots
            begin, number = handed, number + 1

    return spans


def _by_days(rotation: Rotation, turn: Turn, days: tuple[int, ...], local: ZoneInfo) -> Spans:
    anchor, slots = rotation.start, len(rotation.slots)
    length = DAY if rotation.length is None else rotation.length
    active = frozenset(days)
    number_of = _day_numbers(anchor, turn, sorted(active))

    def spans(start: datetime, end: datetime) -> Iterator[Span]:
        # A shift begins at most `length` before `start`; a day more, as the clock may go back over midnight.
        begin_wall = datetime.combine((wall(start, local) - length - DAY).date(), anchor.time())
        begin_wall = max(anchor, begin_wall)
        while (begin := instant(begin_wall, local)) < end:
            if begin_wall.weekday() in active:
                over = instant(begin_wall + length, local)
                if over > start and over > begin:
                    yield begin, over, number_of(begin_wall.date()) % slots
            begin_wall += DAY

    return spans


def _day_numbers(anchor: datetime, turn: Turn, active: list[int]) -> Callable[[date], int]:
    """The function from an active day to the number of its turn."""
    first = anchor.date()
    monday = first - first.weekday() * DAY

    def active_before(day: date) -> int:
        weeks, rest = divmod((day - monday).days, 7)
        return weeks * len(active) + sum(one < rest for one in active)

    def by_days(day: date) -> int:
        return (active_before(day) - active_before(first)) // turn.count

    def by_weeks(day: date) -> int:
        return (day - monday).days // 7 // turn.count

    def by_months(day: date) -> int:
        return number_at(anchor, turn, datetime.combine(day, anchor.time()))

    return {"days": by_days, "weeks": by_weeks, "months": by_months}[turn.unit]


def place_at(rotation: Rotation, local: ZoneInfo, at: datetime) -> int | None:
    """The place of the slot whose turn has begun last at an instant, its shift over or not; None before the first."""
    # Shifts as long as their turns leave no holes, but for the days on which none starts: fewer than a week of them.
    whole = shifts_of(replace(rotation, length=None), local)
    since = at if rotation.days is None else at - _TWO_WEEKS
    place = None
    for _, _, place in whole(since, at + _INSTANT):  # noqa: B007 - the last one counts
        pass
    return place


def shortest_turn(rotation: Rotation) -> timedelta | None:
    """The shortest time from one shift's start to the next by the local clock; None where there is no next.

    Of months and cron ticks the first hundred are looked at: leap years and month ends are among them.
    """
    if rotation.cron is not None:
        ticks = islice(wall_ticks(rotation.cron, rotation.start.year), 100)
        return min((later - earlier for earlier, later in pairwise(ticks)), default=None)
    assert rotation.every is not None
    if rotation.days is not None:
        active = sorted(set(rotation.days))
        return min(later - earlier for earlier, later in pairwise([*active, active[0] + 7])) * DAY
    if rotation.every.unit == "months":
        # The year 2000 has a 29 February, too, and years enough after it.
        walls = islice(handoffs(rotation.start.replace(year=2000), rotation.every), 49)
        return min(later - earlier for earlier, later in pairwise(walls))
    return _step(rotation.every)
