"""Cron texts by croniter, behind a filter: strictly later in UTC, and a fixed time once per local date.

croniter alone fires `30 1 * * *` twice on the autumn night, and can step backwards over a change of the clocks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from croniter import croniter

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.walltime import instant, wall

MOST_TICKS = 200_000  # from the anchor on: more is no rotation of people
LONGEST_PAUSE = timedelta(days=366 * 9)  # `0 0 29 2 *` can wait eight years


def check_cron(text: str) -> None:
    """Raise Invalid unless the text is five fields that croniter understands."""
    if len(text.split()) != 5 or not croniter.is_valid(text):  # noqa: PLR2004 - cron has five fields
        raise Invalid(f"'{text}' is no cron text", mend='five fields, like "0 9 * * MON"')


class _Ticks:
    """The ticks after an anchor, found once and kept: the n-th tick needs all before it."""

    def __init__(self, text: str, anchor: datetime, local: ZoneInfo) -> None:
        check_cron(text)
        self._local = local
        self._walls = croniter(text, wall(anchor, local))
        self._dry = False
        self.known: list[datetime] = []
        self._anchor = anchor

    def reach(self, end: datetime) -> None:
        """Know every tick up to and including the first one after `end`."""
        while not self._dry and (not self.known or self.known[-1] <= end):
            if len(self.known) >= MOST_TICKS:
                raise Invalid("the cron text fires too often for a rotation", mend="use turns: every: 1h")
            self._take_next()

    def _take_next(self) -> None:
        last = self.known[-1] if self.known else self._anchor
        # Ticks are walked on the naive wall clock, which knows no jumps, and turned into instants one by one.
        while True:
            found = self._walls.get_next(datetime)
            at = instant(found.replace(tzinfo=None), self._local)
            if found.replace(tzinfo=UTC) - last > LONGEST_PAUSE:
                self._dry = True
                return
            if at > last:
                self.known.append(at)
                return


@lru_cache(maxsize=256)
def _ticks(text: str, anchor: datetime, local: ZoneInfo) -> _Ticks:
    return _Ticks(text, anchor, local)


def ticks_between(
    text: str, anchor: datetime, local: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[int, tuple[datetime, datetime]]]:
    """(number, (begin, following tick)) of every turn that touches `[start, end)`; turn 0 begins at the anchor."""
    ticks = _ticks(text, anchor, local)
    ticks.reach(end)
    starts = [anchor, *ticks.known]
    first = max(0, bisect_right(starts, start) - 1)
    last = bisect_left(starts, end)
    for number in range(first, last):
        follows = starts[number + 1] if number + 1 < len(starts) else end + LONGEST_PAUSE
        yield number, (starts[number], follows)
