"""Every kind of turn, with instants worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oncall_tui.domain.schedules import users_on_call
from oncall_tui.domain.schedules.cron import wall_ticks
from tests.domain.schedules.makers import hours, layer, rows, schedule, utc, wall

MON_TO_FRI = (0, 1, 2, 3, 4)


class TestPlainTurns:
    """Hours, days, weeks, months from the anchor."""

    def test_nobody_before_the_start_and_slots_go_round(self) -> None:
        made = schedule(layer("ana bo", "2026-01-05T09:00"), zone="Europe/Berlin")
        assert rows(made, "2026-01-05", "2026-01-08") == [
            "gap 01-05T00:00 01-05T08:00",
            "ana 01-05T08:00 01-06T08:00",
            "bo 01-06T08:00 01-07T08:00",
            "ana 01-07T08:00 01-08T00:00",
        ]

    def test_weeks_keep_the_wall_time_over_both_changes(self) -> None:
        made = schedule(layer("ana bo", "2026-03-23T09:00", "1w"), zone="Europe/Lisbon")
        assert rows(made, "2026-03-23T09:00", "2026-04-06") == [
            "ana 03-23T09:00 03-30T08:00",
            "bo 03-30T08:00 04-06T00:00",
        ]
        # 2026-10-19 is 30 weeks on.
        assert rows(made, "2026-10-19T08:00", "2026-11-02") == [
            "ana 10-19T08:00 10-26T09:00",
            "bo 10-26T09:00 11-02T00:00",
        ]

    def test_far_from_the_anchor(self) -> None:
        made = schedule(layer("ana bo cy", "1970-01-01T00:00"))
        # 2026-06-01 is day 20605 of the era, 20605 mod 3 = 1.
        assert users_on_call(made, utc("2026-06-01")) == ("bo",)
        assert users_on_call(made, utc("2026-05-31T23:59:59")) == ("ana",)

    def test_hours_are_hours_of_the_local_clock(self) -> None:
        made = schedule(layer("ana bo cy", "2026-03-29T00:00", "1h"), zone="Europe/Berlin")
        # 00-01 ana, 01-02 bo, 02-03 does not exist: cy's turn vanishes, 03-04 is turn 3, ana again.
        assert rows(made, "2026-03-28T23:00", "2026-03-29T03:00") == [
            "ana 03-28T23:00 03-29T00:00",
            "bo 03-29T00:00 03-29T01:00",
            "ana 03-29T01:00 03-29T02:00",
            "bo 03-29T02:00 03-29T03:00",
        ]
        autumn = schedule(layer("ana bo cy", "2026-10-25T00:00", "1h"), zone="Europe/Berlin")
        # 02-03 is there twice and is cy's: two hours.
        assert rows(autumn, "2026-10-24T22:00", "2026-10-25T03:00") == [
            "ana 10-24T22:00 10-24T23:00",
            "bo 10-24T23:00 10-25T00:00",
            "cy 10-25T00:00 10-25T02:00",
            "ana 10-25T02:00 10-25T03:00",
        ]

    def test_twelve_hours_over_the_spring_change(self) -> None:
        made = schedule(layer("ana bo", "2026-03-28T08:00", "12h"), zone="Europe/Berlin")
        assert rows(made, "2026-03-28T07:00", "2026-03-29T18:00") == [
            "ana 03-28T07:00 03-28T19:00",
            "bo 03-28T19:00 03-29T06:00",
            "ana 03-29T06:00 03-29T18:00",
        ]

    def test_a_handoff_in_the_skipped_hour_is_at_its_end(self) -> None:
        made = schedule(layer("ana bo", "2026-03-28T02:30"), zone="Europe/Berlin")
        assert rows(made, "2026-03-28T01:30", "2026-03-30T12:00") == [
            "ana 03-28T01:30 03-29T01:00",
            "bo 03-29T01:00 03-30T00:30",
            "ana 03-30T00:30 03-30T12:00",
        ]

    def test_a_handoff_in_the_repeated_hour_is_at_its_first_occurrence(self) -> None:
        made = schedule(layer("ana bo", "2026-10-24T02:30"), zone="Europe/Berlin")
        assert rows(made, "2026-10-24T00:30", "2026-10-26T12:00") == [
            "ana 10-24T00:30 10-25T00:30",
            "bo 10-25T00:30 10-26T01:30",
            "ana 10-26T01:30 10-26T12:00",
        ]

    def test_half_an_hour_on_lord_howe(self) -> None:
        made = schedule(layer("ana bo", "2026-10-03T02:15"), zone="Australia/Lord_Howe")
        assert rows(made, "2026-10-02T15:45", "2026-10-05") == [
            "ana 10-02T15:45 10-03T15:30",
            "bo 10-03T15:30 10-04T15:15",
            "ana 10-04T15:15 10-05T00:00",
        ]

    def test_a_midnight_that_does_not_exist(self) -> None:
        made = schedule(layer("ana bo", "2026-04-23T00:00"), zone="Africa/Cairo")
        assert rows(made, "2026-04-22T22:00", "2026-04-25") == [
            "ana 04-22T22:00 04-23T22:00",
            "bo 04-23T22:00 04-24T21:00",
            "ana 04-24T21:00 04-25T00:00",
        ]

    def test_a_skipped_date_takes_its_turn_with_it(self) -> None:
        made = schedule(layer("ana bo cy", "2011-12-29T00:00"), zone="Pacific/Apia")
        # The 29th is ana's; bo's 30th does not exist; the 31st, from the same instant on, is cy's.
        assert rows(made, "2011-12-29T10:00", "2012-01-01T10:00") == [
            "ana 12-29T10:00 12-30T10:00",
            "cy 12-30T10:00 12-31T10:00",
            "ana 12-31T10:00 01-01T10:00",
        ]

    def test_month_ends_clamp_and_come_back(self) -> None:
        made = schedule(layer("ana bo cy", "2026-01-31T09:00", "1mo"))
        assert rows(made, "2026-01-31T09:00", "2026-05-31T09:00") == [
            "ana 01-31T09:00 02-28T09:00",
            "bo 02-28T09:00 03-31T09:00",
            "cy 03-31T09:00 04-30T09:00",
            "ana 04-30T09:00 05-31T09:00",
        ]

    def test_a_leap_day(self) -> None:
        made = schedule(layer("ana bo", "2027-12-31T09:00", "2mo"))
        assert rows(made, "2028-02-29", "2028-03-01") == [
            "ana 02-29T00:00 02-29T09:00",
            "bo 02-29T09:00 03-01T00:00",
        ]

    def test_a_shift_shorter_than_its_turn(self) -> None:
        made = schedule(layer("ana bo", "2026-03-28T22:00", length=hours(8)), zone="Europe/Berlin")
        # The night of the spring change ends at 06:00 by the clock, an hour earlier.
        assert rows(made, "2026-03-28T21:00", "2026-03-30T06:00") == [
            "ana 03-28T21:00 03-29T04:00",
            "gap 03-29T04:00 03-29T20:00",
            "bo 03-29T20:00 03-30T04:00",
            "gap 03-30T04:00 03-30T06:00",
        ]

    def test_slots_of_several_and_of_nobody(self) -> None:
        made = schedule(layer("ana+bo -", "2026-01-05T00:00"))
        assert rows(made, "2026-01-05", "2026-01-07") == [
            "ana 01-05T00:00 01-06T00:00",
            "bo 01-05T00:00 01-06T00:00",
            "planned 01-06T00:00 01-07T00:00",
        ]


class TestActiveDays:
    """`days`: one shift of 24 hours on each of them."""

    def test_turns_in_days_count_active_days_only(self) -> None:
        made = schedule(layer("ana bo cy", "2026-01-08T09:00", days=MON_TO_FRI))  # a Thursday
        assert rows(made, "2026-01-08T09:00", "2026-01-14T09:00") == [
            "ana 01-08T09:00 01-09T09:00",
            "bo 01-09T09:00 01-10T09:00",
            "gap 01-10T09:00 01-12T09:00",
            "cy 01-12T09:00 01-13T09:00",
            "ana 01-13T09:00 01-14T09:00",
        ]

    def test_two_active_days_each(self) -> None:
        made = schedule(layer("ana bo", "2026-01-08T00:00", "2d", days=MON_TO_FRI))
        assert rows(made, "2026-01-08", "2026-01-14") == [
            "ana 01-08T00:00 01-10T00:00",
            "gap 01-10T00:00 01-12T00:00",
            "bo 01-12T00:00 01-14T00:00",
        ]

    def test_a_turn_in_weeks_gives_all_its_days_to_one_slot_from_monday_on(self) -> None:
        made = schedule(layer("ana bo", "2026-01-08T09:00", "1w", days=(3, 0)))  # Thursday is in ana's week
        assert rows(made, "2026-01-08T09:00", "2026-01-17") == [
            "ana 01-08T09:00 01-09T09:00",
            "gap 01-09T09:00 01-12T09:00",
            "bo 01-12T09:00 01-13T09:00",
            "gap 01-13T09:00 01-15T09:00",
            "bo 01-15T09:00 01-16T09:00",
            "gap 01-16T09:00 01-17T00:00",
        ]

    def test_a_turn_in_months(self) -> None:
        made = schedule(layer("ana bo", "2026-01-01T00:00", "1mo", days=(0,)))
        assert users_on_call(made, utc("2026-01-26T12:00")) == ("ana",)
        assert users_on_call(made, utc("2026-02-02T12:00")) == ("bo",)
        assert users_on_call(made, utc("2026-02-03T12:00")) == ()

    def test_a_weekend_as_one_long_shift(self) -> None:
        made = schedule(layer("ana bo", "2026-01-09T18:00", "1w", days=(4,), length=timedelta(hours=62)))
        assert rows(made, "2026-01-09", "2026-01-17") == [
            "gap 01-09T00:00 01-09T18:00",
            "ana 01-09T18:00 01-12T08:00",
            "gap 01-12T08:00 01-16T18:00",
            "bo 01-16T18:00 01-17T00:00",
        ]

    def test_a_skipped_date_is_no_shift_but_counts(self) -> None:
        made = schedule(layer("ana bo cy", "2011-12-29T00:00", days=(0, 1, 2, 3, 4, 5, 6)), zone="Pacific/Apia")
        assert rows(made, "2011-12-29T10:00", "2011-12-31T10:00") == [
            "ana 12-29T10:00 12-30T10:00",
            "cy 12-30T10:00 12-31T10:00",
        ]


class TestCron:
    """Handoffs by a cron text."""

    def test_slot_0_until_the_first_later_tick(self) -> None:
        made = schedule(layer("ana bo cy", "2026-01-05T09:00", None, cron="0 9 * * MON"))  # on a tick itself
        assert rows(made, "2026-01-05", "2026-01-20") == [
            "gap 01-05T00:00 01-05T09:00",
            "ana 01-05T09:00 01-12T09:00",
            "bo 01-12T09:00 01-19T09:00",
            "cy 01-19T09:00 01-20T00:00",
        ]

    def test_from_new_year_on(self) -> None:
        made = schedule(layer("ana bo cy", "2026-01-01T00:00", None, cron="0 0 * * *"))
        assert rows(made, "2025-12-31", "2026-01-04") == [
            "gap 12-31T00:00 01-01T00:00",
            "ana 01-01T00:00 01-02T00:00",
            "bo 01-02T00:00 01-03T00:00",
            "cy 01-03T00:00 01-04T00:00",
        ]
        assert users_on_call(made, utc("2027-01-01")) == ("cy",)  # 365 days on, 365 mod 3 = 2

    def test_between_ticks_slot_0_runs_to_the_next(self) -> None:
        made = schedule(layer("ana bo", "2026-01-07T12:00", None, cron="@weekly"))
        assert rows(made, "2026-01-07T12:00", "2026-01-12") == [
            "ana 01-07T12:00 01-11T00:00",
            "bo 01-11T00:00 01-12T00:00",
        ]

    def test_a_fixed_time_fires_once_on_the_autumn_night(self) -> None:
        made = schedule(layer("ana bo cy", "2026-10-23T01:30", None, cron="30 1 * * *"), zone="Europe/Lisbon")
        assert rows(made, "2026-10-23T00:30", "2026-10-26T12:00") == [
            "ana 10-23T00:30 10-24T00:30",
            "bo 10-24T00:30 10-25T00:30",
            "cy 10-25T00:30 10-26T01:30",
            "ana 10-26T01:30 10-26T12:00",
        ]

    def test_two_skipped_times_are_one_tick(self) -> None:
        made = schedule(layer("ana bo cy", "2026-03-28T12:00", None, cron="15,45 2 * * *"), zone="Europe/Berlin")
        assert rows(made, "2026-03-29", "2026-03-30T01:00") == [
            "ana 03-29T00:00 03-29T01:00",
            "bo 03-29T01:00 03-30T00:15",
            "cy 03-30T00:15 03-30T00:45",
            "ana 03-30T00:45 03-30T01:00",
        ]

    def test_a_wildcard_hour_ticks_in_both_repeated_hours(self) -> None:
        made = schedule(layer("ana bo", "2026-10-25T00:00", None, cron="0 * * * *"), zone="Europe/Berlin")
        assert rows(made, "2026-10-25T00:00", "2026-10-25T03:00") == [
            "ana 10-25T00:00 10-25T01:00",
            "bo 10-25T01:00 10-25T02:00",
            "ana 10-25T02:00 10-25T03:00",
        ]

    def test_a_length(self) -> None:
        made = schedule(layer("ana bo", "2026-01-05T09:00", None, cron="0 9 * * *", length=hours(8)))
        assert rows(made, "2026-01-05T09:00", "2026-01-06T12:00") == [
            "ana 01-05T09:00 01-05T17:00",
            "gap 01-05T17:00 01-06T09:00",
            "bo 01-06T09:00 01-06T12:00",
        ]
        assert rows(made, "2026-01-05T18:00", "2026-01-06T10:00") == [
            "gap 01-05T18:00 01-06T09:00",
            "bo 01-06T09:00 01-06T10:00",
        ]

    def test_leap_days_years_apart(self) -> None:
        made = schedule(layer("ana bo", "2024-01-01T00:00", None, cron="0 0 29 2 *"))
        assert users_on_call(made, utc("2024-02-28T12:00")) == ("ana",)
        assert users_on_call(made, utc("2026-06-01")) == ("bo",)
        assert users_on_call(made, utc("2028-03-01")) == ("ana",)

    def test_after_the_last_tick_we_count_its_turn_goes_on(self) -> None:
        made = schedule(layer("ana bo cy", "8999-06-01T00:00", None, cron="@yearly"))
        assert users_on_call(made, utc("9001-06-01")) == ("cy",)
        assert list(wall_ticks("@yearly", 8999)) == [wall("8999-01-01"), wall("9000-01-01")]

    @pytest.mark.parametrize(
        ("text", "tick"),
        [("0 9 * * MON#1", "2026-02-02T09:00"), ("0 9 L * *", "2026-01-31T09:00"), ("0 0 13 * FRI", "2026-01-13")],
    )
    def test_what_croniter_knows_of_days(self, text: str, tick: str) -> None:
        made = schedule(layer("ana bo", "2026-01-10T00:00", None, cron=text))
        at = utc(tick)
        assert users_on_call(made, at - timedelta(seconds=1)) == ("ana",)
        assert users_on_call(made, at) == ("bo",)
