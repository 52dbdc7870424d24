"""A line to type the code in that a contact was sent."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message

from oncall_tui.tui.presenters.line import Piece, Tone, line
from oncall_tui.tui.widgets.bars import Bar
from oncall_tui.tui.widgets.field import Field


class CodeEntry(Container):
    """In the place of the key line: enter checks the code, esc leaves."""

    DEFAULT_CSS = """
    CodeEntry { display: none; height: 1; layout: horizontal; }
    CodeEntry Bar { width: 40; }
    CodeEntry Field { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False)]

    class Typed(Message):
        """A code was typed for this contact."""

        def __init__(self, user: str, contact: str, code: str) -> None:
            super().__init__()
            self.user, self.contact, self.code = user, contact, code

    class Left(Message):
        """The line is closed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._of = ("", "")

    def compose(self) -> ComposeResult:
        yield Bar()
        yield Field(placeholder="six digits, then enter")

    def open(self, user: str, contact: str) -> None:
        """Ask for the code of this contact."""
        self._of = (user, contact)
        self.display = True
        self.query_one(Bar).say(line(Piece(f" Code that {user}, {contact} got: ", Tone.STRONG)))
        field = self.query_one(Field)
        field.value = ""
        field.focus()

    def on_input_submitted(self, message: Field.Submitted) -> None:
        message.stop()
        code = message.value.strip()
        if code:
            self.post_message(self.Typed(*self._of, code))
            self.action_leave()

    def action_leave(self) -> None:
        self.display = False
        self.post_message(self.Left())
