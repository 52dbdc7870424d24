"""Whose turn it is, and how a list of slots is turned round so that it stays theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.schedules.problems import faults
from oncall_tui.domain.schedules.turns import place_at
from oncall_tui.domain.schedules.values import Layer, Rotation, Schedule, Slot
from oncall_tui.domain.time.walltime import zone

Origins = tuple[int | None, ...]
"""For each slot of a new list the place where it stood in the old one; None for a slot that is new."""


def layer_named(schedule: Schedule, name: str) -> Layer:
    """The layer of this name. Raises Unknown, telling which there are."""
    return schedule.layers[layer_place(schedule, name)]


def layer_place(schedule: Schedule, name: str) -> int:
    """The place of the layer of this name. Raises Unknown, telling which there are."""
    names = [layer.name for layer in schedule.layers]
    if name in names:
        return names.index(name)
    there = ", ".join(names) or "none yet"
    raise Unknown(f"schedule {schedule.name} has no layer '{name}'", mend=f"there is: {there}", path="layer")


def current_place(schedule: Schedule, layer: str, now: datetime) -> int | None:
    """The place of the slot whose turn it is in a layer, also after its shift and on days without one.

    None before the rotation starts, for fixed shifts, and for a layer that makes no sense. Raises Unknown.
    """
    return place_now(schedule, layer_named(schedule, layer), now)


def order_from_now(schedule: Schedule, layer: str, now: datetime) -> tuple[Slot, ...]:
    """A rotation's slots in the order in which they come, the current one first; none for fixed shifts."""
    rotation = layer_named(schedule, layer).rotation
    if rotation is None:
        return ()
    place = current_place(schedule, layer, now) or 0
    return rotation.slots[place:] + rotation.slots[:place]


def place_now(schedule: Schedule, layer: Layer, now: datetime) -> int | None:
    """`current_place` of a layer as it would stand in this schedule."""
    alone = Schedule(name=schedule.name, timezone=schedule.timezone, layers=(layer,))
    if layer.rotation is None or faults(alone):
        return None
    return place_at(layer.rotation, zone(schedule.zone_name(layer)), now)


def kept_on(schedule: Schedule, layer: Layer, place: int, now: datetime) -> Layer:
    """The layer with its slots turned round so that the one at `place` has the turn at `now`."""
    there = place_now(schedule, layer, now)
    if there is None or layer.rotation is None:
        return layer
    return replace(layer, rotation=_turned(layer.rotation, place - there))


def _turned(rotation: Rotation, by: int) -> Rotation:
    by %= len(rotation.slots)
    return replace(rotation, slots=rotation.slots[by:] + rotation.slots[:by])


def heir(origins: Origins, current: int, count: int) -> int:
    """The place in the new list of the current slot of the old one, which has `count`; else of the next that is left.

    With none left it is the first.
    """
    places = ((current + ahead) % count for ahead in range(count))
    return next((origins.index(place) for place in places if place in origins), 0)


def matched(old: Sequence[Slot], new: Sequence[Slot]) -> Origins:
    """Where each slot of the new list stood: the same people, in order; else a slot with some of the same people."""
    free: dict[Slot, list[int]] = defaultdict(list)
    for place, slot in enumerate(old):
        free[slot].append(place)
    origins: list[int | None] = [free[slot].pop(0) if free[slot] else None for slot in new]
    left = [place for place in range(len(old)) if place not in origins]
    for place, slot in enumerate(new):
        akin = [one for one in left if set(old[one]) & set(slot)]
        if origins[place] is None and akin:
            origins[place] = akin[0]
            left.remove(akin[0])
    return tuple(origins)
