"""Tab 7: the house itself: workers, deliveries, rejected posts, notices, the audit."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, tzinfo

from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import system
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.views.pair import PairView


class SystemView(PairView):
    """The house's books, and beside each its entries."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[Snapshot, datetime, tzinfo] | None = None

    def update_from(self, snapshot: Snapshot, now: datetime, zone: tzinfo) -> None:
        """Show a newer state of things."""
        if snapshot.house is not None:
            self._shown = (snapshot, now, zone)
            self.draw()

    def draw(self) -> None:
        if self._shown is not None and (house := self._shown[0].house) is not None:
            books = system.books(house)
            self.fill(
                system.header(self.list.size.width),
                books,
                [system.book_line(book, house, self._shown[1]) for book in books],
                (),
            )

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        if self._shown is None or self._shown[0].house is None:
            return ()
        snapshot, now, zone = self._shown
        return system.book_detail(str(key), snapshot.house, now, zone, cells) if snapshot.house is not None else ()
