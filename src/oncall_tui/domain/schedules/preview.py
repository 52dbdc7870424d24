"""What an edit of a schedule would do: shifts gained and lost, gaps made. The resolver answers before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from oncall_tui.domain.schedules.answers import Gap, Shift
from oncall_tui.domain.schedules.clashes import DoubleBooking, double_bookings
from oncall_tui.domain.schedules.resolve import resolve
from oncall_tui.domain.schedules.values import Schedule

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One person on call from one instant to another."""

    user: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Who comes on and who goes off, the gaps that were none before, and who would be in two schedules at once."""

    gained: tuple[Stretch, ...]
    lost: tuple[Stretch, ...]
    gaps: tuple[Gap, ...]
    double: tuple[DoubleBooking, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether everybody stays where they are."""
        return not self.gained and not self.lost


def preview(before: Schedule, after: Schedule, others: Iterable[Schedule], start: datetime, end: datetime) -> Preview:
    """What changing `before` into `after` does in [start, end); `others` are the schedules beside it.

    Raises BrokenSchedule when either makes no sense; a broken one among the others is left out.
    """
    was, will = resolve(before, start, end), resolve(after, start, end)
    was_on, will_on = _by_user(was.shifts), _by_user(will.shifts)
    gained = tuple(_stretches(will_on, was_on))
    newly_empty = _minus(_joined(will.gaps), _joined(was.gaps))
    gaps = [
        Gap(max(gap.start, begin), min(gap.end, finish), gap.planned)
        for gap in will.gaps
        for begin, finish in newly_empty
        if gap.start < finish and begin < gap.end
    ]
    return Preview(
        gained=gained,
        lost=tuple(_stretches(was_on, will_on)),
        gaps=tuple(gaps),
        double=_newly_double(gained, after, tuple(others)),
    )


def _newly_double(
    gained: tuple[Stretch, ...], after: Schedule, others: tuple[Schedule, ...]
) -> tuple[DoubleBooking, ...]:
    """Where those who come on are on call elsewhere meanwhile."""
    if not gained:
        return ()
    start, end = min(one.start for one in gained), max(one.end for one in gained)
    found = [
        replace(booking, start=max(booking.start, one.start), end=min(booking.end, one.end))
        for booking in double_bookings((after, *others), start, end)
        for one in gained
        if after.name in booking.schedules and one.user == booking.user
        if one.start < booking.end and booking.start < one.end
    ]
    return tuple(sorted(found, key=lambda booking: (booking.start, booking.user)))


def _by_user(shifts: Iterable[Shift]) -> dict[str, list[Span]]:
    """The stretches of each user, in order: the resolver has joined those that touch."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for shift in shifts:
        spans[shift.user].append((shift.start, shift.end))
    return spans


def _joined(gaps: Iterable[Gap]) -> list[Span]:
    """Gaps in order, planned or not, as spans that do not touch."""
    spans: list[Span] = []
    for gap in gaps:
        if spans and spans[-1][1] == gap.start:
            spans[-1] = (spans[-1][0], gap.end)
        else:
            spans.append((gap.start, gap.end))
    return spans


def _stretches(these: dict[str, list[Span]], without: dict[str, list[Span]]) -> Iterator[Stretch]:
    left = [
        Stretch(user, start, end)
        for user, spans in these.items()
        for start, end in _minus(spans, without.get(user, []))
    ]
    yield from sorted(left, key=lambda stretch: (stretch.start, stretch.end, stretch.user))


def _minus(spans: list[Span], taken: list[Span]) -> list[Span]:
    """What is left of the spans when the taken ones are cut out of them; each list in order and without overlaps."""
    left: list[Span] = []
    for start, end in spans:
        for begin, finish in taken:
            if finish <= start or end <= begin:
                continue
            if start < begin:
                left.append((start, begin))
            start = finish  # noqa: PLW2901 - what is still to be cut
        if start < end:
            left.append((start, end))
    return left
