"""The calendar around changes of the clocks, month ends and clashes, with instants worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_tui.domain.schedules import FixedShift, Layer, Restriction, Rotation, Schedule
from oncall_tui.domain.time.durations import Turn
from oncall_tui.tui.presenters import calendar
from oncall_tui.tui.presenters.calendar import Look, Zoom
from oncall_tui.tui.presenters.calendar.look import edges_of
from oncall_tui.tui.presenters.line import Line, Tone, width
from oncall_tui.tui.schedules.covering import spelled
from oncall_tui.tui.schedules.editor.typed import days_of, days_text, slot_of, turn_of, windows_of, windows_text

LISBON, LORD_HOWE = ZoneInfo("Europe/Lisbon"), ZoneInfo("Australia/Lord_Howe")


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def said(lines: list[Line]) -> list[str]:
    """Lines as text."""
    return ["".join(piece.text for piece in line) for line in lines]


def always(user: str, zone: str = "UTC") -> Schedule:
    """One person, for years."""
    layer = Layer(name="l", shifts=(FixedShift(user, at("2020-01-01T00:00"), at("2030-01-01T00:00")),))
    return Schedule(name="s", timezone=zone, layers=(layer,))


@pytest.mark.parametrize(
    ("zone", "noon", "hours"),
    [
        (LISBON, "2026-03-29T12:00", 23),  # 01:00 becomes 02:00
        (LISBON, "2026-10-25T12:00", 25),  # 02:00 becomes 01:00
        (LORD_HOWE, "2026-10-04T03:00", 23.5),  # 02:00 becomes 02:30
        (LORD_HOWE, "2026-04-05T03:00", 24.5),  # 02:00 becomes 01:30
        (LISBON, "2026-03-30T12:00", 24),
    ],
)
def test_a_day_has_its_own_length_and_always_the_same_cells(zone: ZoneInfo, noon: str, hours: float) -> None:
    look = Look(always("ana"), at(noon), zone, at(noon), Zoom.DAY)
    start, end = edges_of(look)
    assert end - start == timedelta(hours=hours)
    lines = calendar.timeline(look, 80, 20)
    bar = said(lines)[-2]
    assert len(bar) == 79
    assert bar.endswith("─")
    assert calendar.column_of(end - timedelta(minutes=1), [start, end], 67) == 66


def test_the_hours_of_a_long_day_stand_at_their_instants() -> None:
    look = Look(always("ana"), at("2026-10-25T12:00"), LISBON, at("2026-01-01T00:00"), Zoom.DAY)
    head = said(calendar.timeline(look, 112, 20))[0][12:]
    # Midnight in Lisbon is 23:00 UTC the day before; 03:00 comes four hours later, 25 hours on 99 cells: cell 15.
    assert head.index("▏03:00") == 15
    assert head.startswith("▏00:00")


def test_the_cursor_goes_by_full_hours_of_the_zone_also_by_half_hours_from_utc() -> None:
    adelaide = ZoneInfo("Australia/Adelaide")  # 10:30 ahead in summer
    assert calendar.moved(at("2026-01-05T00:10"), adelaide, hours=1) == at("2026-01-05T00:30")
    assert calendar.moved(at("2026-01-05T00:30"), adelaide, hours=-1) == at("2026-01-04T23:30")
    # The hour that autumn repeats is passed twice: 01:00 summer time, 01:00 winter time, 02:00.
    assert calendar.moved(at("2026-10-25T00:00"), LISBON, hours=1) == at("2026-10-25T01:00")
    assert calendar.moved(at("2026-10-25T01:00"), LISBON, hours=1) == at("2026-10-25T02:00")


def test_the_second_of_two_equal_wall_times_is_spelled_as_an_instant() -> None:
    assert spelled(at("2026-10-25T00:30"), LISBON) == "2026-10-25 01:30"
    assert spelled(at("2026-10-25T01:30"), LISBON) == "2026-10-25T01:30Z"


def test_weeks_run_across_the_end_of_a_month_and_of_a_year() -> None:
    look = Look(always("ana"), at("2026-12-31T12:00"), LISBON, at("2026-12-31T12:00"), Zoom.MONTH)
    lines = said(calendar.month(look, 80, 5))
    assert [line[:9].strip() for line in lines[1:]] == ["21 Dec", "28 Dec", "4 Jan", "11 Jan", "18 Jan"]
    assert lines[2].count("•") == 1


def test_gaps_are_marked_by_glyph_and_tone_and_planned_ones_are_quiet() -> None:
    rotation = Rotation(slots=(("ana",), ()), start=datetime(2026, 3, 2), every=Turn(1, "days"))
    nights = Layer(name="n", rotation=rotation, restrict=(Restriction((0, 1), timedelta(0), timedelta(hours=24)),))
    look = Look(
        Schedule(name="s", timezone="UTC", layers=(nights,)),
        at("2026-03-02T12:00"),
        ZoneInfo("UTC"),
        at("2026-03-02T12:00"),
    )
    result = calendar.timeline(look, 82, 20)[2]
    tones = {piece.tone: piece.text for piece in result}
    assert set(tones[Tone.ALARM]) == {"!"}, "Wednesday to Sunday the window is closed: nobody meant that"
    assert "·" in "".join(piece.text for piece in result if piece.tone is Tone.QUIET), "Tuesday is an empty slot"
    days = said(calendar.month(look, 80, 1))[1]
    assert "off" in days
    assert "! gap" in days


def test_two_schedules_at_once_are_told_under_the_cursor() -> None:
    mine, other = always("ana"), replace(always("ana"), name="other")
    look = Look(mine, at("2026-03-02T12:00"), ZoneInfo("UTC"), at("2026-03-02T12:00"), others=(mine, other))
    drawn = "\n".join(said(calendar.calendar(look, 80, 21, (1, 2))))
    assert "? ana is on call in other too" in drawn
    assert "? twice" in drawn
    assert all(width(line) <= 80 for line in calendar.calendar(look, 80, 21, (1, 2)))


def test_the_now_line_runs_through_the_lanes_of_its_day_only() -> None:
    look = Look(always("ana"), at("2026-03-02T12:00"), ZoneInfo("UTC"), at("2026-03-04T12:00"))
    assert any("┊" in line for line in said(calendar.timeline(look, 80, 20)))
    later = replace(look, cursor=at("2026-03-12T12:00"))
    assert not any("┊" in line for line in said(calendar.timeline(later, 80, 20)))
    assert look.day == date(2026, 3, 2)


def test_typed_turns_days_windows_and_slots() -> None:
    assert turn_of("every 12h") == turn_of("12h") == {"every": "12h"}
    assert turn_of("weekly") == {"every": "1w"}
    assert turn_of("cron 0 9 * * MON") == turn_of("0 9 * * MON") == {"cron": "0 9 * * MON"}
    assert days_of("fri-mon") == ["fri", "sat", "sun", "mon"]
    assert days_text(["mon", "tue", "wed", "fri"]) == "mon-wed,fri"
    windows = windows_of("mon-fri 20:00-8:00; sat 00:00-24:00")
    assert windows[0] == {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "20:00", "to": "08:00"}
    assert windows_text(windows) == "mon-fri 20:00-08:00; sat 00:00-24:00"
    assert windows_of("20:00-08:00")[0]["days"] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert (slot_of("ana+bo"), slot_of("-")) == (["ana", "bo"], None)
