"""Durations and turns, read and written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.durations import (
    Turn,
    format_duration,
    format_turn,
    parse_duration,
    parse_turn,
    short_span,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("2h30m", 9000), ("1d", 86_400), ("1w", 604_800), ("90s", 90), ("0s", 0), ("1w1d1h1m1s", 694_861)],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "m", "5 m", "5M", "-5m", "30m2h", "5m5m", "1mo", "1.5h", "٥m", "5m\n", "off", "999999999w"]
)
def test_nonsense_is_no_duration(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_duration(text)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=150), "2h30m"),
        (timedelta(0), "0s"),
        (timedelta(weeks=2), "2w"),
        (timedelta(days=8), "8d"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(hours=36), "1d12h"),
        (timedelta(seconds=-90), "-1m30s"),
        (timedelta(milliseconds=-5), "0s"),
        (timedelta(seconds=1.5), "1s"),
    ],
)
def test_a_duration_is_written(span: timedelta, text: str) -> None:
    assert format_duration(span) == text


@given(st.integers(0, 3_155_760_000))
def test_what_is_written_is_read_again(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_duration(format_duration(span)) == span


@pytest.mark.parametrize(
    ("text", "turn"),
    [("12h", Turn(12, "hours")), ("2d", Turn(2, "days")), ("1w", Turn(1, "weeks")), ("1mo", Turn(1, "months"))],
)
def test_a_turn_is_read_and_written(text: str, turn: Turn) -> None:
    assert parse_turn(text) == turn
    assert format_turn(turn) == str(turn) == text


@pytest.mark.parametrize("text", ["", "0d", "1001d", "30m", "1d12h", "1", "mo", "-1w", "1 w", "99999h", "1y"])
def test_nonsense_is_no_turn(text: str) -> None:
    with pytest.raises(Invalid):
        parse_turn(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0:00"),
        (31, "0:31"),
        (72, "1:12"),
        (119.9, "1:59"),
        (120, "2m"),
        (3599, "59m"),
        (3600, "1h"),
        (86_399, "23h"),
        (86_400 * 3, "3d"),
    ],
)
def test_a_short_span_fits_a_column(seconds: float, text: str) -> None:
    assert short_span(timedelta(seconds=seconds)) == text
