"""From the options of `schedule edit` to the edited schedule: the layer's people first, then its turns, then layers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.verbs.on_call.layers_said import OFF, entry_said, layer_said, slots_said, zone_said
from oncall_tui.domain.errors import Invalid, Unknown
from oncall_tui.domain.schedules import Schedule, Slot, editing
from oncall_tui.ops.schedules.editing import layer_entry, read_layer

PEOPLE = ("add", "remove", "move", "replaced", "users")
TURNS = ("start", "every", "cron", "length", "days", "restrict", "until", "priority", "layer_timezone")


def edited(seen: Schedule, said: dict[str, Any], now: datetime) -> Schedule:
    """The schedule as the options want it. Raises Unknown, Refused, Invalid, InvalidMany or NotUnderstood."""
    keep = said["now_moves"] == "keep"
    after = seen
    if said["timezone"] is not None:
        after = editing.set_timezone(after, zone_said(said["timezone"], "--timezone"), now=now, keep=keep)
    if any(said[key] for key in (*PEOPLE, "rename_layer")) or any(said[key] not in (None, ()) for key in TURNS):
        layer = _chosen(after, said["chosen"])
        after = _with_people(after, layer, said, now, keep=keep)
        after = _with_turns(after, layer, said, now, keep=keep)
        if said["rename_layer"]:
            after = editing.rename_layer(after, layer, said["rename_layer"])
    for name in said["remove_layer"]:
        after = editing.remove_layer(after, name)
    for text in said["add_layer"]:
        entry = layer_said(text, "--add-layer", after.timezone, now)
        after = editing.add_layer(after, read_layer(entry, after.timezone))
    if said["move_layer"] is not None:
        name, place = said["move_layer"]
        after = editing.move_layer(after, name, place - 1)
    return after if said["rename"] is None else editing.rename(after, said["rename"])


def _chosen(schedule: Schedule, name: str | None) -> str:
    if name is not None:
        return editing.layer_named(schedule, name).name
    rotations = [layer.name for layer in schedule.layers if layer.rotation is not None]
    if len(rotations) == 1:
        return rotations[0]
    there = ", ".join(layer.name for layer in schedule.layers) or "none: add one with --add-layer"
    raise Unknown(f"it is unclear which layer of {schedule.name} is meant", mend=f"say --layer; there is: {there}")


def _with_people(after: Schedule, layer: str, said: dict[str, Any], now: datetime, *, keep: bool) -> Schedule:
    if said["users"] is not None:
        slots = tuple(_slot(one) for one in slots_said(said["users"], "--users"))
        after = editing.set_participants(after, layer, slots, now=now, keep=keep)
    for user, other in said["replaced"]:
        after = editing.replace_participant(after, layer, user, other)
    for text in said["add"]:
        for one in slots_said(text, "--add"):
            after = editing.add_participant(after, layer, _slot(one), now=now, keep=keep)
    for user in said["remove"]:
        after = editing.remove_participant(after, layer, user, now=now, keep=keep)
    if said["move"] is not None:
        user, place = said["move"]
        after = editing.move_slot(after, layer, _place_of(after, layer, user), place - 1, now=now, keep=keep)
    return after


def _slot(written: list[str] | str | None) -> Slot:
    if written is None:
        return ()
    return (written,) if isinstance(written, str) else tuple(written)


def _place_of(schedule: Schedule, layer: str, user: str) -> int:
    rotation = editing.layer_named(schedule, layer).rotation
    places = [place for place, slot in enumerate(rotation.slots if rotation else ()) if user in slot]
    if len(places) == 1:
        return places[0]
    if not places:
        raise Unknown(f"{user} is not in layer {layer}", mend="name somebody who is", path="user")
    mend = "give the whole order with --users"
    raise NotUnderstood([Invalid(f"{user} has {len(places)} places in layer {layer}", mend=mend, path="--move")])


def _with_turns(after: Schedule, name: str, said: dict[str, Any], now: datetime, *, keep: bool) -> Schedule:
    wanted = {"timezone" if key == "layer_timezone" else key: said[key] for key in TURNS if said[key] not in (None, ())}
    if not wanted:
        return after
    gone = {key for key, value in wanted.items() if value in (OFF, (OFF,))}
    # One of the two says when handoffs are: asking for one lets the other go. Both together are refused by the rules.
    if "cron" in wanted and "every" not in wanted:
        gone.add("every")
    if "every" in wanted and "cron" not in wanted:
        gone.add("cron")
    before = editing.layer_named(after, name)
    zone = wanted.get("timezone", before.timezone)
    texts = {key: value for key, value in wanted.items() if key not in gone}
    new = entry_said({**texts, "timezone": None if zone == OFF else zone}, None, after.timezone, now)
    entry = {key: value for key, value in layer_entry(before, after.timezone).items() if key not in gone} | new
    if "timezone" in gone:
        entry.pop("timezone", None)
    return editing.change_layer(after, name, read_layer(entry, after.timezone), now=now, keep=keep)
