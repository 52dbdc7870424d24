"""Gaps, double bookings, leave and previews, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oncall_tui.domain.schedules import (
    BrokenSchedule,
    FixedShift,
    Gap,
    Layer,
    Override,
    Rotation,
    Schedule,
    resolve,
)
from oncall_tui.domain.schedules.clashes import (
    DoubleBooking,
    Leave,
    LeaveClash,
    double_bookings,
    examine,
    leave_clashes,
)
from oncall_tui.domain.schedules.preview import Stretch, preview
from oncall_tui.domain.time.durations import Turn

DAY = datetime(2026, 1, 5, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def fixed(name: str, *shifts: tuple[str, float, float]) -> Schedule:
    """A layer for each shift, all of one priority: they are on call together where they meet."""
    layers = tuple(
        Layer(name=f"l{place}", priority=0, shifts=(FixedShift(user, at(start), at(end)),))
        for place, (user, start, end) in enumerate(shifts)
    )
    return Schedule(name=name, timezone="UTC", layers=layers)


BROKEN = Schedule(name="broken", timezone="Mars/Base")


def test_the_stretches_of_each_set_of_schedules_are_told_apart() -> None:
    one, two, three = fixed("a", ("ana", 0, 10)), fixed("b", ("ana", 4, 12)), fixed("c", ("ana", 6, 8), ("bo", 0, 12))
    assert double_bookings((one, two, three), at(0), at(24)) == (
        DoubleBooking("ana", at(4), at(6), ("a", "b")),
        DoubleBooking("ana", at(6), at(8), ("a", "b", "c")),
        DoubleBooking("ana", at(8), at(10), ("a", "b")),
    )


def test_shifts_that_touch_are_no_double_booking_and_edges_within_one_do_not_cut_it() -> None:
    assert double_bookings((fixed("a", ("ana", 0, 4)), fixed("b", ("ana", 4, 8))), at(0), at(24)) == ()
    long, short = fixed("a", ("ana", 0, 8)), fixed("b", ("ana", 2, 4), ("ana", 3, 6))
    assert double_bookings((long, short, BROKEN), at(0), at(24)) == (DoubleBooking("ana", at(2), at(6), ("a", "b")),)


def test_a_span_clips_what_it_tells() -> None:
    pair = (fixed("a", ("ana", 0, 10)), fixed("b", ("ana", 0, 10)))
    assert double_bookings(pair, at(3), at(5)) == (DoubleBooking("ana", at(3), at(5), ("a", "b")),)
    assert double_bookings(pair, at(10), at(12)) == ()


def test_leave_clashes_are_the_time_shared() -> None:
    away = (Leave("ana", at(-24), at(2), "sea"), Leave("ana", at(6), at(30)), Leave("bo", at(0), at(24)))
    schedule = fixed("a", ("ana", 0, 8), ("cy", 0, 24))
    assert leave_clashes((schedule, BROKEN), away, at(0), at(24)) == (
        LeaveClash("ana", at(0), at(2), "a", "sea"),
        LeaveClash("ana", at(6), at(8), "a", ""),
    )
    assert leave_clashes((schedule,), (Leave("ana", at(8), at(9)),), at(0), at(24)) == ()


def test_declared_gaps_stand_apart_and_are_fine() -> None:
    rotation = Rotation(slots=(("ana",), ()), start=datetime(2026, 1, 5), every=Turn(1, "days"))
    schedule = Schedule(name="a", timezone="UTC", layers=(Layer(name="l", rotation=rotation),))
    found = examine(schedule, (BROKEN,), (), at(-12), at(48))
    assert found.gaps == (Gap(at(-12), at(0), planned=False),)
    assert found.declared == (Gap(at(24), at(48), planned=True),)
    assert not found.fine
    assert examine(schedule, (), (), at(0), at(48)).fine
    assert not examine(schedule, (), (Leave("ana", at(1), at(2)),), at(0), at(48)).fine
    assert not examine(schedule, (fixed("b", ("ana", 1, 2)),), (), at(0), at(48)).fine
    others = (fixed("b", ("ana", 30, 40)), fixed("c", ("ana", 30, 40)))
    assert examine(schedule, others, (), at(24), at(48)).double == ()  # none of its own business
    with pytest.raises(BrokenSchedule):
        examine(BROKEN, (), (), at(0), at(1))


def test_a_preview_tells_gained_lost_and_new_gaps() -> None:
    before = fixed("a", ("ana", 0, 8), ("bo", 8, 16))
    after = fixed("a", ("ana", 0, 6), ("cy", 2, 4), ("bo", 8, 16), ("bo", 20, 22))
    shown = preview(before, after, (fixed("b", ("cy", 3, 9)), BROKEN), at(0), at(24))
    assert shown.gained == (Stretch("cy", at(2), at(4)), Stretch("bo", at(20), at(22)))
    assert shown.lost == (Stretch("ana", at(6), at(8)),)
    assert shown.gaps == (Gap(at(6), at(8), planned=False),)
    assert shown.double == (DoubleBooking("cy", at(3), at(4), ("a", "b")),)
    assert not shown.changes_nothing


def test_a_preview_cuts_a_shift_in_the_middle_and_knows_a_gap_that_grows_from_a_planned_one() -> None:
    rotation = Rotation(slots=(("ana",), ()), start=datetime(2026, 1, 5), every=Turn(1, "days"))
    before = Schedule(name="a", timezone="UTC", layers=(Layer(name="l", rotation=rotation),))
    after = replace(before, overrides=(Override(start=at(10), end=at(12), remove=("ana",)),))
    shown = preview(before, after, (), at(0), at(48))
    assert shown.lost == (Stretch("ana", at(10), at(12)),)
    assert [(gap.start, gap.end) for gap in shown.gaps] == [(at(10), at(12))]
    assert preview(before, before, (), at(0), at(48)).changes_nothing


@pytest.mark.parametrize("hours", [(0, 3), (2, 9), (7, 24), (0, 24)])
def test_a_preview_agrees_with_the_resolver_hour_by_hour(hours: tuple[int, int]) -> None:
    before = fixed("a", ("ana", 0, 8), ("bo", 6, 16), ("ana", 20, 23))
    after = replace(before, overrides=(Override(start=at(hours[0]), end=at(hours[1]), users=("cy",), replaces="ana"),))
    shown = preview(before, after, (), at(0), at(24))
    for hour in range(24):
        was, will = ({s.user for s in resolve(one, at(hour), at(hour + 1)).shifts} for one in (before, after))
        gained = {s.user for s in shown.gained if s.start <= at(hour) < s.end}
        lost = {s.user for s in shown.lost if s.start <= at(hour) < s.end}
        assert (gained, lost) == (will - was, was - will)
