"""Tab 6: what the last weeks were like."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import insights
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.views.pair import PairView


class InsightsView(PairView):
    """All services together, then each of them; beside it the figures, and how often each person was interrupted."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None

    def update_from(self, snapshot: Snapshot) -> None:
        """Show newer figures."""
        if snapshot.insights is not None:
            self._snapshot = snapshot
            self.draw()

    def draw(self) -> None:
        seen = self._snapshot.insights if self._snapshot is not None else None
        if seen is not None:
            rows = (seen.all, *seen.services) if seen.all.incidents else ()
            self.fill(
                insights.header(self.list.size.width),
                [row.service for row in rows],
                [insights.past_line(row) for row in rows],
                nothing_yet("incidents of these weeks"),
            )

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        seen = self._snapshot.insights if self._snapshot is not None else None
        if seen is None:
            return ()
        row = next((row for row in (seen.all, *seen.services) if row.service == key), None)
        return insights.insights_detail(row, seen, cells) if row is not None else ()
