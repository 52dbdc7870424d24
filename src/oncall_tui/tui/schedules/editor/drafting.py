"""From a stored schedule to a draft, and from a draft to the schedule it describes. Used in the database thread.

What a layer's texts mean is what they would mean in a config file: one reader, one set of refusals.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from oncall_tui.domain.errors import Invalid, InvalidMany, OncallError
from oncall_tui.domain.schedules import Layer, Schedule, editing
from oncall_tui.domain.time.walltime import format_instant, wall, zone
from oncall_tui.domain.time.when import read_when
from oncall_tui.ops.schedules.editing.entries import read_layer
from oncall_tui.tui.schedules.editor.draft import Draft, DraftLayer
from oncall_tui.tui.schedules.editor.typed import days_of, slot_of, turn_of, windows_of


def schedule_of(draft: Draft, now: datetime, *, keep: bool) -> Schedule:
    """The schedule that a draft describes; with `keep` whoever has the turn in a layer now has it afterwards too.

    Raises InvalidMany with everything that can't be read, each with its path (`layers[1].restrict`).
    """
    try:
        zone(draft.timezone)
    except Invalid as error:
        raise InvalidMany([Invalid(error.sentence, mend=error.mend, path="timezone")]) from None
    found: list[OncallError] = []
    layers = [_layer_of(draft, place, now, found) for place in range(len(draft.layers))]
    if found:
        raise InvalidMany(found)
    read = [layer for layer in layers if layer is not None]
    if draft.seen is None:
        return Schedule(name=draft.name, timezone=draft.timezone, layers=tuple(read))
    return editing.rename(_edited(draft, draft.seen, read, now, keep=keep), draft.name)


def _edited(draft: Draft, seen: Schedule, layers: list[Layer], now: datetime, *, keep: bool) -> Schedule:
    """The stored schedule with each layer in its new shape, in the draft's order."""
    after = editing.set_timezone(seen, draft.timezone, now=now, keep=keep)
    kept = {one.origin for one in draft.layers}
    for layer in seen.layers:
        if layer.name not in kept:
            after = editing.remove_layer(after, layer.name)
    ordered = []
    for one, layer in zip(draft.layers, layers, strict=True):
        if not one.origin:
            ordered.append(layer)
            continue
        before = next(each for each in seen.layers if each.name == one.origin)
        # Removing a layer may write priorities down, so that the others win as before: those stay unless typed over.
        if layer.priority == before.priority:
            layer = replace(layer, priority=editing.layer_named(after, one.origin).priority)  # noqa: PLW2901
        alike = editing.change_layer(after, one.origin, replace(layer, name=one.origin), now=now, keep=keep)
        ordered.append(replace(editing.layer_named(alike, one.origin), name=layer.name))
    return replace(after, layers=tuple(ordered))


def _layer_of(draft: Draft, place: int, now: datetime, found: list[OncallError]) -> Layer | None:
    """The layer at a place; what is wrong with it goes to `found`."""
    prefix = f"layers[{place}]"
    layer = draft.layers[place]
    entry = _entry(layer, draft.timezone, now, prefix, found)
    if entry is None:
        return None
    try:
        return read_layer(entry, draft.timezone)
    except InvalidMany as error:
        found += [
            Invalid(part.sentence, mend=part.mend, path=f"{prefix}.{part.path}" if part.path else prefix)
            for part in error.parts
        ]
    return None


def _entry(
    layer: DraftLayer, timezone: str, now: datetime, prefix: str, found: list[OncallError]
) -> dict[str, Any] | None:
    """A layer as a config file has it; None when a text could not be read."""
    before = len(found)
    entry: dict[str, Any] = {"name": layer.name}

    def read(key: str, text: str, reader: Any) -> None:
        if not text.strip():
            return
        try:
            entry[key] = reader(text)
        except Invalid as error:
            found.append(Invalid(error.sentence, mend=error.mend, path=f"{prefix}.{key}"))

    try:
        local = zone(layer.timezone or timezone)
    except Invalid as error:
        found.append(Invalid(error.sentence, mend=error.mend, path=f"{prefix}.timezone"))
        return None
    if layer.shifts:
        entry["shifts"] = [
            {"user": one.user, "start": format_instant(one.start), "end": format_instant(one.end)}
            for one in layer.shifts
        ]
    else:
        entry["users"] = [slot_of(text) for text in layer.people]
        entry |= turn_of(layer.turn)
        read("start", layer.start, lambda text: _wall_text(text, now, local))
        read("length", layer.length, lambda text: text.strip().replace(" ", ""))
        read("days", layer.days, days_of)
    read("restrict", layer.restrict, windows_of)
    read("until", layer.until, lambda text: _wall_text(text, now, zone(timezone)))
    read("timezone", layer.timezone, str.strip)
    read("priority", layer.priority, _number)
    return entry if len(found) == before else None


def _wall_text(text: str, now: datetime, local: ZoneInfo) -> str:
    """A typed time as the wall time of a config file."""
    return wall(read_when(text, now, local), local).replace(microsecond=0).isoformat()


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Invalid(f"{text[:20]!r} is no number.", mend="Write a whole number; the higher wins.") from None
