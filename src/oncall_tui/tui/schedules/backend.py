"""What the Schedule tab asks of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.schedules.values import Changed, Cover, Foretold

if TYPE_CHECKING:
    from oncall_tui.ops.schedules.undoing import Undo
    from oncall_tui.tui.schedules.editor.draft import Draft


class ScheduleBackend(Protocol):
    """Each tells beforehand or does; everything may raise OncallError."""

    def foresee_cover(self, cover: Cover) -> Foretold:
        """What an override would do."""
        ...

    def cover(self, cover: Cover) -> Changed:
        """Make it."""
        ...

    def foresee_uncover(self, number: int) -> Foretold:
        """What deleting an override would do."""
        ...

    def uncover(self, number: int) -> Changed:
        """Delete it."""
        ...

    def foresee_draft(self, draft: Draft, *, keep: bool) -> Foretold:
        """What saving an edited schedule would do; with `keep` whoever is on now stays."""
        ...

    def save_draft(self, draft: Draft, *, keep: bool) -> Changed:
        """Save it, its gaps and double bookings being agreed to."""
        ...

    def delete_schedule(self, draft: Draft) -> Changed:
        """Delete the schedule of this draft."""
        ...

    def undo_schedule(self, change: Undo) -> Outcome:
        """Take a change back."""
        ...
