"""The turns of a rotation inside a window, each computed from the anchor: nothing is walked, stored or carried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.durations import Turn
from oncall_tui.domain.schedules.cron import ticks_between
from oncall_tui.domain.schedules.model import Rotation
from oncall_tui.domain.walltime import instant, wall

DAY = timedelta(days=1)
SLACK = timedelta(days=2)  # wall clocks jump by a day at most (Apia skipped one)


def turns_between(
    rotation: Rotation, local: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """(start, end, slot) of every shift that touches `[start, end)`, in order, in UTC, unclipped."""
    if not rotation.slots:
        return
    if rotation.cron is not None:
        found = _cron_turns(rotation, local, start, end)
    elif rotation.days is not None:
        found = _active_days(rotation, local, start, end)
    else:
        found = _plain_turns(rotation, local, start, end)
    for first, last, slot in found:
        if first < last and first < end and last > start:
            yield first, last, slot % len(rotation.slots)


def _plain_turns(
    rotation: Rotation, local: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    every = rotation.every or Turn(1, "weeks")
    stop = wall(end, local) + SLACK
    number = max(0, _turns_until(rotation.start, every, wall(start, local) - SLACK) - 1)
    begins = _turn_start(rotation.start, every, number)
    while begins < stop:
        follows = _turn_start(rotation.start, every, number + 1)
        ends = follows if rotation.length is None else min(follows, begins + rotation.length)
        # The next handoff ends a turn also where a wall clock set back would let it run on.
        yield instant(begins, local), min(instant(ends, local), instant(follows, local)), number
        number, begins = number + 1, follows


def _turn_start(anchor: datetime, every: Turn, number: int) -> datetime:
    match every.unit:
        case "hours":
            return anchor + timedelta(hours=every.count * number)
        case "days":
            return anchor + timedelta(days=every.count * number)
        case "weeks":
            return anchor + timedelta(weeks=every.count * number)
        case "months":
            return add_months(anchor, every.count * number)


def add_months(anchor: datetime, months: int) -> datetime:
    """So many months later on the same day of the month, or on the month's last day where it has no such day."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    month += 1
    following = datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001 - wall times are naive by their nature
    return anchor.replace(year=year, month=month, day=min(anchor.day, (following - DAY).day))


def _turns_until(anchor: datetime, every: Turn, wanted: datetime) -> int:
    """How many whole turns fit between the anchor and the wanted wall time, never more."""
    if wanted <= anchor:
        return 0
    if every.unit == "months":
        months = (wanted.year - anchor.year) * 12 + wanted.month - anchor.month - 1
        return max(0, months // every.count)
    size = {"hours": timedelta(hours=1), "days": DAY, "weeks": timedelta(weeks=1)}[every.unit]
    return (wanted - anchor) // (size * every.count)


def _active_days(
    rotation: Rotation, local: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """One shift a day on the days named; turns in days count active days, turns in weeks give a week to one slot."""
    days, every, anchor = rotation.days or (), rotation.every or Turn(1, "weeks"), rotation.start
    length = rotation.length or DAY
    begins = datetime.combine(
        max(anchor.date(), (wall(start, local) - SLACK - length).date()), anchor.time()
    )
    stop = wall(end, local) + SLACK
    while begins < stop:
        if begins.weekday() in days:
            first = instant(begins, local)
            # A shift never runs into the next day's: on the day after, its handoff comes first.
            last = min(instant(begins + length, local), instant(begins + DAY, local))
            yield first, last, _slot_of_day(anchor, begins, every, days)
        begins += DAY


def _slot_of_day(anchor: datetime, day: datetime, every: Turn, days: tuple[int, ...]) -> int:
    match every.unit:
        case "weeks":
            monday = anchor.date() - timedelta(days=anchor.weekday())
            return (day.date() - monday).days // 7 // every.count
        case "months":
            return ((day.year - anchor.year) * 12 + day.month - anchor.month) // every.count
        case _:
            weeks, rest = divmod((day.date() - anchor.date()).days, 7)
            counted = weeks * len(days)
            counted += sum((anchor.weekday() + offset) % 7 in days for offset in range(rest))
            return counted // every.count


def _cron_turns(
    rotation: Rotation, local: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    assert rotation.cron is not None
    anchor = instant(rotation.start, local)
    for number, (begins, follows) in ticks_between(rotation.cron, anchor, local, start, end):
        ends = follows
        if rotation.length is not None:
            ends = min(follows, instant(wall(begins, local) + rotation.length, local))
        yield begins, ends, number
