"""A list with the detail of its current line: the shape of Users and Policies."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from oncall_tui.tui.commands.keys import bound
from oncall_tui.tui.presenters.line import EMPTY, Line
from oncall_tui.tui.widgets.bars import Bar
from oncall_tui.tui.widgets.drawing import drawing
from oncall_tui.tui.widgets.list import CursorList, Resized, ScrollLines


class PairView(Container):
    """A list, and below or beside it everything about its current line; Enter gives that the whole screen."""

    DEFAULT_CSS = """
    PairView { layout: vertical; height: 1fr; }
    PairView .pair-list { height: 8fr; width: 1fr; layout: vertical; }
    PairView .pair-detail { height: 12fr; width: 1fr; padding-top: 1; layout: vertical; }
    PairView.-full .pair-list { display: none; }
    PairView.-full .pair-detail { height: 1fr; padding-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [bound("anywhere.back", "back")]

    def compose(self) -> ComposeResult:
        with Container(classes="pair-list"):
            yield Bar()
            yield CursorList()
        with Container(classes="pair-detail"):
            yield ScrollLines()

    @property
    def list(self) -> CursorList:
        """The list."""
        return self.query_one(CursorList)

    @property
    def detail(self) -> ScrollLines:
        """The detail."""
        return self.query_one(ScrollLines)

    def fill(self, header: Line, keys: Sequence[Hashable], lines: Sequence[Line], empty: Sequence[Line]) -> None:
        """Show these lines, or why there are none."""
        self.query_one(Bar).say(header if keys else EMPTY)
        self.list.set_keys(keys)
        self.list.show(lines if keys else empty)
        self.draw_detail()

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        """Everything about the line with this key."""
        raise NotImplementedError

    def draw_detail(self) -> None:
        """Show everything about the current line."""
        key = self.list.key
        self.detail.show(() if key is None else self.detail_of(key, self.detail.size.width))

    def on_resized(self, message: Resized) -> None:
        message.stop()
        with drawing(self):
            self.draw()

    def draw(self) -> None:
        """Draw anew for the present size."""
        raise NotImplementedError

    def on_cursor_list_moved(self, message: CursorList.Moved) -> None:
        message.stop()
        self.detail.top = 0
        self.draw_detail()

    def on_cursor_list_opened(self, message: CursorList.Opened) -> None:
        message.stop()
        self.add_class("-full")
        self.detail.focus()

    def action_back(self) -> None:
        if not self.has_class("-full"):
            raise SkipAction  # the application may have something to take back
        self.remove_class("-full")
        self.list.focus()
