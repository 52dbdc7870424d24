"""The editor of a schedule: rows to walk through, one of them to type in, and below what saving would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from oncall_tui.domain.errors import Invalid
from oncall_tui.tui.model import Outcome
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, both_ends, line
from oncall_tui.tui.schedules.asking import Ask, Do, NewKeys, Say
from oncall_tui.tui.schedules.completing import Completing
from oncall_tui.tui.schedules.editor import edits, sheet
from oncall_tui.tui.schedules.editor.draft import Draft, DraftLayer
from oncall_tui.tui.schedules.editor.sheet import VALUE_AT, Part, Place
from oncall_tui.tui.schedules.foretold import foretold
from oncall_tui.tui.schedules.values import Foretold
from oncall_tui.tui.widgets.bars import Answer, Bar
from oncall_tui.tui.widgets.lines import LineView

KEYS = (
    ("enter", "change"),
    ("a", "add"),
    ("d", "remove"),
    ("J K", "move"),
    ("s", "save"),
    ("u", "undo"),
    ("X", "delete schedule"),
    ("esc", "leave"),
)
TYPING_KEYS = (("enter", "keep"), ("tab", "complete"), ("esc", "as it was"))
KEEP = (Answer("y", "yes, go on from there", "keep"), Answer("l", "no, as listed", "listed"))
YES = (Answer("y", "yes", "yes"),)
MOST_BELOW = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the editor begins with; `on_now` is whose turn it is in each layer."""

    draft: Draft
    on_now: dict[int, str]
    people: Sequence[str]
    zones: Sequence[str]
    zone: ZoneInfo
    now: datetime
    new_layer: Callable[[str], DraftLayer]


class Sheet(LineView, can_focus=True):
    """The rows."""

    def on_key(self, event: events.Key) -> None:
        editor = self.parent
        if isinstance(editor, Editor) and editor.take(event):
            event.stop()
            event.prevent_default()


