"""Tab 2: who is on call when, and why; and the keys that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from oncall_tui.tui.commands import keys
from oncall_tui.tui.presenters import calendar
from oncall_tui.tui.presenters.calendar import Zoom
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.schedules import covering
from oncall_tui.tui.schedules.changes import Effects
from oncall_tui.tui.schedules.cover_form import KEYS as FORM_KEYS
from oncall_tui.tui.schedules.cover_form import CoverForm, Opening
from oncall_tui.tui.schedules.editor.draft import Draft
from oncall_tui.tui.schedules.editor.opening import draft_of, new_draft, opened
from oncall_tui.tui.schedules.editor.widget import Editor
from oncall_tui.tui.schedules.values import Changed, Cover, Way
from oncall_tui.tui.schedules.walking import WalkingContainer
from oncall_tui.tui.widgets.bars import Answer

if TYPE_CHECKING:
    from oncall_tui.ops.schedules.overrides import OverrideRow

JUMP_KEYS = (("enter", "go"), ("esc", "back"))


class ScheduleView(WalkingContainer):
    """One schedule at a time, and over or under it the form of an override or the editor."""

    DEFAULT_CSS = """
    ScheduleView { layout: vertical; height: 1fr; }
    ScheduleView.-editing Board { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.bound("schedule.override", "override('take over from all')", only=("o",)),
        keys.bound("schedule.override", "override('swap in for')", only=("w",)),
        keys.bound("schedule.take", "take"),
        keys.bound("schedule.delete_override", "uncover"),
        keys.bound("schedule.undo_change", "undo"),
        keys.bound("schedule.edit", "edit", also="enter"),
        keys.bound("schedule.new_schedule", "create"),
    ]

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield CoverForm()
        yield Editor()
        yield Effects()

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
        """The keys of what lies over the calendar, the most useful first; none when nothing does."""
        if self.editor.is_open:
            return self.editor.keys
        if self.form.is_open:
            return FORM_KEYS
        return JUMP_KEYS if self.is_jumping else ()

    def focus_inside(self) -> None:
        """Take the keys, where they were."""
        if self.editor.is_open:
            self.editor.sheet.focus()
        elif not self.form.is_open:
            self.board.focus()

    @property
    def is_covered(self) -> bool:
        return super().is_covered or self.form.is_open or self.editor.is_open

    @property
    def zoom_shown(self) -> Zoom:
        """Under a form there is room for the timeline alone."""
        return Zoom.WEEK if self.form.is_open and self._zoom in (Zoom.MONTH, Zoom.BOTH) else self._zoom

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
