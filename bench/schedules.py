"""The resolver: many schedules over a year, and who is on call at an instant, beside the bars and a bare loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.schedules import Layer, Override, Restriction, Rotation, Schedule, resolve, users_on_call
from oncall_tui.domain.time.durations import Turn, Unit

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
SCHEDULES = 100
POINTS = 500
ROUNDS = 5
LOOP = 0.5
"""Seconds that a bare loop of ten million steps takes on the machine for which the bars were set."""

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
PEOPLE = ("ana", "bo", "cy", "dee", "eve", "finn")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)


def weekly(count: int = SCHEDULES) -> list[Schedule]:
    """Schedules of one weekly rotation each; new values, about which nothing has been worked out yet."""
    return [
        Schedule(name=f"weekly-{number}", timezone=_zone(number), layers=(_layer("weekly", "weeks", number, 9),))
        for number in range(count)
    ]


def stacked(count: int = SCHEDULES) -> list[Schedule]:
    """Schedules of five layers with daily turns, each with a turn of nobody that the one below fills; overrides."""
    return [
        Schedule(
            name=f"stacked-{number}",
            timezone=_zone(number),
            layers=tuple(_with_a_gap(_layer(f"layer-{place}", "days", number + place, 9), place) for place in range(5)),
            overrides=_overrides(number),
        )
        for number in range(count)
    ]


def _with_a_gap(layer: Layer, place: int) -> Layer:
    assert layer.rotation is not None
    slots = layer.rotation.slots
    return replace(layer, rotation=replace(layer.rotation, slots=(*slots[:place], (), *slots[place + 1 :])))


def daily(count: int = SCHEDULES) -> list[Schedule]:
    """Schedules of five layers with daily turns, in part restricted, under an override a week of each kind in turn."""
    return [
        Schedule(
            name=f"daily-{number}", timezone=_zone(number), layers=_five_layers(number), overrides=_overrides(number)
        )
        for number in range(count)
    ]


def _five_layers(number: int) -> tuple[Layer, ...]:
    nights = Restriction(WORKDAYS, 20 * HOUR, 8 * HOUR)
    weekend = Restriction(WEEKEND, 0 * HOUR, 24 * HOUR)
    lunch = Restriction(WORKDAYS, 12 * HOUR, 13 * HOUR)
    return (
        _layer("base", "days", number, 9),
        _layer("nights", "days", number + 1, 20, nights),
        _layer("weekend", "days", number + 2, 0, weekend),
        Layer(
            name="workdays",
            rotation=Rotation(
                slots=_slots(number + 4),
                start=datetime(2025, 6, 2, 10),  # noqa: DTZ001 - a wall time
                every=Turn(1, "days"),
                days=WORKDAYS,
                length=4 * HOUR,
            ),
        ),
        _layer("lunch", "days", number + 3, 9, lunch),
    )


def _layer(name: str, unit: Unit, first: int, hour: int, *restrict: Restriction) -> Layer:
    start = datetime(2025, 6, 2, hour)  # noqa: DTZ001 - a wall time
    return Layer(name=name, rotation=Rotation(slots=_slots(first), start=start, every=Turn(1, unit)), restrict=restrict)


def _slots(first: int) -> tuple[tuple[str, ...], ...]:
    return tuple((PEOPLE[(first + place) % len(PEOPLE)],) for place in range(len(PEOPLE)))


def _overrides(number: int) -> tuple[Override, ...]:
    one, other = PEOPLE[number % len(PEOPLE)], PEOPLE[(number + 1) % len(PEOPLE)]
    made = []
    for week in range(52):
        start = START + week * 7 * DAY + 10 * HOUR
        whole = Override(start=start, end=start + DAY, made_by="ana")
        made.append(
            (
                replace(whole, users=(one,)),
                replace(whole, add=(other,)),
                replace(whole, remove=(one,)),
                replace(whole, users=(one,), replaces=other),
            )[week % 4]
        )
    return tuple(made)


def _zone(number: int) -> str:
    return ZONES[number % len(ZONES)]


def _year(schedules: list[Schedule]) -> float:
    """Seconds to lay out a year of them all."""
    start = time.process_time()
    for schedule in schedules:
        resolve(schedule, START, START + YEAR)
    return time.process_time() - start


def _points(schedule: Schedule) -> float:
    """Seconds for one point query, all over the year."""
    users_on_call(schedule, START)
    step = YEAR / POINTS
    start = time.process_time()
    for number in range(POINTS):
        users_on_call(schedule, START + number * step)
    return (time.process_time() - start) / POINTS


def _best(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(ROUNDS))


def run(loop: float) -> None:
    """Print the figures beside their bars; `loop` is what the bare loop took in this run, in seconds."""
    print(f"{'schedules, best of ' + str(ROUNDS):<44}{'ms':>9}{'scaled':>9}{'bar':>8}{'of bar':>9}")
    for name, bar, measure in (
        (f"{SCHEDULES} × 1 year of weekly turns", 50.0, lambda: _year(weekly())),
        (f"{SCHEDULES} × 1 year of daily turns, 5 layers", 1000.0, lambda: _year(stacked())),
        ("the same, restricted: 5 shifts a day", 1000.0, lambda: _year(daily())),
        ("who is on call now, weekly", 0.2, lambda: _points(weekly(1)[0])),
        ("who is on call now, 5 layers and overrides", 0.2, lambda: _points(daily(1)[0])),
    ):
        took = _best(measure) * 1000
        scaled = took * LOOP / loop
        print(f"{name:<44}{took:>9.3f}{scaled:>9.3f}{bar:>8g}{scaled / bar:>8.2f}×")
    print(f"scaled: as if the bare loop took {LOOP} s, for which the bars are set")
