"""The Schedule tab's part of the frozen backend: it notes what is asked, and tells what a test gives it."""

from __future__ import annotations

from datetime import UTC, datetime

from oncall_tui.domain.schedules.preview import Stretch
from oncall_tui.ops.schedules.undoing import Undo
from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.schedules.editor.draft import Draft
from oncall_tui.tui.schedules.values import Changed, Cover, Effects, Foretold

SATURDAY = datetime(2026, 3, 7, 9, tzinfo=UTC)
MOVES = Effects(
    gained=(Stretch("bo", SATURDAY, SATURDAY.replace(hour=11)),),
    lost=(Stretch("ana", SATURDAY, SATURDAY.replace(hour=11)),),
)


class FrozenSchedules:
    """Every change is foretold as MOVES, unless `refused` says why it can't be made."""

    acts: list[tuple[object, ...]]
    refused: str = ""

    def foresee_cover(self, cover: Cover) -> Foretold:
        self.acts.append(("foresee_cover", cover))
        return self._foretold()

    def cover(self, cover: Cover) -> Changed:
        self.acts.append(("cover", cover))
        return Changed("payments-primary: changed", undo=Undo(schedule=cover.schedule, at=SATURDAY, number=7))

    def foresee_uncover(self, number: int) -> Foretold:
        self.acts.append(("foresee_uncover", number))
        return self._foretold()

    def uncover(self, number: int) -> Changed:
        self.acts.append(("uncover", number))
        return Changed("payments-primary: no longer", undo=Undo(schedule="payments-primary", at=SATURDAY))

    def foresee_draft(self, draft: Draft, *, keep: bool) -> Foretold:
        self.acts.append(("foresee_draft", draft, keep))
        return self._foretold()

    def save_draft(self, draft: Draft, *, keep: bool) -> Changed:
        self.acts.append(("save_draft", draft, keep))
        return Changed(f"schedule {draft.name} is saved", undo=Undo(schedule=draft.name, at=SATURDAY))

    def delete_schedule(self, draft: Draft) -> Changed:
        self.acts.append(("delete_schedule", draft.name))
        return Changed(f"schedule {draft.name} is deleted")

    def undo_schedule(self, change: Undo) -> Outcome:
        self.acts.append(("undo_schedule", change))
        return Outcome("undone")

    def _foretold(self) -> Foretold:
        if self.refused:
            return Foretold(self.refused, ok=False, problems=(("layers[0].restrict", self.refused),))
        return Foretold("", effects=MOVES)
