"""The resolver against a slow one that shares no code with it, in zones with hard clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oncall_tui.domain.schedules import (
    FixedShift,
    Layer,
    Override,
    Restriction,
    Rotation,
    Schedule,
    Temporary,
    lanes,
    next_change_at,
    next_on_call_at,
    on_call,
    resolve,
    users_on_call,
)
from oncall_tui.domain.time.durations import Turn, Unit
from tests.domain.schedules.reference import CRON_TEXTS, Reference, table

HARD = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Europe/Lisbon", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 10, 29, 21, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 3, 22, 2, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, tzinfo=UTC)),
    ("America/St_Johns", datetime(2026, 3, 8, 5, 30, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),  # 00:01 went back to 23:01 the day before
    ("UTC", datetime(2026, 6, 1, tzinfo=UTC)),
]
PEOPLE = ["ana", "bo", "cy", "dee"]
STEP = timedelta(minutes=15)

users = st.sampled_from(PEOPLE)
slots = st.lists(st.lists(users, max_size=2, unique=True).map(tuple), min_size=1, max_size=4).map(tuple)
weekdays = st.lists(st.integers(0, 6), min_size=1, unique=True).map(tuple)
quarters = st.integers(0, 95).map(lambda count: count * STEP)
hours = st.integers(1, 24).map(lambda count: timedelta(hours=count))


def around(middle: datetime, days: int) -> st.SearchStrategy[datetime]:
    """Instants, on the quarter of an hour, within so many days."""
    return st.integers(-days * 96, days * 96).map(lambda count: middle + count * STEP)


@st.composite
def rotations(draw: st.DrawFn, name: str, middle: datetime) -> Rotation:
    known = table(name, middle)
    midnight = known.wall(middle).replace(hour=0, minute=0)
    start = midnight + draw(st.integers(-20, 2)) * timedelta(days=1) + draw(quarters)
    people, length = draw(slots), draw(st.none() | hours)
    kind = draw(st.sampled_from(["turns", "days", "cron"]))
    if kind == "cron":
        text = draw(st.sampled_from(list(CRON_TEXTS)))
        fits = text in ("30 1 * * *", "0 0 * * *", "0 9 * * MON")
        return Rotation(slots=people, start=start, cron=text, length=length if fits else None)
    if kind == "days":
        some: list[Unit] = ["days", "weeks"]
        turn = Turn(draw(st.integers(1, 3)), draw(st.sampled_from(some)))
        return Rotation(slots=people, start=start, every=turn, days=draw(weekdays), length=length)
    units: list[Unit] = ["hours", "days", "weeks", "months"]
    unit = draw(st.sampled_from(units))
    turn = Turn(draw(st.integers(1, 30 if unit == "hours" else 2)), unit)
    if length is not None and unit == "hours":
        length = min(length, timedelta(hours=turn.count))
    return Rotation(slots=people, start=start, every=turn, length=length)


@st.composite
def layers(draw: st.DrawFn, name: str, middle: datetime) -> Layer:
    own = draw(st.none() | st.sampled_from(["Asia/Kathmandu"]))
    windows = st.builds(Restriction, weekdays, quarters, quarters | st.just(timedelta(days=1)))
    fixed = draw(st.booleans())
    return Layer(
        name="layer",
        timezone=own,
        priority=draw(st.none() | st.integers(0, 2)),
        rotation=None if fixed else draw(rotations(own or name, middle)),
        shifts=tuple(draw(st.lists(shifts(middle), max_size=4))) if fixed else (),
        restrict=tuple(draw(st.lists(windows, max_size=2))),
        until=draw(st.none() | around(middle, 5)),
    )


@st.composite
def shifts(draw: st.DrawFn, middle: datetime) -> FixedShift:
    start = draw(around(middle, 5))
    return FixedShift(draw(users), start, start + draw(hours))


@st.composite
def overrides(draw: st.DrawFn, middle: datetime) -> Override:
    start = draw(around(middle, 4))
    end = start + draw(hours)
    first, second = draw(st.permutations(PEOPLE))[:2]
    kind = draw(st.sampled_from(["users", "replaces", "add", "remove"]))
    if kind == "replaces":
        return Override(start=start, end=end, users=(first,), replaces=second, made_by="ana")
    people: dict[str, Any] = {kind: (first, second)[: draw(st.integers(1, 2))]}
    return Override(start=start, end=end, **people)


@st.composite
def temporaries(draw: st.DrawFn, middle: datetime) -> Temporary:
    start = draw(around(middle, 4))
    end = start + draw(hours)
    return Temporary(start, end, tuple(draw(st.lists(shifts(middle), max_size=2))))


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    name, middle = draw(st.sampled_from(HARD))
    return (
        Schedule(
            name="hard",
            timezone=name,
            layers=tuple(draw(st.lists(layers(name, middle), min_size=1, max_size=3))),
            overrides=tuple(draw(st.lists(overrides(middle), max_size=3))),
            temporaries=tuple(draw(st.lists(temporaries(middle), max_size=2))),
        ),
        middle,
    )


@pytest.mark.unmeasured
@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schedules())
def test_a_span_and_every_point_agree_with_the_reference(made: tuple[Schedule, datetime]) -> None:
    schedule, middle = made
    reference = Reference(schedule, middle)
    start, end = middle - timedelta(days=3), middle + timedelta(days=3)
    coverage = resolve(schedule, start, end)
    at = start
    while at < end:
        spans = {shift.user for shift in coverage.shifts if shift.start <= at < shift.end}
        gap = any(one.start <= at < one.end for one in coverage.gaps)
        assert spans == reference.who(at), at
        assert gap == (not spans), at
        at += STEP
    edges = {start, *(shift.start for shift in coverage.shifts), *(shift.end for shift in coverage.shifts)} - {end}
    for edge in edges:
        assert set(users_on_call(schedule, edge)) == reference.who(edge), edge
    for edge in edges - {start}:
        before = edge - timedelta(microseconds=1)
        spans = {shift.user for shift in coverage.shifts if shift.start <= before < shift.end}
        assert set(users_on_call(schedule, before)) == spans, before


@pytest.mark.unmeasured
@settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schedules())
def test_lanes_tile_and_the_rest_is_read_off_the_same_span(made: tuple[Schedule, datetime]) -> None:
    schedule, middle = made
    start, end = middle - timedelta(days=3), middle + timedelta(days=3)
    for lane in lanes(schedule, start, end):
        assert (lane.segments[0].start, lane.segments[-1].end) == (start, end)
        assert all(one.end == other.start for one, other in pairwise(lane.segments))
        assert all(segment.start < segment.end for segment in lane.segments)
    result = lanes(schedule, start, end)[-1].segments
    covered = [segment for segment in result if segment.users]
    assert next_on_call_at(schedule, start, end - start) == (covered[0].start if covered else None)
    changes = [one.start for before, one in pairwise(result) if one.users != before.users]
    assert next_change_at(schedule, start, end - start) == (changes[0] if changes else None)
    wide = resolve(schedule, middle - timedelta(days=367), middle + timedelta(days=367))
    for now in on_call(schedule, middle):
        (shift,) = [one for one in wide.shifts if one.user == now.user and one.start <= middle < one.end]
        assert now.until == (shift.end if shift.end < middle + timedelta(days=366) else None)
        assert now.since == (shift.start if shift.start > middle - timedelta(days=366) else None)


@pytest.mark.parametrize(("name", "middle"), HARD)
def test_the_reference_zone_tables_show_their_change(name: str, middle: datetime) -> None:
    known = table(name, middle)
    jumps = {one - other for other, one in pairwise(known.walls)} - {timedelta(minutes=1)}
    assert bool(jumps) == (name not in ("UTC", "Asia/Kathmandu"))
