"""The participants of a rotation: added, removed, moved, replaced.

With `keep`, whose turn it is at `now` stays the same until the same handoff, and the new order goes on from there; who
has the turn and is removed is followed at once by the next in order. Without it, the list stands as given and the
anchor says whose turn it is. Everything here raises Unknown for a layer that is not there, Refused for fixed shifts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.errors import Invalid, Refused, Unknown
from oncall_tui.domain.schedules.editing.places import Origins, heir, kept_on, layer_place, matched, place_now
from oncall_tui.domain.schedules.values import Layer, Rotation, Schedule, Slot


def add_participant(
    schedule: Schedule, layer: str, slot: Slot, *, now: datetime, place: int | None = None, keep: bool = True
) -> Schedule:
    """One slot more, last in the list unless a place is given: a person, several together, or a planned gap."""
    slots = _rotation(schedule, layer).slots
    at = len(slots) if place is None else place
    if not 0 <= at <= len(slots):
        raise Invalid(f"there is no place {at + 1} in layer {layer}", mend=f"give 1 to {len(slots) + 1}", path="place")
    origins: list[int | None] = list(range(len(slots)))
    origins.insert(at, None)
    return _with(schedule, layer, (*slots[:at], slot, *slots[at:]), tuple(origins), now, keep=keep)


def remove_participant(schedule: Schedule, layer: str, user: str, *, now: datetime, keep: bool = True) -> Schedule:
    """The rotation without this person; a slot that they had alone goes with them. Raises Unknown."""
    slots = _slots_with(schedule, layer, user)
    left = [(place, tuple(one for one in slot if one != user)) for place, slot in enumerate(slots) if slot != (user,)]
    origins = tuple(place for place, _ in left)
    return _with(schedule, layer, tuple(slot for _, slot in left), origins, now, keep=keep)


def remove_slot(schedule: Schedule, layer: str, place: int, *, now: datetime, keep: bool = True) -> Schedule:
    """The rotation without the slot at this place, a planned gap or people."""
    slots = _rotation(schedule, layer).slots
    _know(slots, layer, place)
    origins = tuple(one for one in range(len(slots)) if one != place)
    return _with(schedule, layer, tuple(slots[one] for one in origins), origins, now, keep=keep)


def move_slot(schedule: Schedule, layer: str, place: int, to: int, *, now: datetime, keep: bool = True) -> Schedule:
    """The slot at `place` stands at `to` afterwards, the others in their order around it."""
    slots = _rotation(schedule, layer).slots
    _know(slots, layer, place)
    _know(slots, layer, to)
    origins = [one for one in range(len(slots)) if one != place]
    origins.insert(to, place)
    return _with(schedule, layer, tuple(slots[one] for one in origins), tuple(origins), now, keep=keep)


def replace_participant(schedule: Schedule, layer: str, user: str, by: str) -> Schedule:
    """All of somebody's places go to somebody else, the current turn included; nobody else moves. Raises Unknown."""
    slots = _slots_with(schedule, layer, user)
    return _put(schedule, layer, tuple(_replaced(slot, user, by) for slot in slots))


def set_participants(
    schedule: Schedule, layer: str, slots: tuple[Slot, ...], *, now: datetime, keep: bool = True
) -> Schedule:
    """These slots instead of those that are there. With `keep`, the current one is found again by its people."""
    origins = matched(_rotation(schedule, layer).slots, slots)
    return _with(schedule, layer, slots, origins, now, keep=keep)


def _rotation(schedule: Schedule, layer: str) -> Rotation:
    rotation = schedule.layers[layer_place(schedule, layer)].rotation
    if rotation is None:
        raise Refused(f"layer {layer} has fixed shifts, no rotation", mend="see 'oncall schedule shifts'")
    return rotation


def _slots_with(schedule: Schedule, layer: str, user: str) -> tuple[Slot, ...]:
    slots = _rotation(schedule, layer).slots
    if not any(user in slot for slot in slots):
        there = ", ".join(dict.fromkeys(one for slot in slots for one in slot)) or "nobody"
        raise Unknown(f"{user} is not in layer {layer}", mend=f"there is: {there}", path="user")
    return slots


def _know(slots: tuple[Slot, ...], layer: str, place: int) -> None:
    if not 0 <= place < len(slots):
        raise Invalid(f"there is no place {place + 1} in layer {layer}", mend=f"give 1 to {len(slots)}", path="place")


def _replaced(slot: Slot, user: str, by: str) -> Slot:
    return tuple(dict.fromkeys(by if one == user else one for one in slot))


def _with(
    schedule: Schedule, layer: str, slots: tuple[Slot, ...], origins: Origins, now: datetime, *, keep: bool
) -> Schedule:
    before = schedule.layers[layer_place(schedule, layer)]
    current = place_now(schedule, before, now) if keep else None
    after = _put(schedule, layer, slots)
    if current is None or before.rotation is None:
        return after
    place = heir(origins, current, len(before.rotation.slots))
    return _laid(after, kept_on(after, after.layers[layer_place(after, layer)], place, now))


def _put(schedule: Schedule, layer: str, slots: tuple[Slot, ...]) -> Schedule:
    known = schedule.layers[layer_place(schedule, layer)]
    return _laid(schedule, replace(known, rotation=replace(_rotation(schedule, layer), slots=slots)))


def _laid(schedule: Schedule, layer: Layer) -> Schedule:
    return replace(schedule, layers=tuple(layer if one.name == layer.name else one for one in schedule.layers))
