"""Schedules: people who exist, and times that make sense together."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules import FixedShift, Layer, Override, Schedule, Temporary, problems
from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.domain.time.walltime import zone
from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.entries.schedules import LayerEntry, OverrideEntry, ScheduleEntry, ShiftEntry, TemporaryEntry
from oncall_tui.ops.directory import building

LONGEST_AHEAD = timedelta(weeks=4)
_FIRST, _SECOND, _THIRD = (datetime(1970, 1, day, tzinfo=UTC) for day in (1, 2, 3))
_SHIFT = FixedShift("", _FIRST, _SECOND)
# Sound values that stand in for entries whose shape is wrong, so that the places of the others stay.
_SOUND_LAYER = Layer(name="", shifts=(_SHIFT,))
_SOUND_OVERRIDE = Override(start=_FIRST, end=_SECOND, remove=("",))
_SOUND_TEMPORARY = Temporary(_SECOND, _THIRD, ())


def check_schedules(config: Config, found: Found, broken: Collection[str]) -> None:
    """Look at schedules; `broken` are the paths at which the shape is wrong already."""
    schedules = config.schedules or []
    found.once([schedule.name for schedule in schedules], "schedules", ".name")
    for place, schedule in enumerate(schedules):
        path = f"schedules[{place}]"
        _check_people_of(schedule, path, found)
        for layer_place, layer in enumerate(schedule.layers):
            _check_layer(layer, f"{path}.layers[{layer_place}]", found)
        found.once([layer.name for layer in schedule.layers], f"{path}.layers", ".name")
        inside = [one[len(path) + 1 :] for one in broken if one.startswith(f"{path}.")]
        for problem in problems(_built(schedule, inside)):
            found.wrong(f"{path}.{problem.path}", problem.sentence, problem.mend, problem.code)
        _check_notices(schedule, path, found)
        if not schedule.layers and not schedule.temporary:
            found.warn(path, f"{schedule.name} has no layers: nobody is ever on call")


def _check_notices(schedule: ScheduleEntry, path: str, found: Found) -> None:
    for place, text in enumerate(schedule.handoff.before if schedule.handoff else ()):
        if text and parse_duration(text) > LONGEST_AHEAD:
            sentence = "nobody is told of a shift longer than four weeks ahead"
            found.wrong(f"{path}.handoff.before[{place}]", sentence, "write 4w or less")
    for place, notice in enumerate(schedule.notices):
        at = f"{path}.notices[{place}]"
        if (notice.on is None) == (notice.at is None):
            found.wrong(at, "a channel is told either on change or at a time", 'write `on: change` or `at: "09:00"`')
        elif notice.days is not None and notice.at is None:
            found.wrong(f"{at}.days", "days go with `at` only", "leave them out")
        elif notice.days == []:
            found.wrong(f"{at}.days", "on no day at all nobody is told", "name some, or leave them out")


def _check_people_of(schedule: ScheduleEntry, path: str, found: Found) -> None:
    for place, layer in enumerate(schedule.layers):
        for slot_place, slot in enumerate(layer.users or ()):
            for number, user in enumerate(slot):
                inner = f"[{number}]" if len(slot) > 1 else ""
                found.refer("user", user, f"{path}.layers[{place}].users[{slot_place}]{inner}")
        _check_shifts(layer.shifts, f"{path}.layers[{place}].shifts", found)
    for place, override in enumerate(schedule.overrides):
        _check_override(override, f"{path}.overrides[{place}]", found)
    for place, temporary in enumerate(schedule.temporary):
        _check_shifts(temporary.shifts, f"{path}.temporary[{place}].shifts", found)


def _check_shifts(shifts: list[ShiftEntry], path: str, found: Found) -> None:
    for place, shift in enumerate(shifts):
        found.refer("user", shift.user, f"{path}[{place}].user")


def _check_override(override: OverrideEntry, path: str, found: Found) -> None:
    found.refer("user", override.user, f"{path}.user")
    found.refer("user", override.replaces, f"{path}.replaces")
    found.refer_all("user", override.users, f"{path}.users")
    for key, people in (("add", override.add), ("remove", override.remove)):
        for place, user in enumerate(people):
            found.refer("user", user, f"{path}.{key}" + (f"[{place}]" if len(people) > 1 else ""))


def _check_layer(layer: LayerEntry, path: str, found: Found) -> None:
    if layer.users is None:
        if not layer.shifts:
            found.wrong(path, "a layer needs users or shifts", "add `users`, `start` and `every`, or `shifts`")
        for key in ("start", "every", "cron", "length", "days"):
            if getattr(layer, key) is not None:
                found.wrong(f"{path}.{key}", f"{key} goes with users only", "add `users`, or leave it out")
    elif layer.start is None:
        found.wrong(f"{path}.start", "a rotation needs a start", "add the first handoff, like 2026-01-05T09:00")


def _built(schedule: ScheduleEntry, broken: Collection[str]) -> Schedule:
    """The schedule as the domain sees it, sound values in the places of entries whose shape is wrong."""
    local = zone(schedule.timezone) if schedule.timezone else zone("UTC")

    def sound(key: str, place: int) -> bool:
        return not any(path == f"{key}[{place}]" or path.startswith(f"{key}[{place}].") for path in broken)

    return Schedule(
        name=schedule.name,
        timezone=local.key,
        layers=tuple(
            _layer(layer, local) if sound("layers", place) else _SOUND_LAYER
            for place, layer in enumerate(schedule.layers)
        ),
        overrides=tuple(
            override_of(override, local) if sound("overrides", place) else _SOUND_OVERRIDE
            for place, override in enumerate(schedule.overrides)
        ),
        temporaries=tuple(
            temporary_of(temporary, local) if sound("temporary", place) else _SOUND_TEMPORARY
            for place, temporary in enumerate(schedule.temporary)
        ),
    )


def _layer(layer: LayerEntry, local: ZoneInfo) -> Layer:
    if (layer.users is None and not layer.shifts) or (layer.users is not None and layer.start is None):
        return _SOUND_LAYER  # said already
    return building.layer_of(layer.plain(), local)


def override_of(override: OverrideEntry, local: ZoneInfo) -> Override:
    """The override as the domain sees it."""
    return building.override_of(override.plain(), local)


def temporary_of(temporary: TemporaryEntry, local: ZoneInfo) -> Temporary:
    """The temporary schedule as the domain sees it."""
    return building.temporary_of(temporary.plain(), local)
