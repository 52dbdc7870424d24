"""Layers as the texts of a config file, and back: what a form shows and what a command line says.

One way of writing, one set of checks: whatever is saved here could stand in a file, and an export of it can be applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_tui.domain.errors import Invalid, InvalidMany, OncallError
from oncall_tui.domain.schedules import FixedShift, Layer, Restriction, Rotation, Schedule, Slot
from oncall_tui.domain.time.durations import format_duration, format_turn
from oncall_tui.domain.time.walltime import format_instant, instant, wall, zone
from oncall_tui.domain.world import World
from oncall_tui.ops.config.checks.found import Names
from oncall_tui.ops.config.reading import shape_of
from oncall_tui.ops.config.texts import spell_wall
from oncall_tui.ops.config.validation import examine
from oncall_tui.ops.directory import building

Plain = dict[str, Any]
_ENTRY = "schedules[0]."


def read_layer(entry: Mapping[str, Any], timezone: str) -> Layer:
    """The layer that an entry's texts describe, in a schedule of this zone.

    Raises InvalidMany with everything that is wrong, each with its path (`every`, `restrict[0].from`). Whether its
    people exist is not asked here.
    """
    layer = {key: value for key, value in entry.items() if value is not None}
    people = frozenset(_people(layer))
    spelled, found = _examined({"name": "new", "timezone": timezone, "layers": [layer]}, people)
    if found:
        raise InvalidMany(_moved(problem, "layers[0].") for problem in found)
    return building.layer_of(spelled["layers"][0], zone(timezone))


def layer_entry(layer: Layer, timezone: str) -> Plain:
    """The texts of a layer in a schedule of this zone; wall times where they say the same as the instant."""
    local = zone(timezone)
    entry: Plain = {"name": layer.name} | (_rotation_entry(layer.rotation) if layer.rotation is not None else {})
    if layer.shifts:
        entry["shifts"] = [_shift_entry(shift, local) for shift in layer.shifts]
    if layer.restrict:
        entry["restrict"] = [_window_entry(one) for one in layer.restrict]
    more = {
        "until": spell_instant(layer.until, local) if layer.until is not None else None,
        "timezone": layer.timezone,
        "priority": layer.priority,
    }
    return entry | {key: value for key, value in more.items() if value is not None}


def spelled_layers(schedule: Schedule) -> list[Plain]:
    """The layers as a config file writes them, which the caller has judged before."""
    entry, _ = _examined(_schedule_entry(schedule), None)
    layers: list[Plain] = entry.get("layers", [])
    return layers


def wrong(schedule: Schedule, world: World) -> tuple[OncallError, ...]:
    """Everything that keeps a schedule from being saved: what a config file that held it would be refused for."""
    try:
        entry = _schedule_entry(schedule)
    except Invalid as error:  # the zone: nothing else can be read without it
        return (Invalid(error.sentence, mend=error.mend, path="timezone"),)
    return tuple(_examined(entry, frozenset(world.users))[1])


def spell_instant(at: datetime, local: ZoneInfo) -> str:
    """The wall time of an instant; the instant itself where its wall time would be read as another."""
    shown = wall(at, local)
    return spell_wall(shown) if instant(shown, local) == at else format_instant(at)


def _examined(entry: Plain, users: frozenset[str] | None) -> tuple[Plain, list[OncallError]]:
    """The entry in its one spelling, and what is wrong with it. Without `users` anybody may be named."""
    shaped = shape_of({"version": 1, "schedules": [entry]})
    known = users if users is not None else frozenset(name for layer in entry["layers"] for name in _people(layer))
    checked, problems = examine(shaped, Names(users=known))
    schedules = checked.config.plain().get("schedules") or [{}]
    return schedules[0], [_moved(problem, _ENTRY) for problem in problems]


def _moved(problem: OncallError, prefix: str) -> Invalid:
    """The same problem with its path from here on."""
    inside = "" if f"{problem.path}." == prefix else problem.path.removeprefix(prefix)
    return Invalid(problem.sentence, mend=problem.mend, path=inside, code=problem.code)


def _people(layer: Mapping[str, Any]) -> set[str]:
    named = {str(shift["user"]) for shift in layer.get("shifts", ()) if isinstance(shift, Mapping) and "user" in shift}
    users = layer.get("users")
    for slot in users if isinstance(users, list | tuple) else ():
        named.update([slot] if isinstance(slot, str) else map(str, slot or ()))
    return named


def _schedule_entry(schedule: Schedule) -> Plain:
    return {
        "name": schedule.name,
        "timezone": schedule.timezone,
        "layers": [layer_entry(layer, schedule.timezone) for layer in schedule.layers],
    }


def _rotation_entry(rotation: Rotation) -> Plain:
    entry: Plain = {"users": [_slot_entry(slot) for slot in rotation.slots], "start": spell_wall(rotation.start)}
    more = {
        "every": format_turn(rotation.every) if rotation.every is not None else None,
        "cron": rotation.cron,
        "length": format_duration(rotation.length) if rotation.length is not None else None,
        "days": [building.WEEK[day] for day in rotation.days] if rotation.days is not None else None,
    }
    return entry | {key: value for key, value in more.items() if value is not None}


def _slot_entry(slot: Slot) -> list[str] | str | None:
    return list(slot) if len(slot) > 1 else (slot[0] if slot else None)


def _shift_entry(shift: FixedShift, local: ZoneInfo) -> Plain:
    return {
        "user": shift.user,
        "start": spell_instant(shift.start, local),
        "end": spell_instant(shift.end, local),
    }


def _window_entry(window: Restriction) -> Plain:
    return {
        "days": [building.WEEK[day] for day in window.days],
        "from": _clock(window.start),
        "to": _clock(window.end),
    }


def _clock(since_midnight: timedelta) -> str:
    hours, minutes = divmod(since_midnight // timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"