class Editor(Container):
    """Nothing is stored before `s`, what it would do, and a yes."""

    DEFAULT_CSS = """
    Editor { display: none; height: 1fr; layout: vertical; }
    Editor #sheet-below { height: 1; }
    Editor #sheet-field { position: absolute; display: none; }
    Editor.-typing #sheet-field { display: block; }
    """

    class Left(Message):
        """The editor was left."""

    class Save(Message):
        """What this draft does was shown and agreed to."""

        def __init__(self, draft: Draft, *, keep: bool) -> None:
            super().__init__()
            self.draft, self.keep = draft, keep

    class Delete(Message):
        """Delete the schedule of this draft: it was agreed to."""

        def __init__(self, draft: Draft) -> None:
            super().__init__()
            self.draft = draft

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._opened: Opened | None = None
        self._draft = Draft(name="", timezone="UTC")
        self._before: list[Draft] = []
        self._at = Place(Part.NAME)
        self._layer = -1
        self._told: Foretold | None = None
        self._height = 0

    def compose(self) -> ComposeResult:
        yield Bar(id="sheet-head")
        yield Sheet(id="sheet")
        yield LineView(id="sheet-below")
        yield Completing(id="sheet-field")

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return bool(self.display)

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """The keys that work now."""
        return TYPING_KEYS if self.has_class("-typing") else KEYS

    @property
    def sheet(self) -> Sheet:
        """The rows."""
        return self.query_one(Sheet)

    @property
    def field(self) -> Completing:
        """Where a row is typed in."""
        return self.query_one(Completing)

    def open(self, opened: Opened) -> None:
        """Show a draft from its first row."""
        self._opened, self._draft, self._before, self._told = opened, opened.draft, [], None
        self._at = Place(Part.LAYER, 0) if opened.draft.seen and opened.draft.layers else Place(Part.NAME)
        self._layer = 0 if opened.draft.layers else -1
        self.display = True
        self.screen.set_focus(self.sheet, scroll_visible=False)
        self._foresee()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.draw()
        if self._draft.seen is None and not self._draft.name:
            self.type_here()

    def close(self) -> None:
        """Take it off the screen."""
        self._stop_typing()
        self.display = False

    # Drawing

    @property
    def _places(self) -> list[Place]:
        return sheet.places(self._draft, self._layer)

    def draw(self) -> None:
        """Draw anew; only differences reach the terminal."""
        opened = self._opened
        if opened is None:
            return
        cells, rows = self.sheet.size.width, self._places
        stored = self._draft.seen
        title = f" Edit {stored.name}" if stored is not None else " New schedule"
        changed = "changed, not saved " if self._before else ""
        head = both_ends(line(Piece(title, Tone.STRONG)), line(Piece(changed, Tone.ACCENT)), cells)
        self.query_one("#sheet-head", Bar).say(head)
        problems = self._told.problems if self._told is not None else ()
        troubled = frozenset(sheet.place_of(path, self._draft) for path, _ in problems)
        sight = sheet.Sight(current=self._at, opened=self._layer, on_now=opened.on_now, troubled=troubled)
        lines = [sheet.row_line(self._draft, place, cells, sight) for place in rows]
        below = [EMPTY, *self._below(cells)]
        view = self.query_one("#sheet-below", LineView)
        if self._height != len(below):
            self._height = len(below)
            view.styles.height = self._height
            self.call_after_refresh(self.draw)  # the rows have another height now
        self._reveal(rows.index(self._at))
        self.sheet.show(lines)
        view.show(below)
        if self.has_class("-typing"):
            self._put_field()

    def _below(self, cells: int) -> Sequence[Line]:
        told, opened = self._told, self._opened
        if told is None or opened is None:
            return ()
        if told.problems:
            return sheet.problem_lines(told.problems, self._draft, self._at, MOST_BELOW, cells)
        if not told.ok or told.effects is None:
            return [line(Piece(f" ! {told.text}", Tone.ALARM))]
        if not self._before:
            return ()
        return foretold(told.effects, opened.zone, cells)[:MOST_BELOW]

    def _reveal(self, row: int) -> None:
        height = max(1, self.sheet.size.height)
        if row < self.sheet.top:
            self.sheet.top = row
        elif row >= self.sheet.top + height:
            self.sheet.top = row - height + 1

    def on_resize(self) -> None:
        if self.is_open:
            self.call_after_refresh(self.draw)

    # Walking and changing

    def walk(self, by: int) -> None:
        rows = self._places
        self._go(rows[max(0, min(rows.index(self._at) + by, len(rows) - 1))])

    def _go(self, place: Place) -> None:
        """To a row; the layer it belongs to is opened, the one left is closed when another is entered."""
        self._at = place
        if place.layer >= 0:
            self._layer = place.layer
        rows = self._places
        if self._at not in rows:
            self._at = rows[-1]
        self.draw()

    def _change(self, draft: Draft, place: Place | None = None) -> None:
        if draft == self._draft:
            self._go(place or self._at)
            return
        self._before.append(self._draft)
        self._hold(draft, place or self._at)

    def _hold(self, draft: Draft, place: Place) -> None:
        self._draft = draft
        self._layer = min(self._layer, len(draft.layers) - 1)
        rows = sheet.places(draft, place.layer if place.layer >= 0 else self._layer)
        self._go(place if place in rows else _nearest(place, rows))
        self._foresee()

    def remove_here(self) -> None:
        self._change(edits.removed(self._draft, self._at))

    def carry(self, by: int) -> None:
        self._change(*edits.moved(self._draft, self._at, by))

    def take_back(self) -> None:
        if self._before:
            self._hold(self._before.pop(), self._at)

    def add(self) -> None:
        inside = self._at.layer >= 0 and not self._draft.layers[self._at.layer].shifts
        self._go(Place(Part.NEW_PERSON, self._at.layer) if inside else Place(Part.NEW_LAYER))
        self.type_here()

    def take(self, event: events.Key) -> bool:
        """A key, in the order in which they came, whichever of rows and field had the focus then.

        Bindings are looked up only once a key has travelled to the application and back: of keys that come in one
        burst, as they do over a slow line, the later ones would be read for what the screen was before the earlier.
        """
        if self.has_class("-typing"):
            return self._take_typing(event)
        act = ROW_KEYS.get(event.key)
        if act is not None:
            act(self)
        return act is not None

    def _take_typing(self, event: events.Key) -> bool:
        if event.key == "escape":
            self._stop_typing()
        elif event.key == "tab":
            self.field.complete()
        elif event.key == "enter":
            self._entered(self.field.value)
        elif event.key == "ctrl+u":
            self.field.value = ""
        elif self.app.focused is self.field:
            return False
        elif event.is_printable and event.character:
            self.field.insert_text_at_cursor(event.character)
        return True

    def type_here(self) -> None:
        opened = self._opened
        if opened is None or self._at.part is Part.SHIFTS:
            return
        self._type(opened)

    def _type(self, opened: Opened) -> None:
        """Type in the row under the cursor."""
        words = {Part.PERSON: opened.people, Part.NEW_PERSON: opened.people}
        zones = {Part.ZONE: opened.zones, Part.LAYER_ZONE: opened.zones}
        field = self.field
        field.entered, field.first, field.held = self._entered, self.take, True
        field.know((words | zones).get(self._at.part, ()))
        field.placeholder = sheet.HINTS[self._at.part]
        field.value = sheet.value(self._draft, self._at)
        field.cursor_position = len(field.value)
        self.add_class("-typing")
        self._put_field()
        self.screen.set_focus(field, scroll_visible=False)  # at once: `focus` would let the next letter pass
        self.post_message(NewKeys())

    def _put_field(self) -> None:
        """Over its row, wherever that is now."""
        row = self._places.index(self._at) - self.sheet.top
        self.field.styles.offset = (VALUE_AT, row + 1)
        self.field.styles.width = max(10, self.size.width - VALUE_AT)

    def _entered(self, text: str) -> None:
        opened, at = self._opened, self._at
        if opened is None or not self.has_class("-typing"):
            return
        try:
            draft = edits.put(self._draft, at, text, opened.new_layer)
        except Invalid as error:
            self.post_message(Say(f"{error.sentence} {error.mend or ''}".strip(), Tone.ALARM))
            return
        if at.part is Part.NEW_LAYER and len(draft.layers) > len(self._draft.layers):
            self._change(draft, Place(Part.NEW_PERSON, len(draft.layers) - 1))
            self.type_here()
        elif at.part is Part.NEW_PERSON and text.strip():
            self._change(draft)
            self.type_here()  # the next one; an empty line ends it
        else:
            self._stop_typing()
            self._change(draft)

    def _stop_typing(self) -> None:
        if self.has_class("-typing"):
            self.remove_class("-typing")
            self.field.held = False
            self.screen.set_focus(self.sheet, scroll_visible=False)
            self.post_message(NewKeys())

    # What it would do, saving, leaving

    def _foresee(self) -> None:
        draft = self._draft

        def heard(outcome: Outcome) -> None:
            if draft is not self._draft or not self.is_open:
                return
            self._told = outcome if isinstance(outcome, Foretold) else Foretold(outcome.text, ok=outcome.ok)
            self.draw()

        self.post_message(Do(lambda backend: backend.foresee_draft(draft, keep=True), heard))

    def save(self) -> None:
        opened = self._opened
        if opened is None:
            return
        if not self._before and self._draft.seen is not None:
            self.post_message(Say("nothing is changed", Tone.QUIET))
        elif self._draft.seen is not None and edits.order_changed(self._draft, opened.draft):
            words = "Keep whose turn it is now?"
            self.post_message(Ask(words, KEEP, lambda answer: self._ask(keep=answer == "keep")))
        else:
            self._ask(keep=True)

    def _ask(self, *, keep: bool) -> None:
        draft = self._draft

        def heard(outcome: Outcome) -> None:
            if draft is not self._draft or not self.is_open:
                return
            self._told = outcome if isinstance(outcome, Foretold) else Foretold(outcome.text, ok=outcome.ok)
            self.draw()
            if self._told.problems or not self._told.ok or self._told.effects is None:
                if self._told.problems:
                    self._go(sheet.place_of(self._told.problems[0][0], draft))
                self.post_message(Say(f"not saved: {outcome.text}", Tone.ALARM))
                return
            flaws = bool(self._told.effects.gaps or self._told.effects.double)
            question = "Save it all the same, with what stands in red and yellow?" if flaws else "Save it?"
            self.post_message(Ask(question, YES, lambda _: self._tell(self.Save(draft, keep=keep))))

        self.post_message(Do(lambda backend: backend.foresee_draft(draft, keep=keep), heard, writes=True))

    def _tell(self, message: Message) -> None:
        self.post_message(message)

    def delete_schedule(self) -> None:
        draft = self._draft
        if draft.seen is not None:
            words = f"Delete schedule {draft.seen.name}, its layers and its overrides?"
            self.post_message(Ask(words, YES, lambda _: self._tell(self.Delete(draft))))

    def leave(self) -> None:
        if self._before:
            self.post_message(Ask("Leave without saving?", YES, lambda _: self._tell(self.Left())))
        else:
            self.post_message(self.Left())


