"""Maintenance: spans in which a service's new incidents are silent. Every window ends (RULES, Escalation)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.schedules.turns import handoffs, number_at
from oncall_tui.domain.time.durations import Turn

LONGEST = timedelta(days=366)
"""No maintenance lasts longer in one piece: what would is no maintenance, but a service that pages nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    """A span, once or again every turn; `until`: the last repetition starts before it. Turns are counted in UTC."""

    name: str
    services: tuple[str, ...]
    start: datetime
    end: datetime
    every: Turn | None = None
    until: datetime | None = None

    def end_at(self, at: datetime) -> datetime | None:
        """When the repetition that covers an instant ends; None when none covers it."""
        if at < self.start:
            return None
        number = self._number(at)
        # A repetition as long as its turn may still run when the next begins: the later end counts.
        for start in (self._start(number), self._start(number - 1)) if number else (self._start(0),):
            if start is not None and at < start + self.length:
                return start + self.length
        return None

    def next_span(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The span that covers an instant, else the next one to come; None when all are over."""
        end = self.end_at(at)
        if end is not None:
            return end - self.length, end
        start = self.start if at < self.start else self._start(self._number(at) + 1)
        return None if start is None else (start, start + self.length)

    @property
    def length(self) -> timedelta:
        """How long each repetition lasts."""
        return self.end - self.start

    def _number(self, at: datetime) -> int:
        return 0 if self.every is None else number_at(_naive(self.start), self.every, _naive(at))

    def _start(self, number: int) -> datetime | None:
        if number == 0:
            return self.start
        if self.every is None:
            return None
        start = next(handoffs(_naive(self.start), self.every, number)).replace(tzinfo=UTC)
        return None if self.until is not None and start >= self.until else start


def silent_until(windows: Iterable[MaintenanceWindow], service: str, at: datetime) -> datetime | None:
    """When the maintenance of a service that holds at an instant is over; overlapping windows end with the last."""
    own = [window for window in windows if service in window.services]
    found = at
    while found - at <= LONGEST:
        ends = [end for window in own if (end := window.end_at(found)) is not None]
        if not ends:
            break
        found = max(ends)
    return found if found > at else None


def never_ends(windows: Sequence[MaintenanceWindow]) -> bool:
    """Whether repetitions of these windows of one service follow each other without end, a year on end at least."""
    for window in windows:
        if window.every is None:
            continue
        start = window.start
        end = silent_until([replace(one, services=("",)) for one in windows], "", start)
        if end is not None and end - start > LONGEST:
            return True
    return False


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
