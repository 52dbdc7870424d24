"""The line over the queue: what is asked for and how many there are, or the field to ask for something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message

from oncall_tui.tui.presenters.line import Line, Piece, Tone, both_ends, line
from oncall_tui.tui.widgets.bars import Bar

if TYPE_CHECKING:
    from textual.widgets import Input

    from oncall_tui.tui.schedules.completing import Completing


class FilterBar(Bar):
    """The line while it is read. It is drawn anew with the room that it has: after typing it has none at first."""

    _ends: tuple[Line, Line] | None = None

    def say_both(self, left: Line, right: Line) -> None:
        """Show something at each end."""
        self._ends = (left, right)
        self.say(both_ends(left, right, self.size.width))

    def on_resize(self) -> None:
        super().on_resize()
        if self._ends is not None:
            self.say_both(*self._ends)


class FilterRow(Container):
    """One line: read, or typed in."""

    DEFAULT_CSS = """
    FilterRow { height: 1; layout: horizontal; }
    FilterRow #filter-field { display: none; width: 1fr; }
    FilterRow #filter-mark { width: 3; display: none; }
    FilterRow.-typing #filter-field { display: block; }
    FilterRow.-typing #filter-mark { display: block; }
    FilterRow.-typing #filter-bar { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete", show=False)]

    class Entered(Message):
        """Another filter was typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words: Callable[[], Sequence[str]] = tuple
        self._field: Completing | None = None  # made when somebody types

    def compose(self) -> ComposeResult:
        yield FilterBar(id="filter-bar")
        yield Bar(id="filter-mark")

    @property
    def is_typing(self) -> bool:
        """Whether the field is there."""
        return self.has_class("-typing")

    def say(self, left: Line, right: Line) -> None:
        """What is asked for, and what was found."""
        self.query_one(FilterBar).say_both(left, right)

    async def begin(self, text: str) -> None:
        """Type on from this text."""
        field = self._field
        if field is None:
            from oncall_tui.tui.schedules.completing import Completing

            field = self._field = Completing(id="filter-field")
            await self.mount(field)
        self.add_class("-typing")
        self.query_one("#filter-mark", Bar).say(line(Piece(" /", Tone.ACCENT)))
        field.know(self.words())
        field.value = text + (" " if text else "")
        field.cursor_position = len(field.value)
        field.focus()

    def end(self) -> None:
        """Close the field."""
        self.remove_class("-typing")

    def action_complete(self) -> None:
        if self._field is not None:
            self._field.complete(around=True)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Entered(message.value.strip()))
