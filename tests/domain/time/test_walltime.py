"""Wall times and instants, with the hard clocks of the world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import (
    format_instant,
    instant,
    parse_wall,
    parse_wall_or_instant,
    second_occurrence,
    wall,
    zone,
)

ZONES = [
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/St_Johns",
    "UTC",
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "local", "expected"),
    [
        ("Europe/Berlin", "2026-01-05T09:00", "2026-01-05T08:00"),
        # 02:00-03:00 is skipped: the first instant after it is 03:00 CEST.
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:59:59.999999", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59"),
        # 02:00-03:00 is repeated: its first occurrence is CEST.
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"),
        ("Europe/Lisbon", "2026-10-25T01:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        # Lord Howe moves by half an hour: +10:30 and +11.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
        ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30"),
        # Cairo's spring midnight does not exist; its autumn 23:00-24:00 is there twice.
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30"),
        ("Africa/Cairo", "2026-10-30T00:00", "2026-10-29T22:00"),
        # Casablanca goes back for Ramadan and forward after it.
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00"),
        # Apia had no 2011-12-30: from -10 to +14.
        ("Pacific/Apia", "2011-12-30T00:00", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59"),
        ("Asia/Kathmandu", "2026-06-01T09:00", "2026-06-01T03:15"),
        ("America/St_Johns", "2026-06-01T09:00", "2026-06-01T11:30"),
        # Until 2011 St John's went back over midnight: 00:01 to 23:01.
        ("America/St_Johns", "2010-11-06T23:30", "2010-11-07T02:00"),
        ("America/St_Johns", "2010-11-07T00:00:30", "2010-11-07T02:30:30"),
        ("UTC", "9999-12-31T23:59", "9999-12-31T23:59"),
    ],
)
def test_a_wall_time_becomes_one_instant(name: str, local: str, expected: str) -> None:
    assert instant(datetime.fromisoformat(local), zone(name)) == utc(expected)


@pytest.mark.parametrize(
    ("local", "expected"),
    [("2026-10-25T02:30", "2026-10-25T01:30"), ("2026-10-25T03:00", None), ("2026-03-29T02:30", None)],
)
def test_only_a_repeated_time_occurs_again(local: str, expected: str | None) -> None:
    again = second_occurrence(datetime.fromisoformat(local), zone("Europe/Berlin"))
    assert again == (utc(expected) if expected else None)


@given(st.sampled_from(ZONES), st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1)), st.timedeltas())
def test_it_never_goes_back(name: str, earlier: datetime, ahead: timedelta) -> None:
    later = earlier + timedelta(seconds=abs(ahead.total_seconds()) % 200_000)
    assert instant(earlier, zone(name)) <= instant(later, zone(name))


@given(st.sampled_from(ZONES), st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1)))
def test_what_a_clock_shows_leads_back_to_then_or_to_its_first_occurrence(name: str, moment: datetime) -> None:
    at, local = moment.replace(tzinfo=UTC), zone(name)
    back = instant(wall(at, local), local)
    assert back == at or (back < at and wall(back, local) == wall(at, local))


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "Europe/", "localtime", "posixrules", "Factory",
     "Europe/Berlin\n", "Europe\\Berlin", "tzdata.zi", "leapseconds", "a" * 100, "Europe/Berlin\0"],
)  # fmt: skip
def test_nonsense_is_no_zone(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        zone(name)
    assert "zone" in caught.value.sentence


def test_a_zone_is_made_once() -> None:
    assert zone("Europe/Lisbon") is zone("Europe/Lisbon")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-05T09:00", "2026-07-05T08:00"),
        ("2026-07-05 09:00", "2026-07-05T08:00"),
        ("2026-07-05T09:00:30", "2026-07-05T08:00:30"),
        ("2026-07-05T09:00:30.5", "2026-07-05T08:00:30.500000"),
        ("2026-07-05T09:00Z", "2026-07-05T09:00"),
        ("2026-07-05T09:00:00+05:45", "2026-07-05T03:15"),
        ("2026-07-05", "2026-07-04T23:00"),
    ],
)
def test_a_time_is_read(text: str, expected: str) -> None:
    assert parse_wall_or_instant(text, zone("Europe/Lisbon")) == utc(expected)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-02-30", "2026-13-01T00:00", "20260105", "2026-W01-1", "2026-01-05T25:00", "2026-01-05T09",
     "2026-01-05T09:00 ", "2026-01-05T09:00z", "٢٠٢٦-01-05", "2026-01-05Z", "0001-01-01T00:00+14:00", "0001-01-01"],
)  # fmt: skip
def test_nonsense_is_no_time(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_wall_or_instant(text, zone("Pacific/Apia"))
    assert caught.value.mend


def test_a_wall_time_is_read_as_written() -> None:
    assert parse_wall("2026-01-05T09:00") == datetime(2026, 1, 5, 9)
    assert parse_wall("2026-01-05T09:00+01:00").utcoffset() == timedelta(hours=1)


def test_an_instant_is_written_in_utc_with_a_fraction_only_if_there_is_one() -> None:
    assert format_instant(utc("2026-01-05T09:00")) == "2026-01-05T09:00:00Z"
    assert format_instant(utc("2026-01-05T09:00:00.250000")) == "2026-01-05T09:00:00.250000Z"
    assert format_instant(datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=1)))) == "2026-01-05T08:00:00Z"
    with pytest.raises(ValueError, match="zone"):
        format_instant(datetime(2026, 1, 5, 9))
