"""Tab 2: who is on call when, and why."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import calendar
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.widgets.lines import LineView


class Board(LineView, can_focus=True):
    """The calendar."""


class ScheduleView(Container):
    """One schedule at a time, a cursor on the hour."""

    DEFAULT_CSS = "ScheduleView { layout: vertical; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "hours(-1)", "hour back", show=False),
        Binding("right,l", "hours(1)", "hour on", show=False),
        Binding("up,k", "days(-1)", "day back", show=False),
        Binding("down,j", "days(1)", "day on", show=False),
        Binding("pageup,ctrl+u", "days(-7)", "week back", show=False),
        Binding("pagedown,ctrl+d", "days(7)", "week on", show=False),
        Binding("g,home", "now", "now", show=False),
        Binding("left_square_bracket,p", "other(-1)", "previous schedule", show=False),
        Binding("right_square_bracket,n", "other(1)", "next schedule", show=False),
        Binding("z", "zone", "zone", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._now: datetime | None = None
        self._cursor: datetime | None = None
        self._name: str | None = None
        self._utc = False

    def compose(self) -> ComposeResult:
        yield Board()

    @property
    def board(self) -> Board:
        """The calendar."""
        return self.query_one(Board)

    def update_from(self, snapshot: Snapshot, now: datetime) -> None:
        """Show a newer state of things; the cursor stays on its instant and schedule."""
        if snapshot.schedules is None:
            return
        self._snapshot, self._now = snapshot, now
        if self._cursor is None:
            self._cursor = now
        if self._name is None and snapshot.schedules:
            mine = {row.schedule for row in snapshot.status.on_call if snapshot.me.username in row.users}
            self._name = next((s.name for s in snapshot.schedules if s.name in mine), snapshot.schedules[0].name)
        self.draw()

    def _look(self) -> tuple[calendar.Look, tuple[int, int]] | None:
        schedules = (self._snapshot.schedules if self._snapshot else None) or ()
        if not schedules or self._cursor is None or self._now is None:
            return None
        place = next((index for index, known in enumerate(schedules) if known.name == self._name), 0)
        chosen = schedules[place]
        try:
            zone = ZoneInfo("UTC" if self._utc else chosen.timezone)
        except (ValueError, OSError, KeyError):  # a broken schedule's zone; the calendar says that it is broken
            zone = ZoneInfo("UTC")
        return calendar.Look(chosen, self._cursor, zone, self._now), (place + 1, len(schedules))

    def draw(self) -> None:
        """Draw anew; only differences reach the terminal."""
        if self._snapshot is None:
            return
        found = self._look()
        if found is None:
            self.board.show(nothing_yet("schedules"))
            return
        self.board.show(calendar.calendar(found[0], self.board.size.width, self.board.size.height, found[1]))

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def _move(self, *, hours: int = 0, days: int = 0) -> None:
        found = self._look()
        if found is not None:
            self._cursor = calendar.moved(found[0].cursor, found[0].zone, hours=hours, days=days)
            self.draw()

    def action_hours(self, by: int) -> None:
        self._move(hours=by)

    def action_days(self, by: int) -> None:
        self._move(days=by)

    def action_now(self) -> None:
        self._cursor = self._now
        self.draw()

    def action_zone(self) -> None:
        self._utc = not self._utc
        self.draw()

    def action_other(self, by: int) -> None:
        schedules = (self._snapshot.schedules if self._snapshot else None) or ()
        found = self._look()
        if found is not None:
            self._name = schedules[(found[1][0] - 1 + by) % len(schedules)].name
            self.draw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move(days=1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move(days=-1)
