"""The instants at which a cron text ticks in a zone: croniter says which days and times, we say when that is.

croniter itself fires `30 1 * * *` twice on an autumn night and knows no ordinal numbers, so it only reads the text and
lists days; wall times become instants by our own rules, and ticks are counted day by day, cached by year.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import instant, second_occurrence, wall

DAY = timedelta(days=1)
LAST_YEAR = 9000
_FIELDS = 5
_MEND = "Write five fields, like 0 9 * * MON, or @daily."


class _Read(NamedTuple):
    times: tuple[timedelta, ...]
    days: str
    every_hour: bool


@lru_cache(maxsize=256)
def _read(text: str) -> _Read:
    """The times of day, the day fields, and whether the hour field is a wildcard. Raises Invalid."""
    from croniter import CroniterError, croniter  # costs 90 ms: only those with a cron text pay

    try:
        parsed = croniter(text)
    except (CroniterError, ValueError, TypeError, KeyError):
        raise Invalid(f"{text[:60]!r} is no cron text.", mend=_MEND) from None
    if len(parsed.expanded) != _FIELDS:
        raise Invalid(f"the cron text {text[:60]!r} has seconds or years.", mend=_MEND)
    if any(part.startswith("r") for field in parsed.expressions for part in field.split(",")):
        # croniter takes R for a time of its own choosing, another one each time it is asked.
        raise Invalid(f"the cron text {text[:60]!r} leaves a time to chance.", mend=_MEND)
    minutes, hours = (_numbers(field, count) for field, count in zip(parsed.expanded, (60, 24), strict=False))
    times = tuple(timedelta(hours=hour, minutes=minute) for hour in hours for minute in minutes)
    return _Read(times, " ".join(parsed.expressions[2:]), parsed.expressions[1].startswith("*"))


def _numbers(field: Sequence[int | str], count: int) -> list[int]:
    return sorted({int(one) for one in field}) if "*" not in field else list(range(count))


@lru_cache(maxsize=2048)
def _days_of(fields: str, year: int) -> tuple[date, ...]:
    """The days of a year that match the three day fields of a cron text."""
    from croniter import CroniterBadDateError, croniter

    days = []
    walker = croniter(f"0 0 {fields}", datetime(year - 1, 12, 31, 12))  # noqa: DTZ001 (a wall time)
    try:
        while (day := walker.get_next(datetime).date()).year == year:
            days.append(day)
    except CroniterBadDateError:
        return tuple(days)
    return tuple(days)


def check_cron(text: str) -> None:
    """Raise Invalid unless the text is a cron text of five fields that ticks now and then, be it on a leap day."""
    fields = _read(text).days
    if not any(_days_of(fields, year) for year in range(2000, 2009)):
        raise Invalid(f"the cron text {text[:60]!r} never ticks.", mend=_MEND)


def wall_ticks(text: str, year: int) -> Iterator[datetime]:
    """The wall times that a cron text names, from the start of a year up to the last we count."""
    read = _read(text)
    for number in range(year, LAST_YEAR + 1):
        for day in _days_of(read.days, number):
            yield from [datetime.combine(day, time()) + at for at in read.times]


class _Year(NamedTuple):
    days: tuple[date, ...]
    counts: tuple[int, ...]
    """How many ticks there are in the year before each of the days, and last in all."""


class Ticks:
    """The ticks of a cron text in a zone, numbered from the start of a year.

    A tick in a skipped time is at the end of the gap; one in a repeated time is at its first occurrence, and at the
    second too where the hour field is a wildcard. A tick that is not strictly later than the one before is none.
    """

    def __init__(self, text: str, local: ZoneInfo, first_year: int) -> None:
        self._read = _read(text)
        self._local = local
        self._first_year = first_year
        self.of_day = lru_cache(maxsize=32)(self._of_day)
        self._year = lru_cache(maxsize=256)(self._count_year)

    def count(self, at: datetime) -> int:
        """How many ticks there are from the start of the first year up to and including a later instant."""
        return self._before(self._around(at)[0]) + len(self._near(at))

    def last(self, at: datetime) -> datetime | None:
        """The latest tick up to and including an instant, if the first year had begun by then."""
        latest = self._around(at)[-1]
        years = range(latest.year, self._first_year - 1, -1)
        days = (day for year in years for day in reversed(_days_of(self._read.days, year)) if day <= latest)
        return next((tick for day in days for tick in reversed(self.of_day(day)) if tick <= at), None)

    def after(self, at: datetime) -> Iterator[datetime]:
        """The ticks strictly after an instant, up to the last year we count."""
        first = self._around(at)[0]
        for number in range(first.year, LAST_YEAR + 1):
            days = _days_of(self._read.days, number)
            for day in days[bisect_left(days, first) :]:
                yield from [tick for tick in self.of_day(day) if tick > at]

    def _around(self, at: datetime) -> tuple[date, date, date]:
        # A day more on both sides, as the clock may go back over midnight.
        day = wall(at, self._local).date()
        return day - DAY, day, day + DAY

    def _near(self, at: datetime) -> list[datetime]:
        return [tick for day in self._around(at) for tick in self.of_day(day) if tick <= at]

    def _before(self, day: date) -> int:
        """How many ticks there are on earlier days, from the first year on."""
        whole = sum(self._year(number).counts[-1] for number in range(self._first_year, day.year))
        year = self._year(day.year)
        return whole + year.counts[bisect_left(year.days, day)]

    def _count_year(self, number: int) -> _Year:
        days = _days_of(self._read.days, number)
        return _Year(days, (0, *accumulate(self._count_day(day) for day in days)))

    def _count_day(self, day: date) -> int:
        midnight = datetime.combine(day, time(), self._local)
        offset = midnight.utcoffset()
        # The offset before this day, too: ticks of a skipped date fall on the next one.
        if offset == (midnight + DAY).utcoffset() == (midnight - DAY).utcoffset():
            return len(self._read.times)
        return len(self.of_day(day))

    def _of_day(self, day: date) -> tuple[datetime, ...]:
        ticks = self._raw(day)
        latest = max(self._raw(day - DAY), default=None) if self._matches(day - DAY) else None
        kept: list[datetime] = []
        for tick in ticks if self._matches(day) else ():
            if latest is None or tick > latest:
                kept.append(tick)
                latest = tick
        return tuple(kept)

    def _matches(self, day: date) -> bool:
        days = _days_of(self._read.days, day.year)
        place = bisect_left(days, day)
        return place < len(days) and days[place] == day

    def _raw(self, day: date) -> list[datetime]:
        """The ticks of a day before any is dropped."""
        walls = [datetime.combine(day, time()) + at for at in self._read.times]
        ticks = [instant(one, self._local) for one in walls]
        if self._read.every_hour:
            ticks += [again for one in walls if (again := second_occurrence(one, self._local)) is not None]
        return sorted(ticks)
