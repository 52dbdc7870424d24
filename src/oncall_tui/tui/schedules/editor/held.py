"""A draft while somebody works on it: the row under the cursor, the layer shown in full, and the way back. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from oncall_tui.tui.schedules.editor import edits, sheet
from oncall_tui.tui.schedules.editor.draft import Draft
from oncall_tui.tui.schedules.editor.sheet import Part, Place


class HeldDraft:
    """Each change can be taken back; the cursor stays on its row, or on the one that takes its place."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.layer = 0 if draft.layers else -1
        self.at = Place(Part.LAYER, 0) if draft.seen is not None and draft.layers else Place(Part.NAME)
        self._before: list[Draft] = []

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save, and to take back."""
        return bool(self._before)

    @property
    def rows(self) -> list[Place]:
        """Every row, in order."""
        return sheet.places(self.draft, self.layer)

    @property
    def row(self) -> int:
        """Where the cursor is among the rows."""
        return self.rows.index(self.at)

    def walk(self, by: int) -> None:
        """So many rows on, as far as there are rows."""
        rows = self.rows
        self.go(rows[max(0, min(rows.index(self.at) + by, len(rows) - 1))])

    def go(self, place: Place) -> None:
        """To a row; the layer it belongs to is opened, the one left is closed when another is entered."""
        self.at = place
        if place.layer >= 0:
            self.layer = place.layer
        rows = self.rows
        if self.at not in rows:
            self.at = rows[-1]

    def change(self, draft: Draft, place: Place | None = None) -> bool:
        """This draft now, the cursor on that row; whether it is another than before."""
        if draft == self.draft:
            self.go(place or self.at)
            return False
        self._before.append(self.draft)
        self._hold(draft, place or self.at)
        return True

    def take_back(self) -> bool:
        """As it was before the last change; whether there was one."""
        if not self._before:
            return False
        self._hold(self._before.pop(), self.at)
        return True

    def remove_here(self) -> bool:
        """Without the person or layer of this row, any other row emptied; whether that changes anything."""
        return self.change(edits.removed(self.draft, self.at))

    def carry(self, by: int) -> bool:
        """The person or layer of this row one place further, the cursor with it; whether there is such a place."""
        return self.change(*edits.moved(self.draft, self.at, by))

    def go_to_new(self) -> None:
        """To the row in which one more is typed: a person inside a rotation, else a layer."""
        inside = self.at.layer >= 0 and not self.draft.layers[self.at.layer].shifts
        self.go(Place(Part.NEW_PERSON, self.at.layer) if inside else Place(Part.NEW_LAYER))

    def _hold(self, draft: Draft, place: Place) -> None:
        self.draft = draft
        self.layer = min(self.layer, len(draft.layers) - 1)
        rows = sheet.places(draft, place.layer if place.layer >= 0 else self.layer)
        self.go(place if place in rows else _nearest(place, rows))


def _nearest(place: Place, rows: Sequence[Place]) -> Place:
    """The row that takes the place of one that is gone: the person before it, else its layer, else the first."""
    for wanted in (
        Place(Part.PERSON, place.layer, place.person - 1),
        Place(Part.NEW_PERSON, place.layer),
        Place(Part.LAYER, place.layer),
        Place(Part.LAYER, place.layer - 1),
    ):
        if wanted in rows:
            return wanted
    return rows[0]
