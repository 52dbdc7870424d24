"""Tab 2: who is on call when, and why; and the keys that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.when import read_when
from oncall_tui.tui import keys
from oncall_tui.tui.model import Snapshot, Tab
from oncall_tui.tui.presenters import calendar
from oncall_tui.tui.presenters.calendar import Zoom
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Piece, Tone, line
from oncall_tui.tui.schedules import covering
from oncall_tui.tui.schedules.changes import ChangesContainer, Effects
from oncall_tui.tui.schedules.cover_form import KEYS as FORM_KEYS
from oncall_tui.tui.schedules.cover_form import CoverForm, Opening
from oncall_tui.tui.schedules.editor.draft import Draft
from oncall_tui.tui.schedules.editor.opening import draft_of, new_draft, opened
from oncall_tui.tui.schedules.editor.widget import Editor
from oncall_tui.tui.schedules.values import Changed, Cover, Rota, Way
from oncall_tui.tui.widgets.bars import Answer, Bar
from oncall_tui.tui.widgets.field import Field
from oncall_tui.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Schedule
    from oncall_tui.ops.schedules.overrides import OverrideRow

ZONES = ("", "yours", "")
JUMP_KEYS = (("enter", "go"), ("esc", "back"))
NOT_YET = Rota()


class Board(LineView, can_focus=True):
    """The calendar."""

    class Resized(Message):
        """It has another size, in which other weeks fit."""

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(self.Resized())


class ScheduleView(ChangesContainer):
    """One schedule at a time, a cursor on the hour."""

    DEFAULT_CSS = """
    ScheduleView { layout: vertical; height: 1fr; }
    ScheduleView #jump-row { height: 1; layout: horizontal; display: none; }
    ScheduleView #jump-mark { width: 9; }
    ScheduleView #jump-field { width: 1fr; }
    ScheduleView.-jumping #jump-row { display: block; }
    ScheduleView.-editing Board { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1,0)", "back", show=False),
        Binding("right,l", "step(1,0)", "on", show=False),
        Binding("up,k", "step(0,-1)", "back", show=False),
        Binding("down,j", "step(0,1)", "on", show=False),
        Binding("pageup,ctrl+u", "pages(-1)", "week back", show=False),
        Binding("pagedown,ctrl+d", "pages(1)", "week on", show=False),
        Binding("g,home", "now", "now", show=False),
        Binding("left_square_bracket,p", "other(-1)", "previous schedule", show=False),
        Binding("right_square_bracket,n", "other(1)", "next schedule", show=False),
        Binding("z", "zone", "zone", show=False),
        Binding("plus,equals_sign", "zoom(1)", "nearer", show=False),
        Binding("minus", "zoom(-1)", "farther", show=False),
        Binding("slash", "jump", "go to a time", show=False),
        Binding("o", "override('take over from all')", "override", show=False),
        Binding("w", "override('swap in for')", "swap", show=False),
        Binding("t", "take", "take this shift", show=False),
        Binding("d", "uncover", "delete the override", show=False),
        Binding("u", "undo", "undo", show=False),
        Binding("E,enter", "edit", "edit", show=False),
        Binding("c", "create", "new schedule", show=False),
        Binding("escape", "back", "back", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._now: datetime | None = None
        self._cursor: datetime | None = None
        self._name: str | None = None
        self._whose = 0
        self._zoom = Zoom.BOTH

    def compose(self) -> ComposeResult:
        with Container(id="jump-row"):
            yield Bar(id="jump-mark")
            yield Field(id="jump-field", placeholder="fri 9am, +2h, tomorrow 18:00, 2026-12-24 09:00")
        yield Board()
        yield CoverForm()
        yield Editor()
        yield Effects()

    @property
    def board(self) -> Board:
        """The calendar."""
        return self.query_one(Board)

    @property
    def form(self) -> CoverForm:
        """The form of an override."""
        return self.query_one(CoverForm)

    @property
    def editor(self) -> Editor:
        """The editor of a schedule."""
        return self.query_one(Editor)

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """The keys that work now, the most useful first."""
        if self.editor.is_open:
            return self.editor.keys
        if self.form.is_open:
            return FORM_KEYS
        return JUMP_KEYS if self.has_class("-jumping") else keys.BY_TAB[Tab.SCHEDULE]

    def focus_inside(self) -> None:
        """Take the keys, where they were."""
        if self.editor.is_open:
            self.editor.sheet.focus()
        elif not self.form.is_open:
            self.board.focus()

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

    # What is looked at

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
            self._zoom_shown,
            schedules,
            self._rota.leave,
            owner,
        )
        return look, (place + 1, len(schedules))

    @property
    def _zoom_shown(self) -> Zoom:
        """Under a form there is room for the timeline alone."""
        return Zoom.WEEK if self.form.is_open and self._zoom in (Zoom.MONTH, Zoom.BOTH) else self._zoom

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
        self.draw()

    # The cursor

    def _move(self, *, hours: int = 0, days: int = 0) -> None:
        found = self._look()
        if found is not None:
            self._cursor = calendar.moved(found[0].cursor, found[0].zone, hours=hours, days=days)
            self.draw()

    def action_step(self, across: int, down: int) -> None:
        if self._zoom_shown is Zoom.MONTH:
            self._move(days=across + 7 * down)
        elif across:
            self._move(hours=across)
        else:
            self._move(days=down)

    def action_pages(self, by: int) -> None:
        self._move(days=by * (28 if self._zoom_shown is Zoom.MONTH else 7))

    def action_now(self) -> None:
        self._cursor = self._now
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
        return action == "back" or not (self.form.is_open or self.editor.is_open or self.has_class("-jumping"))

    async def action_back(self) -> None:
        if self.has_class("-jumping"):
            self._stop_jumping()
        else:
            await self.app.run_action("back")

    # What changes who is on call

    def action_override(self, way: str) -> None:
        found = self._look()
        if found is not None:
            self._open_form(covering.opening_of(found[0], self._rota, self._me, Way(way)))

    def _open_form(self, opening: Opening) -> None:
        self.form.open(opening)
        self._other_shape()

    def on_cover_form_left(self) -> None:
        self.show_effects(())
        self.board.focus()
        self._other_shape()

    def on_cover_form_filled(self, message: CoverForm.Filled) -> None:
        cover = message.cover
        self._foresee_cover(cover, "Make this override?")

    def _foresee_cover(self, cover: Cover, question: str) -> None:
        words = covering.words_of(cover, self.told_zone)
        self.foresee(
            lambda backend: backend.foresee_cover(cover), question, lambda backend: backend.cover(cover), words
        )

    def action_take(self) -> None:
        found = self._look()
        if found is None:
            return
        if not self._me:
            self.say("nobody the team knows would be on call: start oncall with --user", Tone.WARN)
            return
        shifts = covering.takeable(found[0], self._me)
        if not shifts:
            self.say(f"you are on call in {found[0].schedule.name} there already", Tone.QUIET)
        elif len(shifts) == 1:
            self._take(found[0], shifts[0])
        else:
            answers = [Answer(str(n + 1), one.user or "", str(n)) for n, one in enumerate(shifts[:9])]
            look = found[0]
            self.ask("Whose shift do you take?", answers, lambda chosen: self._take(look, shifts[int(chosen)]))

    def _take(self, look: calendar.Look, shift: covering.Takeable) -> None:
        cover = covering.taking(look, shift, self._me)
        if cover is None:
            past = shift.end is not None
            if past:
                self.say("that shift is over", Tone.QUIET)
                return
            # It goes on for more than a year: somebody has to say until when.
            opening = covering.opening_of(look, self._rota, self._me, Way.SWAP)
            self._open_form(replace(opening, replaces=shift.user or ""))
            return
        whose = f"{shift.user}'s shift" if shift.user else "the shift that nobody has"
        self._foresee_cover(cover, f"Take {whose}?")

    def action_uncover(self) -> None:
        found = self._look()
        if found is None:
            return
        rows = covering.overrides_at(found[0], self._rota)
        if not rows:
            self.say("no override stands under the cursor", Tone.QUIET)
        elif len(rows) == 1:
            self._delete_override(rows[0])
        else:
            answers = [Answer(str(n + 1), covering.brief(row.override), str(n)) for n, row in enumerate(rows[:4])]
            self.ask("Delete which override?", answers, lambda chosen: self._delete_override(rows[int(chosen)]))

    def _delete_override(self, row: OverrideRow) -> None:
        number, words = row.number, covering.brief(row.override)
        self.foresee(
            lambda backend: backend.foresee_uncover(number),
            f"Delete the override {words}?",
            lambda backend: backend.uncover(number),
            f"no longer {words}",
        )

    def done(self, changed: Changed) -> None:
        if changed.schedule is not None:
            self._name = changed.schedule.name
        if self.editor.is_open:
            self.on_editor_left()
        elif self.form.is_open:
            self.form.close()
            self.board.focus()
        self._other_shape()

    # Schedules as a whole

    def action_edit(self) -> None:
        found = self._look()
        if found is not None and not self.form.is_open:
            self._edit(draft_of(found[0].schedule))

    def action_create(self) -> None:
        if self._now is not None and not self.form.is_open:
            self._edit(new_draft(self._rota.zone, self._now))

    def _edit(self, draft: Draft) -> None:
        if self._now is None:
            return
        self.add_class("-editing")
        zones = sorted({"UTC", self._rota.zone, *(one.timezone for one in self._schedules)})
        self.editor.open(opened(draft, self._now, people=self._rota.users, zones=zones))
        self.new_keys()

    def on_editor_left(self) -> None:
        self.editor.close()
        self.remove_class("-editing")
        self.board.focus()
        self._other_shape()

    def on_editor_save(self, message: Editor.Save) -> None:
        draft, keep = message.draft, message.keep
        self.change(lambda backend: backend.save_draft(draft, keep=keep))

    def on_editor_delete(self, message: Editor.Delete) -> None:
        draft = message.draft
        self.change(lambda backend: backend.delete_schedule(draft))
