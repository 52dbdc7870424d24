"""Neighbours of one kind are told as one."""

from __future__ import annotations

from oncall_tui.domain.schedules import Gap
from oncall_tui.domain.schedules.clashes import DoubleBooking, _overlaps
from oncall_tui.domain.schedules.preview import _joined
from tests.support.worlds import T0, minutes


def test_a_planned_gap_and_the_unplanned_one_after_it_are_one_span() -> None:
    gaps = [Gap(T0, T0 + minutes(5), True), Gap(T0 + minutes(5), T0 + minutes(9), False)]
    assert _joined(gaps) == [(T0, T0 + minutes(9))]


def test_two_rows_of_one_schedule_that_touch_are_one_double_booking() -> None:
    half, whole = T0 + minutes(5), T0 + minutes(9)
    spans = [(T0, half, "a"), (half, whole, "a"), (T0, whole, "b")]
    assert _overlaps("ana", spans) == [DoubleBooking("ana", T0, whole, ("a", "b"))]
