"""Tab 4: escalation policies and who they reach right now."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import policies
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.views.pair import PairView


class PoliciesView(PairView):
    """Policies."""

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
        self.fill(
            policies.header(self.list.size.width),
            [row.name for row in rows],
            [policies.policy_line(row) for row in rows],
            nothing_yet("policies"),
        )

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        rows = (self._snapshot.policies if self._snapshot else None) or ()
        row = next((row for row in rows if row.name == key), None)
        return () if row is None else policies.policy_detail(row, cells)
