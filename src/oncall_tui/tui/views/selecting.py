"""What verbs act on: the rows that were chosen, else the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container

from oncall_tui.tui.outcome import Seen
from oncall_tui.tui.presenters.incidents.placing import Placing
from oncall_tui.tui.widgets.queue_list import QueueList

if TYPE_CHECKING:
    from oncall_tui.ops.reading.rows import IncidentRow


class SelectingContainer(Container):
    """A queue of which rows can be chosen, unless one incident has the whole screen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._placing = Placing()
        self._selected: set[int] = set()

    def draw(self) -> None:
        """Draw what is known."""
        raise NotImplementedError

    @property
    def list(self) -> QueueList:
        """The queue's list."""
        return self.query_one(QueueList)

    @property
    def is_full(self) -> bool:
        """Whether the detail has the whole screen."""
        return self.has_class("-full")

    @property
    def under_cursor(self) -> IncidentRow | None:
        """The row under the cursor."""
        return self._placing.row(self.list.key)

    def seen(self) -> tuple[Seen, ...]:
        """What verbs act on, as it is on the screen now: the selection, else the row under the cursor."""
        if self._selected and not self.is_full:
            rows = [row for row in self._placing.rows if row.number in self._selected]
        else:
            rows = [row] if (row := self.under_cursor) is not None else []
        return tuple(Seen(row.number, row.version, row.state) for row in rows)

    def seen_triggered(self) -> tuple[Seen, ...]:
        """All that are shown and triggered."""
        rows = self._placing.rows
        return tuple(Seen(row.number, row.version, row.state) for row in rows if row.state == "triggered")

    def clear_selection(self) -> None:
        """Select nothing."""
        self._selected.clear()
        self.draw()

    def action_select(self) -> None:
        key = self.list.key
        if isinstance(key, int) and not self.is_full:
            self._selected ^= {key}
            self.draw()
            self.list.action_move(1)

    def action_select_all(self) -> None:
        every = {row.number for row in self._placing.rows}
        self._selected = set() if self._selected == every else every
        self.draw()
