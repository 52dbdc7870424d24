"""Tab 5: services, and who sends to them, what watches them, what is planned."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, tzinfo

from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import services
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.views.pair import PairView


class ServicesView(PairView):
    """Services, and beside each everything that belongs to it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[Snapshot, datetime, tzinfo] | None = None

    def update_from(self, snapshot: Snapshot, now: datetime, zone: tzinfo) -> None:
        """Show a newer state of things."""
        if snapshot.estate is not None:
            self._shown = (snapshot, now, zone)
            self.draw()

    def draw(self) -> None:
        estate = self._shown[0].estate if self._shown is not None else None
        if estate is not None:
            shape = services.columns(estate.services)
            self.fill(
                services.header(shape, self.list.size.width),
                [row.name for row in estate.services],
                [services.service_line(row, shape) for row in estate.services],
                nothing_yet("services"),
            )

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        if self._shown is None or self._shown[0].estate is None:
            return ()
        snapshot, now, zone = self._shown
        estate = snapshot.estate
        row = next((row for row in estate.services if row.name == key), None) if estate is not None else None
        return services.service_detail(row, estate, now, zone, cells) if row is not None and estate is not None else ()
