"""The editor of a schedule: rows to walk through, one of them to type in, and below what saving would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult

from oncall_tui.domain.errors import Invalid
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, both_ends, line
from oncall_tui.tui.schedules.asking import NewKeys, Say
from oncall_tui.tui.schedules.completing import Completing
from oncall_tui.tui.schedules.editor import edits, sheet
from oncall_tui.tui.schedules.editor.held import HeldDraft
from oncall_tui.tui.schedules.editor.opening import Opened
from oncall_tui.tui.schedules.editor.saving import SavingContainer
from oncall_tui.tui.schedules.editor.sheet import VALUE_AT, Part, Place
from oncall_tui.tui.schedules.foretold import foretold
from oncall_tui.tui.widgets.bars import Bar
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
MOST_BELOW = 7


class Sheet(LineView, can_focus=True):
    """The rows."""

    def on_key(self, event: events.Key) -> None:
        editor = self.parent
        if isinstance(editor, Editor) and editor.take(event, at_rows=True):
            event.stop()
            event.prevent_default()


class Editor(SavingContainer):
    """The rows of a draft, and a field that lies over the one that is typed in."""

    DEFAULT_CSS = """
    Editor { display: none; height: 1fr; layout: vertical; }
    Editor #sheet-below { height: 1; }
    Editor #sheet-field { position: absolute; display: none; }
    Editor.-typing #sheet-field { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._laid_out = (0, 0)

    def compose(self) -> ComposeResult:
        yield Bar(id="sheet-head")
        yield Sheet(id="sheet")
        yield LineView(id="sheet-below")
        yield Completing(id="sheet-field")

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
        self.opened, self.held, self.told = opened, HeldDraft(opened.draft), None
        self.display = True
        self.screen.set_focus(self.sheet, scroll_visible=False)
        self.foresee()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.draw()
        if self.held.draft.seen is None and not self.held.draft.name:
            self.type_here()

    def close(self) -> None:
        """Take it off the screen."""
        self._stop_typing()
        self.display = False

    # Drawing

    def draw(self) -> None:
        """Draw anew; only differences reach the terminal."""
        opened, held = self.opened, self.held
        if opened is None:
            return
        cells, stored = self.sheet.size.width, held.draft.seen
        title = f" Edit {stored.name}" if stored is not None else " New schedule"
        changed = "changed, not saved " if held.is_changed else ""
        head = both_ends(line(Piece(title, Tone.STRONG)), line(Piece(changed, Tone.ACCENT)), cells)
        self.query_one("#sheet-head", Bar).say(head)
        problems = self.told.problems if self.told is not None else ()
        troubled = frozenset(sheet.place_of(path, held.draft) for path, _ in problems)
        sight = sheet.Sight(current=held.at, opened=held.layer, on_now=opened.on_now, troubled=troubled)
        lines = [sheet.row_line(held.draft, place, cells, sight) for place in held.rows]
        below = [EMPTY, *self._below(cells)]
        view = self.query_one("#sheet-below", LineView)
        heights = self._heights(len(lines), len(below))
        if self._laid_out != heights:
            self._laid_out = heights
            self.sheet.styles.height, view.styles.height = heights
            self.call_after_refresh(self.draw)
        self._reveal(held.row, heights[0])
        self.sheet.show(lines)
        view.show(below)
        if self.has_class("-typing"):
            self._put_field()

    def _below(self, cells: int) -> Sequence[Line]:
        told, opened = self.told, self.opened
        if told is None or opened is None:
            return ()
        if told.problems:
            return sheet.problem_lines(told.problems, self.held.draft, self.held.at, MOST_BELOW, cells)
        if not told.ok or told.effects is None:
            return [line(Piece(f" ! {told.text}", Tone.ALARM))]
        if not self.held.is_changed:
            return ()
        return foretold(told.effects, opened.zone, cells)[:MOST_BELOW]

    def _heights(self, rows: int, below: int) -> tuple[int, int]:
        """What saving would do stands right below the rows; where there is no room for both, the rows scroll."""
        return max(1, min(rows, self.size.height - 1 - below)), below

    def _reveal(self, row: int, height: int) -> None:
        if row < self.sheet.top:
            self.sheet.top = row
        elif row >= self.sheet.top + height:
            self.sheet.top = row - height + 1

    def on_resize(self) -> None:
        if self.is_open:
            self.call_after_refresh(self.draw)

    # Walking and changing

    def walk(self, by: int) -> None:
        self.held.walk(by)
        self.draw()

    def remove_here(self) -> None:
        self._show(is_changed=self.held.remove_here())

    def carry(self, by: int) -> None:
        self._show(is_changed=self.held.carry(by))

    def take_back(self) -> None:
        self._show(is_changed=self.held.take_back())

    def add(self) -> None:
        self.held.go_to_new()
        self.draw()
        self.type_here()

    def _show(self, *, is_changed: bool) -> None:
        self.draw()
        if is_changed:
            self.foresee()

    # Typing

    def take(self, event: events.Key, *, at_rows: bool = False) -> bool:
        """A key, in the order in which they came, whichever of rows and field had the focus when it came.

        Bindings are looked up only once a key has travelled to the application and back: of keys that come in one
        burst, as they do over a slow line, the later ones would be read for what the screen was before the earlier.
        """
        if self.has_class("-typing"):
            return self._take_typing(event, at_rows=at_rows)
        act = ROW_KEYS.get(event.key)
        if act is not None:
            act(self)
        return act is not None

    def _take_typing(self, event: events.Key, *, at_rows: bool) -> bool:
        if event.key == "escape":
            self._stop_typing()
        elif event.key == "tab":
            self.field.complete()
        elif event.key == "enter":
            self._entered(self.field.value)
        elif event.key == "ctrl+u":
            self.field.value = ""
        elif not at_rows:
            return False  # the field takes its own letters
        elif event.is_printable and event.character:
            self.field.insert_text_at_cursor(event.character)
        return True

    def type_here(self) -> None:
        opened = self.opened
        if opened is None or self.held.at.part is Part.SHIFTS:
            return
        self._type(opened)

    def _type(self, opened: Opened) -> None:
        """Type in the row under the cursor."""
        words = {Part.PERSON: opened.people, Part.NEW_PERSON: opened.people}
        zones = {Part.ZONE: opened.zones, Part.LAYER_ZONE: opened.zones}
        field = self.field
        field.entered, field.first, field.held = self._entered, self.take, True
        field.know((words | zones).get(self.held.at.part, ()))
        field.placeholder = sheet.HINTS[self.held.at.part]
        field.value = sheet.value(self.held.draft, self.held.at)
        field.cursor_position = len(field.value)
        self.add_class("-typing")
        self._put_field()
        self.screen.set_focus(field, scroll_visible=False)  # at once: `focus` would let the next letter pass
        self.post_message(NewKeys())

    def _put_field(self) -> None:
        """Over its row, wherever that is now."""
        row = self.held.row - self.sheet.top
        self.field.styles.offset = (VALUE_AT, row + 1)
        self.field.styles.width = max(10, self.size.width - VALUE_AT)

    def _entered(self, text: str) -> None:
        opened, at = self.opened, self.held.at
        if opened is None or not self.has_class("-typing"):
            return
        try:
            draft = edits.put(self.held.draft, at, text, opened.new_layer)
        except Invalid as error:
            self.post_message(Say(f"{error.sentence} {error.mend or ''}".strip(), Tone.ALARM))
            return
        if at.part is Part.NEW_LAYER and len(draft.layers) > len(self.held.draft.layers):
            self._show(is_changed=self.held.change(draft, Place(Part.NEW_PERSON, len(draft.layers) - 1)))
            self.type_here()
        elif at.part is Part.NEW_PERSON and text.strip():
            self._show(is_changed=self.held.change(draft))
            self.type_here()  # the next one; an empty line ends it
        else:
            self._stop_typing()
            self._show(is_changed=self.held.change(draft))

    def _stop_typing(self) -> None:
        if self.has_class("-typing"):
            self.remove_class("-typing")
            self.field.held = False
            self.screen.set_focus(self.sheet, scroll_visible=False)
            self.post_message(NewKeys())


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
