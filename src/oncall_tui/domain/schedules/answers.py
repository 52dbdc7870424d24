"""What the resolver answers: shifts and gaps of a span, who is on call at an instant, lanes for a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Shift(NamedTuple):
    """One person on call without a break, with every reason why."""

    user: str
    start: datetime
    end: datetime
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody on call; planned when an empty slot of a rotation says so."""

    start: datetime
    end: datetime
    planned: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """The shifts of a span by start, end and user, and its gaps by start; both clipped to the span."""

    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Stint:
    """Since and until when somebody is on call without a break; None where that is more than a year away."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OnCallNow:
    """One person on call at an instant, why at that instant, and their stint around it."""

    user: str
    because: tuple[str, ...]
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Segment:
    """The same people, or nobody, from one instant to another."""

    start: datetime
    end: datetime
    users: tuple[str, ...]
    because: tuple[str, ...]
    planned: bool


@dataclass(frozen=True, slots=True)
class NamedLane:
    """The segments of one layer, or of the result (`priority` None), without holes."""

    name: str
    priority: int | None
    segments: tuple[Segment, ...]
