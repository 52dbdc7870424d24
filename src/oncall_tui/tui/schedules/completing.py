"""Fields that complete a username: the last word of a list, on tab or right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from textual import events
from textual.suggester import Suggester

from oncall_tui.tui.boundary import safe_text
from oncall_tui.tui.widgets.field import Field

_LAST_WORD = re.compile(r"[^,+\s]*$")


def completed(value: str, known: Sequence[str]) -> str | None:
    """The text with its last word completed to the first known one that begins so; None when there is none."""
    match = _LAST_WORD.search(value)
    begun = match.group() if match is not None else ""
    if not begun:
        return None
    found = next((name for name in known if name.startswith(begun) and name != begun), None)
    return value[: len(value) - len(begun)] + safe_text(found) if found is not None else None


class _LastWord(Suggester):
    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        return completed(value, self._known)


class Completing(Field):
    """A field that knows words; without any it is a plain one."""

    DEFAULT_CSS = """
    Completing > .input--suggestion { background: $oncall-back; color: $oncall-text; text-style: dim; }
    """

    def __init__(self, *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(id=id, placeholder=placeholder)
        self._known: Sequence[str] = ()
        self.entered: Callable[[str], None] | None = None
        self.held = False
        self.first: Callable[[events.Key], bool] | None = None

    def _on_hide(self, event: events.Hide) -> None:
        """Hidden and shown again at once, the news of the first comes after the second: it must not take the focus."""
        if self.held:
            event.prevent_default()

    async def _on_key(self, event: events.Key) -> None:
        """Who set `first` sees each key before the field does, and may take it."""
        if self.first is not None and self.first(event):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    async def action_submit(self) -> None:
        """Enter. Who set `entered` hears it before the next key is read: letters typed ahead find the right field."""
        if self.entered is None:
            await super().action_submit()
        else:
            self.entered(self.value)

    def know(self, words: Sequence[str]) -> None:
        """Complete these."""
        self._known = words
        self.suggester = _LastWord(words) if words else None

    def complete(self) -> bool:
        """Take the completion of what stands there; whether there was one."""
        found = completed(self.value, self._known)
        if found is None or self.cursor_position < len(self.value):
            return False
        self.value = found
        self.cursor_position = len(found)
        return True
