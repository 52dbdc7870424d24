"""Times as a person types them, each worked out by hand."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import format_instant, zone
from oncall_tui.domain.time.when import MEND, read_when

LISBON = zone("Europe/Lisbon")
BERLIN = zone("Europe/Berlin")
FRIDAY = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # 09:30 in Lisbon, 10:30 in Berlin


def at(text: str, now: datetime = FRIDAY, where: str = "Europe/Lisbon") -> str:
    return format_instant(read_when(text, now, zone(where)))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("now", "2026-11-20T09:30:00Z"),
        ("+2h", "2026-11-20T11:30:00Z"),
        ("+1h30m", "2026-11-20T11:00:00Z"),
        ("+ 2h 5m", "2026-11-20T11:35:00Z"),
        ("09:00", "2026-11-21T09:00:00Z"),
        ("9:30", "2026-11-21T09:30:00Z"),
        ("09:31", "2026-11-20T09:31:00Z"),
        ("9pm", "2026-11-20T21:00:00Z"),
        ("9 PM", "2026-11-20T21:00:00Z"),
        ("12am", "2026-11-21T00:00:00Z"),
        ("12:15pm", "2026-11-20T12:15:00Z"),
        ("today", "2026-11-20T00:00:00Z"),
        ("today 08:00", "2026-11-20T08:00:00Z"),
        ("tomorrow", "2026-11-21T00:00:00Z"),
        ("tomorrow 18:00", "2026-11-21T18:00:00Z"),
        ("fri 9am", "2026-11-27T09:00:00Z"),
        ("Friday 10am", "2026-11-20T10:00:00Z"),
        ("fri", "2026-11-27T00:00:00Z"),
        ("sat", "2026-11-21T00:00:00Z"),
        ("  thu   7:05pm ", "2026-11-26T19:05:00Z"),
        ("2026-12-24", "2026-12-24T00:00:00Z"),
        ("2026-12-24 09:00", "2026-12-24T09:00:00Z"),
        ("2026-12-24 9am", "2026-12-24T09:00:00Z"),
        ("2026-12-24t09:00", "2026-12-24T09:00:00Z"),
        ("2026-12-24 09:00:30", "2026-12-24T09:00:30Z"),
        ("2026-12-24T09:00+02:00", "2026-12-24T07:00:00Z"),
        ("2026-12-24t09:00z", "2026-12-24T09:00:00Z"),
    ],
)
def test_what_a_person_means_on_a_friday_at_half_past_nine_in_lisbon(text: str, means: str) -> None:
    assert at(text) == means


def test_a_wall_time_is_read_in_the_zone_also_when_that_has_another_day() -> None:
    assert at("9am", where="Europe/Berlin") == "2026-11-21T08:00:00Z"
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # Saturday 00:30 in Berlin
    assert at("today", late, "Europe/Berlin") == "2026-11-20T23:00:00Z"
    assert at("sat 1am", late, "Europe/Berlin") == "2026-11-21T00:00:00Z"
    assert at("fri 1am", late, "Europe/Berlin") == "2026-11-27T00:00:00Z"


def test_spring_skips_and_autumn_repeats() -> None:
    night = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    assert at("tomorrow 02:30", night, "Europe/Berlin") == "2026-03-29T01:00:00Z"  # 03:00, the end of the gap
    night = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
    assert at("02:30", night, "Europe/Berlin") == "2026-10-25T00:30:00Z"  # the first of two
    assert at("+24h", night, "Europe/Berlin") == "2026-10-25T20:00:00Z"  # a span is not a wall time
    assert at("tomorrow 22:00", night, "Europe/Berlin") == "2026-10-25T21:00:00Z"


def test_a_skipped_date_is_the_first_moment_after_it() -> None:
    assert at("tomorrow 09:00", datetime(2011, 12, 29, 20, 0, tzinfo=UTC), "Pacific/Apia") == "2011-12-30T10:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "9", "+", "+2", "-2h", "25:00", "09:60", "13pm", "0am", "9:5", "fry 9am", "fri 25:00", "fri 9",
        "tomorrow noonish", "2026-02-30", "2026-02-30 9am", "2026-12-24 13pm", "09:00 fri", "fri 9am " + " " * 40,
        "٩:٠٠", "fri\x1b[2J", "+99999w", "2026-12-24 09:00 UTC",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_ways_to_say_it(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        at(text)
    assert refused.value.mend == MEND


def test_times_beyond_the_calendar_are_refused() -> None:
    last = datetime(9999, 12, 31, 12, 0, tzinfo=UTC)
    for text in ("tomorrow", "+1d", "09:00", "fri 9am"):
        with pytest.raises(Invalid):
            read_when(text, last, LISBON)


MOMENTS = st.datetimes(datetime(1975, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(
    MOMENTS,
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["Europe/Lisbon", "Australia/Lord_Howe", "Africa/Cairo"]),
)
def test_a_time_of_day_is_always_to_come(now: datetime, hour: int, minute: int, where: str) -> None:
    found = read_when(f"{hour:02d}:{minute:02d}", now, zone(where))
    assert found > now
    assert (found - now).total_seconds() <= 25 * 3600


@given(st.text(max_size=60))
def test_any_text_gives_an_instant_or_a_refusal(text: str) -> None:
    with suppress(Invalid):
        assert read_when(text, FRIDAY, BERLIN).tzinfo is UTC
