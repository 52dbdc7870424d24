"""Where schedules leave holes or ask too much: uncovered time, people in two schedules at once, shifts during leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from oncall_tui.domain.schedules.answers import Gap
from oncall_tui.domain.schedules.problems import BrokenSchedule
from oncall_tui.domain.schedules.resolve import resolve
from oncall_tui.domain.schedules.values import Schedule

LONGEST_NOTE = 200


ON_HOLIDAY = "on holiday: "
"""How the note of a public holiday begins."""


@dataclass(frozen=True, slots=True)
class Leave:
    """A person is away from one instant to another."""

    user: str
    start: datetime
    end: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class DoubleBooking:
    """One person on call in several schedules at once."""

    user: str
    start: datetime
    end: datetime
    schedules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveClash:
    """One person on call while they are away."""

    user: str
    start: datetime
    end: datetime
    schedule: str
    note: str

    @property
    def what(self) -> str:
        """Why they are away, in words: "on holiday: Natal", "on leave Madeira"."""
        return self.note if self.note.startswith(ON_HOLIDAY) else f"on leave {self.note}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong within a span: holes that nobody meant, holes that an empty slot declares, clashes."""

    gaps: tuple[Gap, ...]
    declared: tuple[Gap, ...]
    double: tuple[DoubleBooking, ...]
    leave: tuple[LeaveClash, ...]

    @property
    def fine(self) -> bool:
        """Whether nothing is to be mended: a declared gap is meant."""
        return not (self.gaps or self.double or self.leave)


def examine(
    schedule: Schedule, others: Iterable[Schedule], leave: Iterable[Leave], start: datetime, end: datetime
) -> Findings:
    """Everything wrong with a schedule in [start, end), also beside the others.

    Raises BrokenSchedule for the schedule itself; a broken one among the others is left out.
    """
    gaps = resolve(schedule, start, end).gaps
    double = double_bookings((schedule, *others), start, end)
    return Findings(
        gaps=tuple(gap for gap in gaps if not gap.planned),
        declared=tuple(gap for gap in gaps if gap.planned),
        double=tuple(booking for booking in double if schedule.name in booking.schedules),
        leave=leave_clashes((schedule,), leave, start, end),
    )


def double_bookings(schedules: Iterable[Schedule], start: datetime, end: datetime) -> tuple[DoubleBooking, ...]:
    """Who is on call in more than one of these schedules at once, in [start, end), by start, end and user."""
    shifts: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for schedule in schedules:
        for user, begin, finish in _shifts(schedule, start, end):
            shifts[user].append((begin, finish, schedule.name))
    found = [booking for user, spans in shifts.items() for booking in _overlaps(user, spans)]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.user)))


def leave_clashes(
    schedules: Iterable[Schedule], leave: Iterable[Leave], start: datetime, end: datetime
) -> tuple[LeaveClash, ...]:
    """Who is on call while on leave, in [start, end), by start, end, user and schedule."""
    away: dict[str, list[Leave]] = defaultdict(list)
    for one in leave:
        away[one.user].append(one)
    found = [
        LeaveClash(user, max(begin, one.start), min(finish, one.end), schedule.name, one.note)
        for schedule in schedules
        for user, begin, finish in _shifts(schedule, start, end)
        for one in away.get(user, ())
        if one.start < finish and begin < one.end
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.user, one.schedule)))


def _shifts(schedule: Schedule, start: datetime, end: datetime) -> list[tuple[str, datetime, datetime]]:
    try:
        return [(shift.user, shift.start, shift.end) for shift in resolve(schedule, start, end).shifts]
    except BrokenSchedule:
        return []  # it is told of elsewhere, and keeps nobody from judging the others


def _overlaps(user: str, spans: list[tuple[datetime, datetime, str]]) -> list[DoubleBooking]:
    """Stretches in which the set of schedules is the same and larger than one, touching ones joined."""
    edges = sorted({edge for begin, finish, _ in spans for edge in (begin, finish)})
    found: list[DoubleBooking] = []
    for begin, finish in pairwise(edges):
        names = tuple(sorted({name for since, until, name in spans if since < finish and begin < until}))
        if len(names) < 2:
            continue
        if found and found[-1].end == begin and found[-1].schedules == names:
            found[-1] = DoubleBooking(user, found[-1].start, finish, names)
        else:
            found.append(DoubleBooking(user, begin, finish, names))
    return found
