"""Fields that complete a username: the last word of a list, on tab or right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from textual import events
from textual.suggester import Suggester

from oncall_tui.tui.boundary import safe_text
from oncall_tui.tui.widgets.field import Field

_LAST_WORD = re.compile(r"[^,+\s]*$")


def completions(value: str, known: Sequence[str]) -> list[str]:
    """The text with its last word completed to each known one that begins so."""
    match = _LAST_WORD.search(value)
    begun = match.group() if match is not None else ""
    before = value[: len(value) - len(begun)]
    return [before + safe_text(name) for name in known if begun and name.startswith(begun) and name != begun]


def completed(value: str, known: Sequence[str]) -> str | None:
    """The text with its last word completed to the first known one that begins so; None when there is none."""
    return next(iter(completions(value, known)), None)


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
        self._begun = ""  # what stood there before it was completed
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

    def complete(self, *, around: bool = False) -> bool:
        """Take the completion of what stands there; whether there was one. `around`: once more takes the next one."""
        if self.cursor_position < len(self.value):
            return False
        found = completions(self._begun, self._known) if around else []
        if self.value in found:
            taken: str | None = found[(found.index(self.value) + 1) % len(found)]
        else:
            self._begun, taken = self.value, completed(self.value, self._known)
        if taken is None:
            return False
        self.value = taken
        self.cursor_position = len(taken)
        return True
