"""Tab 3: people, how they are reached, and what they are on call in."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime

from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import people
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.views.pair import PairView


class UsersView(PairView):
    """Users and teams."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[Snapshot, datetime] | None = None

    def update_from(self, snapshot: Snapshot, now: datetime) -> None:
        """Show a newer state of things."""
        if snapshot.users is not None:
            self._shown = (snapshot, now)
            self.draw()

    def draw(self) -> None:
        if self._shown is None:
            return
        snapshot = self._shown[0]
        rows = snapshot.users or ()
        self.fill(
            people.header(self.list.size.width),
            [row.username for row in rows],
            [people.user_line(row, snapshot.me.username) for row in rows],
            nothing_yet("users"),
        )

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        if self._shown is None:
            return ()
        snapshot, now = self._shown
        row = next((row for row in snapshot.users or () if row.username == key), None)
        return () if row is None else people.user_detail(row, snapshot.teams, now, cells)
