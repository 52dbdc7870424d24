"""What takes somebody off call whom the layers put on: by hand."""

from __future__ import annotations

from dataclasses import replace

from oncall_tui.domain.schedules import FixedShift, Schedule, Temporary, taken_off_by
from tests.domain.schedules.makers import layer, override, schedule, utc

NOON = utc("2026-01-06T12:00")
WEEKLY = schedule(layer("ana bo", "2026-01-05T09:00", "1w", name="weekly"))


def test_who_is_on_call_or_never_was_is_taken_off_by_nothing() -> None:
    assert taken_off_by(WEEKLY, "ana", NOON) is None
    assert taken_off_by(WEEKLY, "bo", NOON) is None


def test_the_override_that_covers_the_instant_is_named() -> None:
    later = override("2026-01-07", "2026-01-08", users=("cy",))
    made = replace(WEEKLY, overrides=(override("2026-01-06", "2026-01-07", users=("bo",)), later))
    assert taken_off_by(made, "ana", NOON) == "override: bo"


def test_one_that_adds_somebody_takes_nobody_off() -> None:
    made = replace(WEEKLY, overrides=(override("2026-01-06", "2026-01-07", users=("cy",)),))
    assert taken_off_by(made, "bo", NOON) is None


def test_a_temporary_schedule_takes_the_place_of_the_layers() -> None:
    instead = Temporary(
        start=utc("2026-01-06"), end=utc("2026-01-07"), shifts=(FixedShift("bo", utc("2026-01-06"), utc("2026-01-07")),)
    )
    assert taken_off_by(replace(WEEKLY, temporaries=(instead,)), "ana", NOON) == "a temporary schedule takes its place"


def test_of_a_broken_schedule_nothing_is_said() -> None:
    assert taken_off_by(Schedule(name="rota", timezone="broken"), "ana", NOON) is None
