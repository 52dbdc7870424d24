"""What the benchmark lays out is right: its speed would mean nothing otherwise."""

from __future__ import annotations

from datetime import timedelta

from bench.schedules import START, YEAR, daily, stacked, weekly
from oncall_tui.domain.schedules import resolve, users_on_call
from tests.domain.schedules.makers import rows


def test_a_year_of_weekly_turns_has_53_shifts_and_no_gap() -> None:
    for made in weekly(5):
        year = resolve(made, START, START + YEAR)
        # Mondays from 5 January to 28 December: 52 handoffs.
        assert (len(year.shifts), year.gaps) == (53, ())
    # 2025-12-29 is 30 weeks after the anchor, 30 mod 6 = 0.
    assert rows(weekly(1)[0], "2026-01-01", "2026-01-06") == [
        "ana 01-01T00:00 01-05T08:00",
        "bo 01-05T08:00 01-06T00:00",
    ]


def test_a_day_of_five_layers_by_hand() -> None:
    # Tuesday 2026-01-06 is day 218 and workday 156 after the anchor; Berlin is an hour ahead.
    assert rows(daily(1)[0], "2026-01-06", "2026-01-07") == [
        "cy 01-06T00:00 01-06T07:00",  # nights: Monday's, 1 + 217
        "bo 01-06T07:00 01-06T08:00",  # base: 217
        "cy 01-06T08:00 01-06T09:00",  # base: 218
        "eve 01-06T09:00 01-06T11:00",  # workdays: 4 + 156
        "finn 01-06T11:00 01-06T12:00",  # lunch: 3 + 218
        "eve 01-06T12:00 01-06T13:00",
        "cy 01-06T13:00 01-06T19:00",
        "dee 01-06T19:00 01-07T00:00",  # nights: 1 + 218
    ]


def test_a_turn_of_nobody_shows_the_layer_below() -> None:
    # The upper layer goes eve, finn, ana, bo, nobody, dee, and 2026-01-06 is day 218, 218 mod 6 = 2. On its turn of
    # nobody, day 220, the layer below has its fifth, bo. From 8 January 10:00 on bo is added for a day.
    assert rows(stacked(1)[0], "2026-01-06T08:00", "2026-01-10T08:00") == [
        "ana 01-06T08:00 01-07T08:00",
        "bo 01-07T08:00 01-09T10:00",
        "dee 01-09T08:00 01-10T08:00",
    ]


def test_points_and_the_year_agree() -> None:
    for made in (*daily(5), *stacked(5)):
        shifts = resolve(made, START, START + YEAR).shifts
        for number in range(200):
            at = START + number * timedelta(hours=43, minutes=30)
            assert users_on_call(made, at) == tuple(sorted({one.user for one in shifts if one.start <= at < one.end}))
