"""A draft as rows: one a text, the layer under the cursor in full and the others in a line each. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from oncall_tui.tui.presenters.line import Line, Piece, Tone, cell, cut, line, quiet
from oncall_tui.tui.schedules.editor.draft import GAP_TEXT, Draft, DraftLayer

VALUE_AT = 15
"""The column at which values begin."""


class Part(StrEnum):
    """What a row holds; the values are a config file's keys."""

    NAME = "name"
    ZONE = "timezone"
    LAYER = "layer"
    PERSON = "users"
    NEW_PERSON = "new person"
    SHIFTS = "shifts"
    START = "start"
    TURN = "every"
    LENGTH = "length"
    DAYS = "days"
    RESTRICT = "restrict"
    UNTIL = "until"
    LAYER_ZONE = "layer zone"
    PRIORITY = "priority"
    NEW_LAYER = "new layer"


class Place(NamedTuple):
    """Which row it is: of which layer, and which of its people."""

    part: Part
    layer: int = -1
    person: int = -1


LABELS = {
    Part.NAME: "Name",
    Part.ZONE: "Zone",
    Part.PERSON: "People",
    Part.NEW_PERSON: "",
    Part.SHIFTS: "Shifts",
    Part.START: "Start",
    Part.TURN: "Turn",
    Part.LENGTH: "Shift",
    Part.DAYS: "Days",
    Part.RESTRICT: "Windows",
    Part.UNTIL: "Until",
    Part.LAYER_ZONE: "Zone",
    Part.PRIORITY: "Priority",
    Part.NEW_LAYER: "",
}
HINTS = {
    Part.NAME: "a name that policies page",
    Part.ZONE: "Europe/Lisbon",
    Part.LAYER: "its name",
    Part.PERSON: "ana, ana+bo together, - for a planned gap",
    Part.NEW_PERSON: "ana, ana+bo together, - for a planned gap",
    Part.SHIFTS: "oncall schedule shifts adds and deletes them",
    Part.START: "mon 9am, 2026-01-05 09:00",
    Part.TURN: "1w, 1d, 12h, 1mo, cron 0 9 * * MON",
    Part.LENGTH: "8h; empty: the whole turn",
    Part.DAYS: "mon-fri; empty: every day",
    Part.RESTRICT: "mon-fri 20:00-08:00; sat 00:00-24:00",
    Part.UNTIL: "2026-12-24 09:00; empty: no end",
    Part.LAYER_ZONE: "another zone for its handoffs",
    Part.PRIORITY: "a number; the higher wins",
    Part.NEW_LAYER: "its name",
}
EMPTY_WORDS = {
    Part.NAME: "none yet",
    Part.NEW_PERSON: "+ person",
    Part.START: "none yet",
    Part.TURN: "none yet",
    Part.LENGTH: "the whole turn",
    Part.DAYS: "every day",
    Part.RESTRICT: "all day, every day",
    Part.UNTIL: "no end",
    Part.LAYER_ZONE: "the schedule's",
    Part.NEW_LAYER: "+ layer",
}
FIELDS = {
    Part.LAYER: "name",
    Part.START: "start",
    Part.TURN: "turn",
    Part.LENGTH: "length",
    Part.DAYS: "days",
    Part.RESTRICT: "restrict",
    Part.UNTIL: "until",
    Part.LAYER_ZONE: "timezone",
    Part.PRIORITY: "priority",
}
"""Where a layer keeps the text of a row."""
TURNING = (Part.START, Part.TURN, Part.LENGTH, Part.DAYS)
COMMON = (Part.RESTRICT, Part.UNTIL, Part.LAYER_ZONE, Part.PRIORITY)
_PATH = re.compile(r"layers\[(\d+)\](?:\.(\w+))?(?:\[(\d+)\])?")


def places(draft: Draft, opened: int) -> list[Place]:
    """Every row, in order; the layer `opened` in full."""
    rows = [Place(Part.NAME), Place(Part.ZONE)]
    for number, layer in enumerate(draft.layers):
        rows.append(Place(Part.LAYER, number))
        if number != opened:
            continue
        if layer.shifts:
            rows.append(Place(Part.SHIFTS, number))
        else:
            rows += [Place(Part.PERSON, number, person) for person in range(len(layer.people))]
            rows += [Place(Part.NEW_PERSON, number), *(Place(part, number) for part in TURNING)]
        rows += [Place(part, number) for part in COMMON]
    return [*rows, Place(Part.NEW_LAYER)]


