"""A typed text put into a draft, rows removed and moved. Pure: each gives a new draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from oncall_tui.domain.errors import Invalid
from oncall_tui.tui.schedules.editor.draft import GAP_TEXT, Draft, DraftLayer, moved_person
from oncall_tui.tui.schedules.editor.sheet import FIELDS, Part, Place
from oncall_tui.tui.schedules.editor.typed import slot_of, slot_text


def put(draft: Draft, place: Place, text: str, new_layer: Callable[[str], DraftLayer]) -> Draft:
    """The draft with this text in this row; in a `+` row one more. Raises Invalid for a text that no row can hold."""
    words = " ".join(text.split())
    if place.layer < 0:
        return _put_above(draft, place, words, new_layer)
    layer = draft.layers[place.layer]
    if place.part in (Part.PERSON, Part.NEW_PERSON):
        slots = tuple(_slot(each) for each in words.split(",") if each.strip())
        first = place.person if place.part is Part.PERSON else len(layer.people)
        people = (*layer.people[:first], *slots, *layer.people[first + 1 :])
        return draft.with_layer(place.layer, replace(layer, people=people))
    if place.part is Part.LAYER and words != layer.name:
        _refuse_twin(draft, words)
    if place.part not in FIELDS or (place.part is Part.LAYER and not words):
        return draft
    fields: dict[str, Any] = {FIELDS[place.part]: words}
    return draft.with_layer(place.layer, replace(layer, **fields))


def _put_above(draft: Draft, place: Place, words: str, new_layer: Callable[[str], DraftLayer]) -> Draft:
    if place.part is Part.NAME:
        return replace(draft, name=words)
    if place.part is Part.ZONE:
        return replace(draft, timezone=words)
    _refuse_twin(draft, words)
    return draft.with_new_layer(new_layer(words)) if words else draft


def removed(draft: Draft, place: Place) -> Draft:
    """The draft without this person or layer; any other row is emptied."""
    match place.part:
        case Part.LAYER:
            return draft.without_layer(place.layer)
        case Part.PERSON:
            layer = draft.layers[place.layer]
            people = (*layer.people[: place.person], *layer.people[place.person + 1 :])
            return draft.with_layer(place.layer, replace(layer, people=people))
        case Part.LENGTH | Part.DAYS | Part.RESTRICT | Part.UNTIL | Part.LAYER_ZONE | Part.PRIORITY:
            return put(draft, place, "", lambda name: DraftLayer(name=name))
    return draft


def moved(draft: Draft, place: Place, by: int) -> tuple[Draft, Place]:
    """The person or the layer one place further, and where its row is then; nothing else moves."""
    if place.part is Part.LAYER:
        to = place.layer + by
        return (draft.moved_layer(place.layer, by), Place(Part.LAYER, to)) if _is(to, draft.layers) else (draft, place)
    if place.part is Part.PERSON:
        layer, to = draft.layers[place.layer], place.person + by
        if _is(to, layer.people):
            return draft.with_layer(place.layer, moved_person(layer, place.person, by)), place._replace(person=to)
    return draft, place


def order_changed(draft: Draft, opened: Draft) -> bool:
    """Whether the people of a layer that was there stand in another order, or are others."""
    before = {layer.origin: layer.people for layer in opened.layers}
    return any(layer.origin and before.get(layer.origin) != layer.people for layer in draft.layers)


def _is(place: int, of: tuple[object, ...]) -> bool:
    return 0 <= place < len(of)


def _slot(text: str) -> str:
    people = slot_of(text)
    return slot_text(people) if people else GAP_TEXT


def _refuse_twin(draft: Draft, name: str) -> None:
    if any(layer.name == name for layer in draft.layers):
        raise Invalid(f"there is a layer '{name}' already.", mend="Choose another name.")
