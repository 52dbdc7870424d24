"""What a schedule is made of. Values only; who is on call is worked out by the resolver.

Times inside: a rotation's `start` is a naive wall time in the layer's zone (its `timezone`, else the schedule's), as
handoffs are; a restriction's `start` and `end` are spans from local midnight in the schedule's zone; every other time
(`until`, shifts, overrides, temporaries) is an aware UTC instant. Days of the week count from Monday = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.domain.time.durations import Turn

Slot = tuple[str, ...]
"""The usernames of one turn, together on call; empty is a planned gap."""

PLAN = "_plan"
"""Where the resolver keeps what it has worked out about a schedule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Slots in order, each for a turn (`every`) or from one tick of `cron` to the next.

    `length` makes the shift shorter than its turn. `days` are the weekdays on which a shift starts, each of 24 local
    hours or `length`: turns in days then count active days only, turns in weeks or months hold all of theirs.
    """

    slots: tuple[Slot, ...]
    start: datetime
    every: Turn | None = None
    cron: str | None = None
    length: timedelta | None = None
    days: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class FixedShift:
    """One person on call from one instant to another."""

    user: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Restriction:
    """A weekly window. Overnight it belongs to the day it starts; equal ends are 24 local hours."""

    days: tuple[int, ...]
    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A rotation or fixed shifts, within weekly windows, until an instant. No priority: its place, later wins."""

    name: str
    priority: int | None = None
    timezone: str | None = None
    rotation: Rotation | None = None
    shifts: tuple[FixedShift, ...] = ()
    restrict: tuple[Restriction, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A change on top of the layers: exactly one of `users` (with or without `replaces`), `add` or `remove`.

    `users` alone take over from everybody; with `replaces` they are on only while the replaced one would be.
    """

    start: datetime
    end: datetime
    users: tuple[str, ...] = ()
    replaces: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    made_by: str | None = None
    made_at: datetime | None = None

    @property
    def puts_on(self) -> tuple[str, ...]:
        """The people whom this puts on call."""
        return (*self.users, *self.add)


@dataclass(frozen=True, slots=True)
class Temporary:
    """Fixed shifts that replace layers and overrides in a span; where there are none, nobody is on call."""

    start: datetime
    end: datetime
    shifts: tuple[FixedShift, ...] = ()
    made_by: str | None = None
    made_at: datetime | None = None


# Without slots: what the resolver works out once about a schedule is kept with it (see plan.py).
@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Layers, then overrides in the order made, then temporaries of which a later one wins."""

    name: str
    timezone: str
    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()
    temporaries: tuple[Temporary, ...] = ()

    def __getstate__(self) -> dict[str, object]:
        """The fields alone: what the resolver keeps is worked out again by whoever copies or unpickles this."""
        return {name: value for name, value in vars(self).items() if name != PLAN}

    def priority(self, place: int) -> int:
        """The priority of the layer at this place."""
        own = self.layers[place].priority
        return place if own is None else own

    def zone_name(self, layer: Layer) -> str:
        """The name of the zone in which this layer hands off."""
        return layer.timezone or self.timezone
