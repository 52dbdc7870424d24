"""What meets a change of the clocks besides handoffs: windows, lengths, active days, months; instants by hand."""

from __future__ import annotations

from oncall_tui.domain.schedules import Restriction
from tests.domain.schedules.makers import hours, layer, override, rows, schedule

BERLIN = "Europe/Berlin"
NIGHTS = Restriction(days=(5,), start=hours(20), end=hours(8))  # of Saturdays


def test_a_night_window_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    made = schedule(layer("ana", "2026-01-05T00:00", restrict=(NIGHTS,)), zone=BERLIN)
    # 20:00 is 19:00 UTC in winter, 08:00 is 06:00 UTC in summer.
    assert rows(made, "2026-03-28T12:00", "2026-03-29T12:00") == [
        "gap 03-28T12:00 03-28T19:00",
        "ana 03-28T19:00 03-29T06:00",
        "gap 03-29T06:00 03-29T12:00",
    ]
    assert rows(made, "2026-10-24T12:00", "2026-10-25T12:00") == [
        "gap 10-24T12:00 10-24T18:00",
        "ana 10-24T18:00 10-25T07:00",
        "gap 10-25T07:00 10-25T12:00",
    ]


def test_a_window_that_opens_in_the_skipped_hour_opens_at_its_end() -> None:
    window = Restriction(days=(6,), start=hours(2.5), end=hours(4))
    made = schedule(layer("ana", "2026-01-05T00:00", restrict=(window,)), zone=BERLIN)
    assert rows(made, "2026-03-29", "2026-03-29T03:00") == [
        "gap 03-29T00:00 03-29T01:00",
        "ana 03-29T01:00 03-29T02:00",
        "gap 03-29T02:00 03-29T03:00",
    ]


def test_a_window_between_two_repeated_times_is_open_once() -> None:
    window = Restriction(days=(6,), start=hours(2), end=hours(2.5))
    made = schedule(layer("ana", "2026-01-05T00:00", restrict=(window,)), zone=BERLIN)
    # 02:00-02:30 in summer time alone: both ends are first occurrences.
    assert rows(made, "2026-10-25", "2026-10-25T03:00") == [
        "ana 10-25T00:00 10-25T00:30",
        "gap 10-25T00:30 10-25T03:00",
    ]


def test_a_length_counts_the_local_clock_on_the_autumn_night() -> None:
    made = schedule(layer("ana bo", "2026-10-24T22:00", length=hours(8)), zone=BERLIN)
    assert rows(made, "2026-10-24T20:00", "2026-10-26T05:00") == [
        "ana 10-24T20:00 10-25T05:00",
        "gap 10-25T05:00 10-25T21:00",
        "bo 10-25T21:00 10-26T05:00",
    ]


def test_an_active_day_is_a_day_of_the_local_clock() -> None:
    made = schedule(layer("ana bo", "2026-10-18T00:00", days=(6,)), zone=BERLIN)
    assert rows(made, "2026-10-24T12:00", "2026-10-26T12:00") == [
        "gap 10-24T12:00 10-24T22:00",
        "bo 10-24T22:00 10-25T23:00",
        "gap 10-25T23:00 10-26T12:00",
    ]


def test_months_keep_the_wall_time_and_clamp() -> None:
    made = schedule(layer("ana bo cy", "2026-01-31T09:00", "1mo"), zone=BERLIN)
    assert rows(made, "2026-01-31T08:00", "2026-04-30T07:00") == [
        "ana 01-31T08:00 02-28T08:00",
        "bo 02-28T08:00 03-31T07:00",
        "cy 03-31T07:00 04-30T07:00",
    ]


def test_cron_keeps_the_wall_time() -> None:
    made = schedule(layer("ana bo", "2026-03-28T09:00", None, cron="0 9 * * *"), zone="America/New_York")
    assert rows(made, "2026-10-31T13:00", "2026-11-02T14:00") == [
        # 31 October is 217 days after the start.
        "bo 10-31T13:00 11-01T14:00",
        "ana 11-01T14:00 11-02T14:00",
    ]


def test_a_skipped_cron_time_ticks_at_the_end_of_the_gap() -> None:
    made = schedule(layer("ana bo", "2026-03-28T02:30", None, cron="30 2 * * *"), zone=BERLIN)
    assert rows(made, "2026-03-28T01:30", "2026-03-30T00:30") == [
        "ana 03-28T01:30 03-29T01:00",
        "bo 03-29T01:00 03-30T00:30",
    ]


def test_a_fixed_cron_time_fires_once_in_the_repeated_hour_of_new_york() -> None:
    made = schedule(layer("ana bo", "2026-10-31T01:30", None, cron="30 1 * * *"), zone="America/New_York")
    assert rows(made, "2026-10-31T05:30", "2026-11-02T06:30") == [
        "ana 10-31T05:30 11-01T05:30",
        "bo 11-01T05:30 11-02T06:30",
    ]


def test_an_empty_slot_beside_somebody_of_equal_priority_is_no_gap() -> None:
    made = schedule(
        layer("ana -", "2026-01-05T00:00", name="one", priority=1),
        layer("bo", "2026-01-05T00:00", name="two", priority=1, until=None),
    )
    assert rows(made, "2026-01-05", "2026-01-07") == ["ana 01-05T00:00 01-06T00:00", "bo 01-05T00:00 01-07T00:00"]


def test_a_replacement_of_one_of_two_leaves_the_other_on() -> None:
    made = schedule(
        layer("ana+bo", "2026-01-05T00:00"),
        overrides=(override("2026-01-05T06:00", "2026-01-05T12:00", users=("cy",), replaces="ana"),),
    )
    assert rows(made, "2026-01-05", "2026-01-06") == [
        "ana 01-05T00:00 01-05T06:00",
        "bo 01-05T00:00 01-06T00:00",
        "cy 01-05T06:00 01-05T12:00",
        "ana 01-05T12:00 01-06T00:00",
    ]
