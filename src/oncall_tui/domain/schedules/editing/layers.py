"""The layers of a schedule: added, removed, moved, renamed, changed as a whole; the schedule's zone and name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import combinations

from oncall_tui.domain.errors import Invalid, Refused
from oncall_tui.domain.schedules.editing.places import heir, kept_on, layer_place, matched, place_now
from oncall_tui.domain.schedules.values import Layer, Schedule


def add_layer(schedule: Schedule, layer: Layer, *, place: int | None = None) -> Schedule:
    """One layer more, on top unless a place is given. Raises Refused for a name that is there already."""
    _unused(schedule, layer.name)
    at = len(schedule.layers) if place is None else place
    if not 0 <= at <= len(schedule.layers):
        raise Invalid(f"there is no place {at + 1} for a layer", mend=f"give 1 to {len(schedule.layers) + 1}")
    return _ranked(schedule, (*schedule.layers[:at], layer, *schedule.layers[at:]))


def remove_layer(schedule: Schedule, name: str) -> Schedule:
    """The schedule without this layer; which of the others win over which stays. Raises Unknown."""
    place = layer_place(schedule, name)
    return _ranked(schedule, (*schedule.layers[:place], *schedule.layers[place + 1 :]))


def move_layer(schedule: Schedule, name: str, to: int) -> Schedule:
    """The layer stands at the place `to`, counted from 0, the others in their order around it.

    Later ones win, but for layers with a priority of their own: those keep it wherever they stand.
    """
    place = layer_place(schedule, name)
    if not 0 <= to < len(schedule.layers):
        raise Invalid(f"there is no place {to + 1} for a layer", mend=f"give 1 to {len(schedule.layers)}", path="place")
    left = [*schedule.layers[:place], *schedule.layers[place + 1 :]]
    left.insert(to, schedule.layers[place])
    return replace(schedule, layers=tuple(left))


def rename_layer(schedule: Schedule, name: str, to: str) -> Schedule:
    """The same layer by another name. Raises Unknown, or Refused for a name that is there already."""
    place = layer_place(schedule, name)
    if to != name:
        _unused(schedule, to)
    return _put(schedule, place, replace(schedule.layers[place], name=to))


def change_layer(schedule: Schedule, name: str, layer: Layer, *, now: datetime, keep: bool = True) -> Schedule:
    """Another layer in the place of this one: other turns, windows, end, zone, priority, people, or name.

    With `keep`, whoever has the turn at `now` has it under the new turns as well. Raises Unknown, or Refused for a name
    that is there already.
    """
    place = layer_place(schedule, name)
    if layer.name != name:
        _unused(schedule, layer.name)
    before = schedule.layers[place]
    after = _put(schedule, place, layer)
    return _kept(schedule, before, after, place, now) if keep else after


def set_timezone(schedule: Schedule, timezone: str, *, now: datetime, keep: bool = True) -> Schedule:
    """The same wall times in another zone; what stands as an instant (shifts, overrides, ends) does not move."""
    after = replace(schedule, timezone=timezone)
    for place, layer in enumerate(schedule.layers if keep else ()):
        after = _kept(schedule, layer, after, place, now)
    return after


def rename(schedule: Schedule, name: str) -> Schedule:
    """The same schedule by another name."""
    return replace(schedule, name=name)


def _kept(before: Schedule, old: Layer, after: Schedule, place: int, now: datetime) -> Schedule:
    """The new schedule with the layer at this place turned so that the old one's current slot has the turn."""
    new = after.layers[place]
    current = place_now(before, old, now)
    if current is None or old.rotation is None or new.rotation is None:
        return after
    wanted = heir(matched(old.rotation.slots, new.rotation.slots), current, len(old.rotation.slots))
    return _put(after, place, kept_on(after, new, wanted, now))


def _put(schedule: Schedule, place: int, layer: Layer) -> Schedule:
    return replace(schedule, layers=(*schedule.layers[:place], layer, *schedule.layers[place + 1 :]))


def _unused(schedule: Schedule, name: str) -> None:
    if any(layer.name == name for layer in schedule.layers):
        mend = "choose another name"
        raise Refused(f"schedule {schedule.name} has a layer '{name}' already", mend=mend, path="layer")


def _ranked(before: Schedule, layers: tuple[Layer, ...]) -> Schedule:
    """The schedule with these layers; where places alone would change who wins, priorities are written down."""
    after = replace(before, layers=layers)
    ranks = {layer.name: before.priority(place) for place, layer in enumerate(before.layers)}
    stayed = [(ranks[layer.name], after.priority(place)) for place, layer in enumerate(layers) if layer.name in ranks]
    if all(_sign(one[0] - other[0]) == _sign(one[1] - other[1]) for one, other in combinations(stayed, 2)):
        return after
    return replace(
        after,
        layers=tuple(replace(layer, priority=ranks.get(layer.name, layer.priority)) for layer in layers),
    )


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
