"""FAULTS C4 24: leap days, the end of a year, ISO week 53 and months on the 31st, in tables worked out by hand."""

from __future__ import annotations

from oncall_tui.domain.schedules import Restriction, users_on_call
from tests.domain.schedules.makers import hours, layer, rows, schedule, utc


def test_c4_24_a_leap_day_is_a_day_like_any_other() -> None:
    made = schedule(layer("ana bo cy", "2028-02-28T09:00"), zone="Europe/Berlin")
    assert rows(made, "2028-02-28T08:00", "2028-03-02") == [
        "ana 02-28T08:00 02-29T08:00",
        "bo 02-29T08:00 03-01T08:00",
        "cy 03-01T08:00 03-02T00:00",
    ]


def test_c4_24_a_common_year_goes_from_the_28th_to_march() -> None:
    made = schedule(layer("ana bo cy", "2027-02-27T09:00"), zone="Europe/Berlin")
    assert rows(made, "2027-02-27T08:00", "2027-03-02T08:00") == [
        "ana 02-27T08:00 02-28T08:00",
        "bo 02-28T08:00 03-01T08:00",
        "cy 03-01T08:00 03-02T08:00",
    ]


def test_c4_24_a_year_from_a_leap_day_clamps_and_comes_back() -> None:
    made = schedule(layer("ana bo cy dee eve", "2028-02-29T09:00", "12mo"))
    for day, before, after in (
        ("2029-02-28", "ana", "bo"),
        ("2030-02-28", "bo", "cy"),
        ("2031-02-28", "cy", "dee"),
        ("2032-02-29", "dee", "eve"),
    ):
        assert users_on_call(made, utc(f"{day}T08:59:59")) == (before,)
        assert users_on_call(made, utc(f"{day}T09:00")) == (after,)


def test_c4_24_days_over_the_end_of_the_year() -> None:
    made = schedule(layer("ana bo cy", "2026-12-30T00:00"), zone="America/New_York")
    assert rows(made, "2026-12-30T05:00", "2027-01-02T05:00") == [
        "ana 12-30T05:00 12-31T05:00",
        "bo 12-31T05:00 01-01T05:00",
        "cy 01-01T05:00 01-02T05:00",
    ]


def test_c4_24_week_53_is_a_turn_by_weeks_and_by_cron() -> None:
    table = ["ana 12-21T09:00 12-28T09:00", "bo 12-28T09:00 01-04T09:00", "cy 01-04T09:00 01-11T09:00"]
    by_weeks = schedule(layer("ana bo cy", "2026-12-21T09:00", "1w"))
    by_cron = schedule(layer("ana bo cy", "2026-12-21T09:00", None, cron="0 9 * * MON"))
    for made in (by_weeks, by_cron):
        assert sorted(rows(made, "2026-12-21T09:00", "2027-01-11T09:00")) == sorted(table)


def test_c4_24_week_53_gives_all_its_active_days_to_one_slot() -> None:
    made = schedule(layer("ana bo cy", "2026-12-24T00:00", "1w", days=(0, 3)))  # a Thursday
    assert rows(made, "2026-12-24", "2027-01-08") == [
        "ana 12-24T00:00 12-25T00:00",
        "gap 12-25T00:00 12-28T00:00",
        "bo 12-28T00:00 12-29T00:00",
        "gap 12-29T00:00 12-31T00:00",
        "bo 12-31T00:00 01-01T00:00",
        "gap 01-01T00:00 01-04T00:00",
        "cy 01-04T00:00 01-05T00:00",
        "gap 01-05T00:00 01-07T00:00",
        "cy 01-07T00:00 01-08T00:00",
    ]


def test_c4_24_a_night_over_the_end_of_the_year_belongs_to_the_day_it_starts() -> None:
    thursday = Restriction(days=(3,), start=hours(20), end=hours(8))
    made = schedule(layer("ana", "2026-01-01T00:00", restrict=(thursday,)), zone="Europe/Berlin")
    assert rows(made, "2026-12-31T12:00", "2027-01-01T12:00") == [
        "gap 12-31T12:00 12-31T19:00",
        "ana 12-31T19:00 01-01T07:00",
        "gap 01-01T07:00 01-01T12:00",
    ]


def test_c4_24_months_on_the_31st_clamp() -> None:
    made = schedule(layer("ana bo cy", "2026-12-31T09:00", "1mo"))
    for day, user in (
        ("2026-12-31", "ana"),
        ("2027-01-31", "bo"),
        ("2027-02-28", "cy"),
        ("2027-03-31", "ana"),
        ("2027-04-30", "bo"),
        ("2027-05-31", "cy"),
        ("2028-02-29", "cy"),  # turn 14
    ):
        assert users_on_call(made, utc(f"{day}T09:00")) == (user,)
        assert users_on_call(made, utc(f"{day}T08:59:59")) != (user,)


def test_c4_24_a_cron_text_on_the_31st_waits_for_a_month_that_has_one() -> None:
    made = schedule(layer("ana bo cy", "2026-12-31T00:00", None, cron="0 0 31 * *"))
    for day, user in (("2026-12-31", "ana"), ("2027-01-31", "bo"), ("2027-03-31", "cy"), ("2027-05-31", "ana")):
        assert users_on_call(made, utc(day)) == (user,)
        assert users_on_call(made, utc(day) - hours(1)) != (user,)
