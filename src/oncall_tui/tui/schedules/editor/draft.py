"""A schedule while it is edited: texts as somebody types them. Pure; each edit gives a new draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import FixedShift, Schedule

_T = TypeVar("_T")

GAP_TEXT = "-"
"""An empty slot: nobody is on call, as planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLayer:
    """One layer as texts; `origin` is the name it has in the stored schedule, empty for a new one.

    A layer of fixed `shifts` shows them and keeps them: they have verbs of their own.
    """

    name: str
    people: tuple[str, ...] = ()
    start: str = ""
    turn: str = "1w"
    length: str = ""
    days: str = ""
    restrict: str = ""
    until: str = ""
    timezone: str = ""
    priority: str = ""
    shifts: tuple[FixedShift, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A schedule being edited; `seen` is what was stored when the editing began, None for a new one."""

    name: str
    timezone: str
    layers: tuple[DraftLayer, ...] = ()
    seen: Schedule | None = None

    def with_layer(self, place: int, layer: DraftLayer) -> Draft:
        """The layer at this place is now this one."""
        return replace(self, layers=(*self.layers[:place], layer, *self.layers[place + 1 :]))

    def without_layer(self, place: int) -> Draft:
        """The layer at this place is gone."""
        return replace(self, layers=(*self.layers[:place], *self.layers[place + 1 :]))

    def with_new_layer(self, layer: DraftLayer) -> Draft:
        """One more on top."""
        return replace(self, layers=(*self.layers, layer))

    def moved_layer(self, place: int, by: int) -> Draft:
        """The layer stands one place further; the same draft where there is none."""
        return replace(self, layers=_moved(self.layers, place, by))


def moved_person(layer: DraftLayer, place: int, by: int) -> DraftLayer:
    """The slot stands one place further; the same layer where there is none."""
    return replace(layer, people=_moved(layer.people, place, by))


def _moved(of: tuple[_T, ...], place: int, by: int) -> tuple[_T, ...]:
    to = place + by
    if not 0 <= to < len(of):
        return of
    left = [*of[:place], *of[place + 1 :]]
    left.insert(to, of[place])
    return tuple(left)
