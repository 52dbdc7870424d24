"""The iCalendar files, read back by a calendar library: the same shifts, across every change of the clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import recurring_ical_events
from icalendar import Calendar

from oncall_tui.domain.schedules import BrokenSchedule, FixedShift, Layer, Rotation, Schedule, resolve
from oncall_tui.domain.time.durations import parse_turn
from oncall_tui.domain.time.walltime import zone
from oncall_tui.ops.schedules.calendars import calendar_of_schedule, calendar_of_user, window

NOW = datetime(2026, 2, 14, 12, 30, tzinfo=UTC)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "UTC"]
Read = tuple[str, datetime, datetime]


def rotation(timezone: str, every: str = "1d", start: datetime = datetime(2026, 1, 1, 2, 30)) -> Schedule:
    """Two people who hand off at half past two: an hour that spring skips and autumn repeats in Berlin."""
    turns = Rotation(slots=(("ana",), ("bo",)), start=start, every=parse_turn(every))
    return Schedule(name="night", timezone=timezone, layers=(Layer(name="l", rotation=turns),))


def read_back(text: bytes) -> list[Read]:
    """What a calendar program shows between the start and the end of the file's window."""
    start, end = window(NOW)
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    events = recurring_ical_events.of(calendar).between(start, end)
    return sorted(
        (str(one["SUMMARY"]), one["DTSTART"].dt.astimezone(UTC), one["DTEND"].dt.astimezone(UTC)) for one in events
    )


def as_resolved(schedule: Schedule) -> list[Read]:
    shifts = resolve(schedule, *window(NOW)).shifts
    return sorted((f"{one.user} on call: {schedule.name}", one.start, one.end) for one in shifts)


def hourly_over_both_changes() -> Schedule:
    """Turns of an hour around the two nights; a year of them takes a calendar library longer than all other tests."""
    layers = tuple(
        Layer(
            name=str(start.date()),
            rotation=Rotation(slots=(("ana",), ("bo",)), start=start, every=parse_turn("1h")),
            until=(start + timedelta(days=5)).replace(tzinfo=UTC),
        )
        for start in (datetime(2026, 3, 27, 2, 30), datetime(2026, 10, 23, 2, 30))
    )
    return Schedule(name="night", timezone="Europe/Berlin", layers=layers)


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "schedule",
    [*(rotation(name, every) for name in ZONES for every in ("12h", "1w")), hourly_over_both_changes()],
    ids=[*(f"{name}-{every}" for name in ZONES for every in ("12h", "1w")), "Europe/Berlin-1h"],
)
def test_a_calendar_program_shows_the_same_shifts(schedule: Schedule) -> None:
    expected = as_resolved(schedule)
    assert len(expected) > 50
    assert read_back(calendar_of_schedule(schedule, NOW)) == expected


def test_both_nights_in_berlin_by_hand() -> None:
    shown = read_back(calendar_of_schedule(rotation("Europe/Berlin"), NOW))
    starts = {start for _, start, _ in shown}
    # 29 March: 02:30 is skipped, the handoff is at 03:00 summer time; 25 October: the first of two 02:30.
    assert {datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)} <= starts
    assert {datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)} <= starts


def test_a_start_in_the_second_of_two_equal_hours_is_told_in_utc() -> None:
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 02:15 for the second time
    layer = Layer(name="l", shifts=(FixedShift("ana", second, second + timedelta(hours=3)),))
    text = calendar_of_schedule(Schedule(name="s", timezone="Europe/Berlin", layers=(layer,)), NOW)
    assert b"DTSTART:20261025T011500Z" in text
    assert b"DTEND;TZID=Europe/Berlin:20261025T051500" in text
    assert read_back(text) == [("ana on call: s", second, second + timedelta(hours=3))]


def observances(text: bytes) -> Iterator[Any]:
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    (timezone,) = calendar.walk("VTIMEZONE")
    yield from timezone.subcomponents


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", ZONES)
def test_the_zone_in_the_file_is_the_zone(name: str) -> None:
    """By the standard's own words: the onset is a wall time in the offset before it."""
    found = list(observances(calendar_of_schedule(rotation(name), NOW)))
    onsets = [(one["DTSTART"].dt - one["TZOFFSETFROM"].td).replace(tzinfo=UTC) for one in found]
    assert onsets == sorted(onsets)
    local, (start, end) = zone(name), window(NOW)
    assert onsets[0] < start
    at = start
    while at < end:
        last = max((onset, place) for place, onset in enumerate(onsets) if onset <= at)[1]
        assert found[last]["TZOFFSETTO"].td == at.astimezone(local).utcoffset(), at
        at += timedelta(hours=1)
    for before, after in pairwise(found):
        assert before["TZOFFSETTO"].td == after["TZOFFSETFROM"].td
    if name == "Europe/Berlin":
        assert {(one.name, one["DTSTART"].dt) for one in found} >= {
            ("DAYLIGHT", datetime(2026, 3, 29, 2, 0)),
            ("STANDARD", datetime(2026, 10, 25, 3, 0)),
        }


def test_a_persons_calendar_has_all_their_schedules_and_leaves_out_a_broken_one() -> None:
    broken = Schedule(name="broken", timezone="Mars/Base")
    schedules = (rotation("America/New_York", "1w"), broken)
    shown = read_back(calendar_of_user("bo", "Europe/Berlin", schedules, NOW))
    mine = [one for one in resolve(schedules[0], *window(NOW)).shifts if one.user == "bo"]
    assert [(start, end) for _, start, end in shown] == [(one.start, one.end) for one in mine]
    assert {summary for summary, _, _ in shown} == {"on call: night"}
    with pytest.raises(BrokenSchedule):
        calendar_of_schedule(broken, NOW)


def test_the_same_shift_has_the_same_id_at_every_reading_of_a_month() -> None:
    schedule = rotation("Europe/Berlin", "1w")

    def ids(now: datetime) -> list[str]:
        calendar = Calendar.from_ical(calendar_of_schedule(schedule, now))
        assert isinstance(calendar, Calendar)
        return [str(one["UID"]) for one in calendar.walk("VEVENT")]

    first = ids(NOW)
    assert len(set(first)) == len(first)
    assert ids(NOW + timedelta(days=10)) == first


def test_names_cannot_add_lines_or_commands() -> None:
    evil = "x\r\nBEGIN:VEVENT\x1b]0;owned\x07"
    layer = Layer(name=evil, shifts=(FixedShift(evil, NOW, NOW + timedelta(hours=1)),))
    text = calendar_of_schedule(Schedule(name=evil, timezone="UTC", layers=(layer,)), NOW)
    assert text.count(b"\nBEGIN:VEVENT") == 1
    assert b"\x1b" not in text
    assert b"\x07" not in text
