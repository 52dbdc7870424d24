"""What an edit leads to: who moves and by how much, gaps, double bookings, leave, and who is on call at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from oncall_tui.domain.schedules import BrokenSchedule, Gap, Schedule, editing
from oncall_tui.domain.schedules.clashes import DoubleBooking, Leave, LeaveClash
from oncall_tui.domain.schedules.editing import Moved, SchedulePreview, effects
from oncall_tui.domain.schedules.preview import Stretch
from tests.domain.schedules.makers import fixed, layer, schedule, utc

NOW, END = utc("2026-01-05"), utc("2026-01-09")
DAILY = schedule(layer("ana bo", "2026-01-05T00:00", "1d"))
DAY = timedelta(days=1)


def seen(before: Schedule | None, after: Schedule, *others: Schedule, leave: tuple[Leave, ...] = ()) -> SchedulePreview:
    return effects(before, after, others, leave, NOW, END)


def test_who_gains_and_who_loses_is_counted_per_person() -> None:
    # ana bo ana bo becomes ana bo cy ana.
    shown = seen(DAILY, editing.add_participant(DAILY, "main", ("cy",), now=NOW))
    assert shown.gained == (
        Stretch("cy", utc("2026-01-07"), utc("2026-01-08")),
        Stretch("ana", utc("2026-01-08"), utc("2026-01-09")),
    )
    assert shown.lost == (
        Stretch("ana", utc("2026-01-07"), utc("2026-01-08")),
        Stretch("bo", utc("2026-01-08"), utc("2026-01-09")),
    )
    assert shown.people == (Moved("ana", 1, 1, timedelta()), Moved("bo", 0, 1, -DAY), Moved("cy", 1, 0, DAY))
    assert (shown.notes, shown.needs_yes, shown.fine, shown.changes_nothing) == ((), False, True, False)


def test_an_edit_that_moves_nobody_says_so() -> None:
    shown = seen(DAILY, editing.rename_layer(DAILY, "main", "days"))
    assert (shown.changes_nothing, shown.people, shown.fine) == (True, (), True)


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("ana bo", "bo ana", "bo takes over from ana at once"),
        ("ana+bo cy", "ana cy", "bo goes off call at once"),
        ("ana cy", "ana+bo+dee cy", "bo and dee come on call at once"),
        ("ana cy", "- cy", "ana goes off call at once, and nobody is on call then"),
        ("ana+bo cy", "cy+dee cy", "cy and dee take over from ana and bo at once"),
    ],
)
def test_what_happens_at_once_is_said_in_a_sentence(before: str, after: str, note: str) -> None:
    was, will = (schedule(layer(people, "2026-01-05T00:00", "1d")) for people in (before, after))
    assert seen(was, will).notes == (note,)


def test_gaps_open_and_close() -> None:
    shorter = replace(DAILY, layers=(replace(DAILY.layers[0], until=utc("2026-01-07")),))
    gap = Gap(utc("2026-01-07"), utc("2026-01-09"), planned=False)
    opened, closed = seen(DAILY, shorter), seen(shorter, DAILY)
    assert (opened.gaps_opened, opened.gaps_closed, opened.needs_yes) == ((gap,), (), True)
    assert (closed.gaps_opened, closed.gaps_closed, closed.needs_yes) == ((), (gap,), False)


def test_a_declared_gap_opens_without_asking() -> None:
    shown = seen(DAILY, editing.add_participant(DAILY, "main", (), now=NOW))
    assert shown.gaps_opened == (Gap(utc("2026-01-07"), utc("2026-01-08"), planned=True),)
    assert (shown.unmeant_gaps, shown.needs_yes) == ((), False)


def test_of_a_new_schedule_the_gaps_count_from_its_first_shift() -> None:
    shown = seen(None, schedule(layer("ana", "2026-01-06T00:00", "1d", length=timedelta(hours=12))))
    assert [(gap.start, gap.end) for gap in shown.gaps_opened] == [
        (utc("2026-01-06T12:00"), utc("2026-01-07")),
        (utc("2026-01-07T12:00"), utc("2026-01-08")),
        (utc("2026-01-08T12:00"), utc("2026-01-09")),
    ]
    assert shown.notes == ("nobody is on call in it now",)
    assert seen(None, schedule(layer("ana", "2026-02-01T00:00", "1d"))).gaps_opened == ()


def test_who_comes_on_may_be_elsewhere_or_away() -> None:
    other = replace(schedule(fixed(("cy", "2026-01-07T06:00", "2026-01-09"))), name="other")
    away = (Leave("cy", utc("2026-01-07T12:00"), utc("2026-02-01"), "the sea"), Leave("bo", NOW, END))
    shown = seen(DAILY, editing.add_participant(DAILY, "main", ("cy",), now=NOW), other, leave=away)
    assert shown.double == (DoubleBooking("cy", utc("2026-01-07T06:00"), utc("2026-01-08"), ("other", "primary")),)
    assert shown.leave == (LeaveClash("cy", utc("2026-01-07T12:00"), utc("2026-01-08"), "primary", "the sea"),)
    assert (shown.needs_yes, shown.fine) == (True, False)


def test_a_double_booking_that_was_there_before_is_not_told() -> None:
    other = replace(schedule(fixed(("ana", "2026-01-05", "2026-01-06"))), name="other")
    assert seen(DAILY, editing.add_participant(DAILY, "main", ("cy",), now=NOW), other).double == ()


def test_a_broken_schedule_is_compared_with_nobody() -> None:
    shown = seen(replace(DAILY, timezone="Nowhere/Land"), DAILY)
    assert shown.on_now_before == ()
    assert shown.notes == (
        "schedule primary is broken: nobody is on call by it until it is mended",
        "ana comes on call at once",
    )
    with pytest.raises(BrokenSchedule):
        seen(DAILY, replace(DAILY, timezone="Nowhere/Land"))
