"""What a view asks of the application: to do something in the database thread, to ask a question, to say a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.message import Message

from oncall_tui.tui.backend import Backend
from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.widgets.bars import Answer


class Do(Message):
    """Do this; `then` hears how it ended, in the thread of the screen. `writes`: only where one may."""

    def __init__(
        self, act: Callable[[Backend], Outcome], then: Callable[[Outcome], None], *, writes: bool = False
    ) -> None:
        super().__init__()
        self.act, self.then, self.writes = act, then, writes


class Ask(Message):
    """Ask this in the last line; `then` gets the value of the answer, `left` is called on none."""

    def __init__(
        self,
        words: str,
        answers: Sequence[Answer],
        then: Callable[[str], None],
        left: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.words, self.answers, self.then, self.left = words, answers, then, left


class Say(Message):
    """Say this in the last line for a while."""

    def __init__(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        super().__init__()
        self.text, self.tone = text, tone


class NewKeys(Message):
    """Other keys work now: the last line is to show them."""
