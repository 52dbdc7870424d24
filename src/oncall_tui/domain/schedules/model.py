"""A schedule as a value: layers of rotations or fixed shifts, overrides on top, temporary schedules over all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.domain.durations import Turn
from oncall_tui.domain.errors import Refused

Slot = tuple[str, ...]
"""The people of one turn: one, several together, or nobody (a planned gap)."""


class BrokenSchedule(Refused):
    """The schedule can't be resolved: a zone or a rule in it makes no sense. Others are unaffected."""

    code = "broken_schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Slots in order from an anchor, by turns or by a cron text.

    `start` is a naive wall time in the layer's zone. `length` is a shift shorter than its turn. `days` are the weekdays
    (Monday is 0) on which a shift starts; without it every turn is one shift.
    """

    slots: tuple[Slot, ...]
    start: datetime
    every: Turn | None = None
    cron: str | None = None
    length: timedelta | None = None
    days: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class FixedShift:
    """One person from one instant to another (UTC)."""

    user: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Restriction:
    """A weekly window: the weekdays (Monday is 0) it starts on, from one time of day to another.

    Times are spans since local midnight. One that ends at or before its start ends on the next day; equal ends are 24 h.
    """

    days: tuple[int, ...]
    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A rotation or fixed shifts; the higher priority wins where it covers, equal ones are on call together.

    No priority means the layer's place in its schedule. `until` is an instant.
    """

    name: str
    rotation: Rotation | None = None
    shifts: tuple[FixedShift, ...] = ()
    restrict: tuple[Restriction, ...] = ()
    until: datetime | None = None
    timezone: str | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Something on top of the layers in `[start, end)`.

    `users` alone take over from everybody; with `replaces` they are on only while the replaced one would be; `add` and
    `remove` change the others not.
    """

    start: datetime
    end: datetime
    users: tuple[str, ...] = ()
    replaces: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    made_by: str | None = None
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Temporary:
    """Fixed shifts that replace layers and overrides in `[start, end)`; its gaps mean nobody."""

    start: datetime
    end: datetime
    shifts: tuple[FixedShift, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Who is on call, as a function of the instant alone."""

    name: str
    timezone: str
    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()
    temporaries: tuple[Temporary, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's time on call in a row, and every reason for it."""

    user: str
    start: datetime
    end: datetime
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Time in which nobody is on call; planned when an empty slot says so."""

    start: datetime
    end: datetime
    planned: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shifts and gaps of a span."""

    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch in which nothing changes: people with their reasons."""

    start: datetime
    end: datetime
    on: tuple[tuple[str, str], ...]
    planned: bool = False

    @property
    def users(self) -> tuple[str, ...]:
        """The people, in the order in which the layers name them, each once."""
        return tuple(dict.fromkeys(user for user, _ in self.on))
