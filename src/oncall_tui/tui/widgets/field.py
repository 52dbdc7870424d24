"""A line to type in: no blinking, and whatever is pasted or put into it is made safe before it becomes text."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.widgets import Input

from oncall_tui.tui.boundary import safe_text

_OWN = {
    key.strip(): binding.action
    for binding in Input.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}
"""The keys that move in and change a line, and what each does."""


class Field(Input):
    """A plain one-line input."""

    DEFAULT_CSS = """
    Field { height: 1; border: none; padding: 0; background: $oncall-back; color: $oncall-text; }
    Field:focus { border: none; background: $oncall-back; }
    Field > .input--cursor { background: $oncall-back; color: $oncall-text; text-style: reverse; }
    Field > .input--placeholder { color: $oncall-text; text-style: dim; }
    """

    def __init__(self, *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(id=id, placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """What was stored before, as a layer's name, may be anything: the framework would write it as it is."""
        return safe_text(value)

    async def _on_key(self, event: events.Key) -> None:
        """Its own keys at once, in the order in which they came.

        The framework looks bindings up only once a key has travelled to the application and back: of a burst, as a slow
        line sends it, all letters would come before the first backspace.
        """
        if event.key not in _OWN:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        await self.run_action(_OWN[event.key])

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if event.text:
            self.insert_text_at_cursor(safe_text(event.text.splitlines()[0].replace("\t", " ")))
