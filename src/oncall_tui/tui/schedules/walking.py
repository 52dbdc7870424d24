"""The calendar as something to walk in: which schedule, which hour, how near and in whose time."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.when import read_when
from oncall_tui.tui.commands.keys import bound
from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import calendar
from oncall_tui.tui.presenters.calendar import Zoom
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Piece, Tone, line
from oncall_tui.tui.schedules.changes import ChangesContainer
from oncall_tui.tui.schedules.values import Rota
from oncall_tui.tui.widgets.bars import Bar
from oncall_tui.tui.widgets.drawing import drawing
from oncall_tui.tui.widgets.field import Field
from oncall_tui.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Schedule

ZONES = ("", "yours", "")
NOT_YET = Rota()


class Board(LineView, can_focus=True):
    """The calendar."""

    class Resized(Message):
        """It has another size, in which other weeks fit."""

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(self.Resized())


class WalkingContainer(ChangesContainer):
    """A calendar with a cursor on the hour. What lies over it may hold its keys back."""

    DEFAULT_CSS = """
    WalkingContainer #jump-row { height: 1; layout: horizontal; display: none; }
    WalkingContainer #jump-mark { width: 9; }
    WalkingContainer #jump-field { width: 1fr; }
    WalkingContainer.-jumping #jump-row { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("schedule.hour_back", "step(-1,0)"),
        bound("schedule.hour_on", "step(1,0)"),
        bound("anywhere.up", "step(0,-1)"),
        bound("anywhere.down", "step(0,1)"),
        bound("anywhere.page_up", "pages(-1)"),
        bound("anywhere.page_down", "pages(1)"),
        bound("schedule.now", "now", also="home"),
        bound("schedule.previous_schedule", "other(-1)"),
        bound("schedule.next_schedule", "other(1)"),
        bound("schedule.zone", "zone"),
        bound("schedule.nearer", "zoom(1)"),
        bound("schedule.farther", "zoom(-1)"),
        bound("schedule.go", "jump"),
        bound("anywhere.back", "back"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._now: datetime | None = None
        self._cursor: datetime | None = None
        self._follows = True  # the cursor goes with the time until somebody moves it
        self._name: str | None = None
        self._whose = 0
        self._zoom = Zoom.BOTH

    def compose(self) -> ComposeResult:
        with Container(id="jump-row"):
            yield Bar(id="jump-mark")
            yield Field(id="jump-field", placeholder="fri 9am, +2h, tomorrow 18:00, 2026-12-24 09:00")
        yield Board()

    @property
    def board(self) -> Board:
        """The calendar."""
        return self.query_one(Board)

    @property
    def is_covered(self) -> bool:
        """Whether something lies over the calendar and holds its keys back."""
        return self.is_jumping

    @property
    def is_jumping(self) -> bool:
        """Whether a time to go to is being typed."""
        return self.has_class("-jumping")

    @property
    def zoom_shown(self) -> Zoom:
        """How near it is shown, if there is room for that."""
        return self._zoom

    def update_from(self, snapshot: Snapshot, now: datetime) -> None:
        """Show a newer state of things; the cursor stays on its instant and schedule."""
        if snapshot.schedules is None:
            return
        self._snapshot, self._now = snapshot, now
        if self._follows and not self.is_covered:
            self._cursor = now
        if self._name is None and snapshot.schedules:
            mine = {row.schedule for row in snapshot.status.on_call if snapshot.me.username in row.users}
            self._name = next((s.name for s in snapshot.schedules if s.name in mine), snapshot.schedules[0].name)
        self.draw()

    @property
    def _schedules(self) -> tuple[Schedule, ...]:
        return (self._snapshot.schedules if self._snapshot else None) or ()

    @property
    def _rota(self) -> Rota:
        return (self._snapshot.rota if self._snapshot else None) or NOT_YET

    @property
    def _me(self) -> str:
        return (self._snapshot.me.username if self._snapshot else None) or ""

    @property
    def told_zone(self) -> tzinfo:
        found = self._look()
        return found[0].zone if found is not None else ZoneInfo("UTC")

    def _look(self) -> tuple[calendar.Look, tuple[int, int]] | None:
        schedules = self._schedules
        if not schedules or self._cursor is None or self._now is None:
            return None
        place = next((index for index, known in enumerate(schedules) if known.name == self._name), 0)
        chosen = schedules[place]
        names = (chosen.timezone, self._rota.zone, "UTC")
        try:
            zone = ZoneInfo(names[self._whose])
        except (ValueError, OSError, KeyError):  # a broken schedule's zone; the calendar says that it is broken
            zone = ZoneInfo("UTC")
        owner = f", {ZONES[self._whose]}" if ZONES[self._whose] and self._rota.zone != chosen.timezone else ""
        look = calendar.Look(
            chosen,
            self._cursor,
            zone,
            self._now,
            self.zoom_shown,
            schedules,
            self._rota.leave,
            owner,
        )
        return look, (place + 1, len(schedules))

    def draw(self) -> None:
        """Draw anew; only differences reach the terminal."""
        if self._snapshot is None:
            return
        found = self._look()
        if found is None:
            self.board.show(nothing_yet("schedules"))
            return
        self.board.show(calendar.calendar(found[0], self.board.size.width, self.board.size.height, found[1]))

    def on_board_resized(self) -> None:
        with drawing(self):
            self.draw()

    # The cursor

    def _move(self, *, hours: int = 0, days: int = 0) -> None:
        found = self._look()
        if found is not None:
            self._cursor = calendar.moved(found[0].cursor, found[0].zone, hours=hours, days=days)
            self._follows = False
            self.draw()

    def action_step(self, across: int, down: int) -> None:
        if self.zoom_shown is Zoom.MONTH:
            self._move(days=across + 7 * down)
        elif across:
            self._move(hours=across)
        else:
            self._move(days=down)

    def action_pages(self, by: int) -> None:
        self._move(days=by * (28 if self.zoom_shown is Zoom.MONTH else 7))

    def action_now(self) -> None:
        self._cursor, self._follows = self._now, True
        self.draw()

    def action_zone(self) -> None:
        zones = [self.told_zone]
        for _ in range(len(ZONES)):
            self._whose = (self._whose + 1) % len(ZONES)
            if self.told_zone not in zones:
                break
        self.draw()

    def action_zoom(self, by: int) -> None:
        order = list(Zoom)
        self._zoom = order[max(0, min(order.index(self._zoom) + by, len(order) - 1))]
        self.draw()

    def action_other(self, by: int) -> None:
        schedules = self._schedules
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

    def action_jump(self) -> None:
        if self._look() is None:
            return
        self.add_class("-jumping")
        self.query_one("#jump-mark", Bar).say(line(Piece(" / ", Tone.ACCENT), "go to"))
        field = self.query_one("#jump-field", Field)
        field.value = ""
        self.screen.set_focus(field, scroll_visible=False)
        self._other_shape()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        found = self._look()
        if message.input.id != "jump-field" or found is None:
            return
        if message.value.strip():
            try:
                self._cursor = read_when(message.value, found[0].now, found[0].zone)
                self._follows = False
            except Invalid as error:
                self.say(f"{error.sentence} {error.mend or ''}".strip(), Tone.ALARM)
                return
        self._stop_jumping()

    def _stop_jumping(self) -> None:
        self.remove_class("-jumping")
        self.board.focus()
        self._other_shape()

    def _other_shape(self) -> None:
        self.new_keys()
        self.call_after_refresh(self.draw)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Under a form or the editor no key of the calendar works: a letter typed ahead must not change a shift."""
        return action == "back" or not self.is_covered

    async def action_back(self) -> None:
        if self.has_class("-jumping"):
            self._stop_jumping()
        else:
            await self.app.run_action("back")
