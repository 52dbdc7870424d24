"""Tab 4: escalation policies and who they reach right now."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import policies
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.views.pair import PairView
from oncall_tui.tui.widgets.list import CursorList

if TYPE_CHECKING:
    from oncall_tui.domain.simulation.foresight import Foresight


class PoliciesView(PairView):
    """Policies, and beside each what an incident that opened now would lead to."""

    class WantsForesight(Message):
        """Another policy is looked at."""

        def __init__(self, policy: str | None) -> None:
            super().__init__()
            self.policy = policy

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None

    def update_from(self, snapshot: Snapshot) -> None:
        """Show a newer state of things."""
        if snapshot.policies is not None:
            self._snapshot = snapshot
            self.draw()

    def draw(self) -> None:
        if self._snapshot is None:
            return
        rows = self._snapshot.policies or ()
        shape = policies.columns(rows)
        self.fill(
            policies.header(shape, self.list.size.width),
            [row.name for row in rows],
            [policies.policy_line(row, shape) for row in rows],
            nothing_yet("policies"),
        )

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        rows = (self._snapshot.policies if self._snapshot else None) or ()
        row = next((row for row in rows if row.name == key), None)
        return () if row is None else policies.policy_detail(row, cells, self._foreseen(row.name))

    def on_cursor_list_moved(self, message: CursorList.Moved) -> None:
        self.post_message(self.WantsForesight(None if message.key is None else str(message.key)))

    def _foreseen(self, name: str) -> Foresight | None:
        """What was looked ahead for this policy; another one's is no use."""
        known = self._snapshot
        return known.foreseen if known is not None and known.wanted.policy == name else None
