"""A line to type in: no blinking, and what is pasted is made safe before it becomes text."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from oncall_tui.tui.boundary import safe_text


class Field(Input):
    """A plain one-line input."""

    DEFAULT_CSS = """
    Field { height: 1; border: none; padding: 0; background: ansi_default; color: ansi_default; }
    Field:focus { border: none; background: ansi_default; }
    Field > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    Field > .input--placeholder { color: ansi_default; text-style: dim; }
    """

    def __init__(self, *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(id=id, placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if event.text:
            self.insert_text_at_cursor(safe_text(event.text.splitlines()[0].replace("\t", " ")))