ROW_KEYS: dict[str, Callable[[Editor], None]] = {
    **dict.fromkeys(("up", "k"), lambda editor: editor.walk(-1)),
    **dict.fromkeys(("down", "j"), lambda editor: editor.walk(1)),
    **dict.fromkeys(("pageup", "ctrl+u"), lambda editor: editor.walk(-8)),
    **dict.fromkeys(("pagedown", "ctrl+d"), lambda editor: editor.walk(8)),
    **dict.fromkeys(("g", "home"), lambda editor: editor.walk(-1000)),
    **dict.fromkeys(("G", "end"), lambda editor: editor.walk(1000)),
    **dict.fromkeys(("J", "shift+down"), lambda editor: editor.carry(1)),
    **dict.fromkeys(("K", "shift+up"), lambda editor: editor.carry(-1)),
    **dict.fromkeys(("d", "delete"), Editor.remove_here),
    **dict.fromkeys(("escape", "q"), Editor.leave),
    "enter": Editor.type_here,
    "a": Editor.add,
    "u": Editor.take_back,
    "s": Editor.save,
    "X": Editor.delete_schedule,
}


def _nearest(place: Place, rows: Sequence[Place]) -> Place:
    """The row that takes the place of one that is gone: the person before it, else its layer, else the first."""
    for wanted in (
        Place(Part.PERSON, place.layer, place.person - 1),
        Place(Part.NEW_PERSON, place.layer),
        Place(Part.LAYER, place.layer),
        Place(Part.LAYER, place.layer - 1),
    ):
        if wanted in rows:
            return wanted
    return rows[0]