def value(draft: Draft, place: Place) -> str:
    """The text of a row, as it is edited."""
    if place.layer < 0:
        return {Part.NAME: draft.name, Part.ZONE: draft.timezone}.get(place.part, "")
    layer = draft.layers[place.layer]
    if place.part is Part.PERSON:
        return layer.people[place.person]
    if place.part is Part.SHIFTS:
        return f"{len(layer.shifts)} fixed"
    return str(getattr(layer, FIELDS[place.part])) if place.part in FIELDS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What rows show besides their text: the current one, the layer in full, whose turn it is, what is wrong."""

    current: Place
    opened: int
    on_now: Mapping[int, str]
    troubled: frozenset[Place]


def row_line(draft: Draft, place: Place, cells: int, sight: Sight) -> Line:
    """One row: what it is, its text, and on the current one how such a text is written."""
    wrong, current = place in sight.troubled, place == sight.current
    mark = Piece(" ! " if wrong else " ▸ " if current else "   ", Tone.ALARM if wrong else Tone.ACCENT)
    label = Piece(cell(_label(place), VALUE_AT - 3).text, Tone.STRONG if place.part is Part.LAYER else Tone.QUIET)
    text = value(draft, place)
    tone = Tone.ALARM if wrong else Tone.STRONG if current else Tone.PLAIN
    shown = Piece(text, tone) if text else quiet(_empty(place))
    pieces = [mark, label, shown]
    if place.part is Part.LAYER and place.layer != sight.opened:
        pieces.append(quiet(f"   {summary(draft.layers[place.layer])}"))
    elif place.part is Part.PERSON and text == GAP_TEXT:
        pieces.append(quiet("   nobody, as planned"))
    elif place.part is Part.PERSON and sight.on_now.get(place.layer) == text:
        pieces.append(Piece("   ● now", Tone.GOOD))
    if current and place.part is not Part.LAYER:
        pieces.append(quiet(f"   {HINTS[place.part]}"))
    return cut(line(*pieces), cells)


def _label(place: Place) -> str:
    if place.part is Part.LAYER:
        return f"Layer {place.layer + 1}"
    words = "" if place.part is Part.PERSON and place.person > 0 else LABELS[place.part]
    return f"  {words}" if place.layer >= 0 else words


def _empty(place: Place) -> str:
    if place.part is Part.PRIORITY:
        return f"{place.layer}, by its place"
    return EMPTY_WORDS.get(place.part, "")


def summary(layer: DraftLayer) -> str:
    """A layer in a line."""
    people = ", ".join(layer.people) or "nobody yet"
    parts = [f"{len(layer.shifts)} fixed shifts"] if layer.shifts else [people, layer.turn]
    return " · ".join(part for part in (*parts, layer.days, layer.restrict) if part)


def place_of(path: str, draft: Draft) -> Place:
    """The row that a problem's path speaks of."""
    match = _PATH.match(path)
    if match is None:
        return Place(Part.ZONE if path.startswith("timezone") else Part.NAME)
    number, key, index = int(match[1]), match[2], match[3]
    if key == "users":
        people = draft.layers[number].people if number < len(draft.layers) else ()
        return Place(Part.PERSON, number, int(index)) if index and people else Place(Part.NEW_PERSON, number)
    if key in ("every", "cron"):
        return Place(Part.TURN, number)
    if key == "timezone":
        return Place(Part.LAYER_ZONE, number)
    known = {part.value: part for part in (*TURNING, *COMMON)}
    return Place(known.get(key or "", Part.LAYER), number)


def problem_lines(problems: Sequence[tuple[str, str]], draft: Draft, at: Place, most: int, cells: int) -> list[Line]:
    """What keeps it from being saved, the row's own first."""
    ordered = sorted(problems, key=lambda one: place_of(one[0], draft) != at)
    lines = [cut(line(Piece(f" ! {sentence}", Tone.ALARM)), cells) for _, sentence in ordered[:most]]
    if len(ordered) > most:
        lines[-1] = cut((*lines[-1], quiet(f"   and {len(ordered) - most} more")), cells)
    return lines
