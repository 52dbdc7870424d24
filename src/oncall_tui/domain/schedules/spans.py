"""Finding, among many things with a start and an end, those that meet a span."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar


class Spanned(Protocol):
    """Something from a start up to an end."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...


T = TypeVar("T", bound=Spanned)


class Spans(Generic[T]):
    """Things with a span, looked up in their given order without walking through all of a long past."""

    __slots__ = ("_by_end", "_by_start", "_ends", "_starts")

    def __init__(self, things: Sequence[T]) -> None:
        placed = list(enumerate(things))
        self._by_end = sorted(placed, key=lambda one: one[1].end)
        self._ends = [thing.end for _, thing in self._by_end]
        self._by_start = sorted(placed, key=lambda one: one[1].start)
        self._starts = [thing.start for _, thing in self._by_start]

    def meeting(self, start: datetime, end: datetime) -> list[T]:
        """Those that share an instant with [start, end), in the order given."""
        ended = bisect_right(self._ends, start)
        begun = bisect_left(self._starts, end)
        # Whichever side leaves fewer to look at: the past grows without end, the future is short.
        few = self._by_end[ended:] if len(self._ends) - ended < begun else self._by_start[:begun]
        met = [(place, thing) for place, thing in few if thing.end > start and thing.start < end]
        met.sort(key=lambda one: one[0])
        return [thing for _, thing in met]
