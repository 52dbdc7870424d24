"""All commands in the place of the tab: the help of `?`, and the palette of ctrl+p, where typing finds them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from oncall_tui.ops.verbs import Scope, Verb
from oncall_tui.tui.presenters.commands.help import command_lines, in_help, matching, whole_lines
from oncall_tui.tui.presenters.line import EMPTY, Piece, Tone, line
from oncall_tui.tui.schedules.completing import Completing
from oncall_tui.tui.widgets.bars import Bar
from oncall_tui.tui.widgets.lines import LineView
from oncall_tui.tui.widgets.list import CursorList, Resized

_WALKS = {"down": "action_move", "up": "action_move", "pagedown": "action_page", "pageup": "action_page"}


class CommandRows(CursorList):
    """The commands' lines; the cursor passes over the headings of their scopes."""

    def is_apart(self, key: Hashable) -> bool:
        return key in {*Scope}


class CommandList(Container):
    """The commands; enter runs the one under the cursor, esc closes. It is opaque: nothing under it is dimmed."""

    DEFAULT_CSS = """
    CommandList { display: none; height: 1fr; layout: vertical; }
    CommandList #find-row { height: 1; layout: horizontal; }
    CommandList #find-mark { width: 3; }
    CommandList #find { width: 1fr; }
    CommandList.-reading #find-row { display: none; }
    CommandList #whole { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("slash", "find", "find", show=False),
    ]

    class Chosen(Message):
        """Run this one."""

        def __init__(self, verb: Verb) -> None:
            super().__init__()
            self.verb = verb

    class Left(Message):
        """It was closed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._scope = Scope.ANYWHERE
        self._shown: Sequence[Verb | Scope] = ()
        self._keys_of: Callable[[Verb], Sequence[str]] = lambda verb: verb.keys

    def compose(self) -> ComposeResult:
        with Container(id="find-row"):
            yield Bar(id="find-mark")
            yield Completing(id="find", placeholder="words of a command; enter runs it")
        yield CommandRows(id="commands")
        yield LineView(id="whole")

    @property
    def list(self) -> CursorList:
        """The commands' lines."""
        return self.query_one(CursorList)

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return bool(self.display)

    def open(self, scope: Scope, keys_of: Callable[[Verb], Sequence[str]], *, finding: bool) -> None:
        """Show the commands of this scope and of anywhere: to read, or to find one by its words."""
        self._scope, self._keys_of = scope, keys_of
        self.display = True
        self.set_class(not finding, "-reading")
        self._fill(matching("", scope) if finding else in_help(scope))
        self.list.action_jump(0)
        if finding:
            self.action_find()
        else:
            self.list.focus()

    def close(self) -> None:
        """Take it off the screen."""
        self.display = False

    def action_find(self) -> None:
        self.remove_class("-reading")
        self.query_one("#find-mark", Bar).say(line(Piece(" :", Tone.ACCENT)))
        field = self.query_one("#find", Completing)
        field.value = ""
        field.first = self._walk
        field.entered = lambda _: self.list.action_open()
        field.focus()

    def _walk(self, event: events.Key) -> bool:
        """Keys that move the list while the field has the focus."""
        if event.key not in _WALKS:
            return False
        getattr(self.list, _WALKS[event.key])(-1 if event.key.endswith("up") else 1)
        return True

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._fill(matching(message.value, self._scope))
        self.list.action_jump(0)

    def _fill(self, shown: Sequence[Verb | Scope]) -> None:
        self._shown = shown
        keys: list[Hashable] = [one if isinstance(one, Scope) else one.id for one in shown]
        self.list.set_keys(keys)
        self._draw()

    def _draw(self) -> None:
        self.list.show(tuple(command_lines(self._shown, self.list.size.width, self._keys_of)))
        self._tell_whole()

    def on_resized(self, message: Resized) -> None:
        message.stop()
        self._draw()

    def on_cursor_list_opened(self, message: CursorList.Opened) -> None:
        message.stop()
        chosen = self._shown[self.list.cursor]
        if isinstance(chosen, Verb):
            self.post_message(self.Chosen(chosen))

    def on_cursor_list_moved(self, message: CursorList.Moved) -> None:
        message.stop()
        self._tell_whole()

    def _tell_whole(self) -> None:
        """Below the list the command under the cursor in full: in its line there is not always room."""
        key = self.list.key
        one = next((one for one in self._shown if isinstance(one, Verb) and one.id == key), None)
        lines = whole_lines(one, self.list.size.width) if one is not None else ()
        self.query_one("#whole", LineView).show((EMPTY, *lines))

    def action_leave(self) -> None:
        self.post_message(self.Left())
