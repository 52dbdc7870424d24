"""A list with a cursor: keys, mouse, and an anchor that refreshes can't move."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from oncall_tui.tui.commands.keys import bound
from oncall_tui.tui.widgets.lines import LineView


class Resized(Message):
    """A list has other room than before: what was cut to fit it has to be cut anew."""


class CursorList(LineView, can_focus=True):
    """Lines known by a key each; the cursor stays on its key whatever is refreshed around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("anywhere.down", "move(1)"),
        bound("anywhere.up", "move(-1)"),
        bound("anywhere.page_down", "page(1)"),
        bound("anywhere.page_up", "page(-1)"),
        bound("anywhere.top", "jump(0)"),
        bound("anywhere.bottom", "jump(-1)"),
        bound("anywhere.open", "open"),
    ]
    WHEEL_LINES = 3

    class Moved(Message):
        """The cursor stands on another line."""

        def __init__(self, sender: CursorList, key: Hashable | None) -> None:
            super().__init__()
            self.sender, self.key = sender, key

        @property
        def control(self) -> CursorList:
            """The list."""
            return self.sender

    class Opened(Message):
        """Enter or a double click on a line."""

        def __init__(self, sender: CursorList, key: Hashable) -> None:
            super().__init__()
            self.sender, self.key = sender, key

        @property
        def control(self) -> CursorList:
            """The list."""
            return self.sender

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: Sequence[Hashable] = ()
        self.cursor = 0

    @property
    def key(self) -> Hashable | None:
        """The key under the cursor; None when the list is empty."""
        return self._keys[self.cursor] if self.cursor < len(self._keys) else None

    def is_apart(self, key: Hashable) -> bool:  # noqa: ARG002 - lists with headings use it
        """Whether the cursor passes over the line with this key."""
        return False

    def _standing(self, place: int, way: int) -> int:
        """The line nearest to this one that the cursor may stand on: that way first, then the other."""
        for step in (way, -way):
            at = place
            while 0 <= at < len(self._keys):
                if not self.is_apart(self._keys[at]):
                    return at
                at += step
        return place

    def set_keys(self, keys: Sequence[Hashable]) -> None:
        """The lines' keys, in order, before `show_from`: the cursor follows its key, else keeps its place."""
        held = self.key
        self._keys = keys
        if held is not None and held != self.key:
            place = next((index for index, key in enumerate(keys) if key == held), None)
            if place is not None:
                self.top += place - self.cursor  # the line keeps its height on the screen too
                self.cursor = place
        self.cursor = self._standing(max(0, min(self.cursor, len(keys) - 1)), 1)
        if self.key != held:
            self.post_message(self.Moved(self, self.key))

    def is_under_cursor(self, index: int) -> bool:
        return index == self.cursor and index < len(self._keys)

    def move_to(self, index: int) -> None:
        """Put the cursor on a line, as near as there is one, and show it."""
        place = self._standing(max(0, min(index, len(self._keys) - 1)), 1 if index >= self.cursor else -1)
        if place == self.cursor:
            return
        self.cursor = place
        self._reveal()
        self.repaint()
        self.post_message(self.Moved(self, self.key))

    def _reveal(self) -> None:
        height = max(1, self.size.height)
        # Jump half a page at the edge: scrolling repaints everything, so it should not happen on each key.
        first = self.cursor - 1 if self.cursor and self.is_apart(self._keys[self.cursor - 1]) else self.cursor
        if first < self.top:
            self.top = max(0, self.cursor - height // 2)
        elif self.cursor >= self.top + height:
            self.top = self.cursor - height // 2

    def on_resize(self) -> None:
        self._reveal()
        super().on_resize()
        self.post_message(Resized())

    def action_move(self, by: int) -> None:
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.move_to(self.cursor + by * max(1, self.size.height - 1))

    def action_jump(self, index: int) -> None:
        self.move_to(index if index >= 0 else len(self._keys) - 1)

    def action_open(self) -> None:
        if self.key is not None:
            self.post_message(self.Opened(self, self.key))

    def on_click(self, event: events.Click) -> None:
        index = self.top + event.y
        if index >= len(self._keys):
            return
        self.move_to(index)
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(self.WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-self.WHEEL_LINES)


class ScrollLines(LineView, can_focus=True):
    """Lines to read: keys move the window."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("anywhere.down", "scroll(1)"),
        bound("anywhere.up", "scroll(-1)"),
        bound("anywhere.page_down", "scroll_page(1)"),
        bound("anywhere.page_up", "scroll_page(-1)"),
        bound("anywhere.top", "scroll(-1000000)"),
        bound("anywhere.bottom", "scroll(1000000)"),
    ]

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(Resized())

    def action_scroll(self, by: int) -> None:
        self.scroll_lines(by)

    def action_scroll_page(self, by: int) -> None:
        self.scroll_lines(by * max(1, self.size.height - 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(CursorList.WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-CursorList.WHEEL_LINES)
