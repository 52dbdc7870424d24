"""Bars of one line: the top line, the tabs, the banner, the keys, and the questions asked in their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from oncall_tui.tui.model import Tab
from oncall_tui.tui.presenters.line import Line, Piece, Tone, cut, line, quiet
from oncall_tui.tui.presenters.top import tab_at, tab_line
from oncall_tui.tui.widgets.lines import LineView


class Bar(LineView):
    """One line of text."""

    DEFAULT_CSS = "Bar { height: 1; }"

    def say(self, said: Line) -> None:
        """Show this line."""
        self.show((said,))


class TabBar(Bar):
    """The tabs; a click opens one."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def mark(self, tab: Tab) -> None:
        """Show which one is open."""
        self.say(tab_line(tab))

    def on_click(self, event: events.Click) -> None:
        tab = tab_at(event.x)
        if tab is not None:
            self.post_message(self.Chosen(tab))


@dataclass(frozen=True, slots=True)
class Answer:
    """A key that answers a question, the word beside it, and what it stands for."""

    key: str
    word: str
    value: str


class Question(Bar, can_focus=True):
    """A question in one line, answered by one key. Anything that is not an answer keeps it open; esc says no."""

    DEFAULT_CSS = "Question { display: none; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._answers: Sequence[Answer] = ()
        self._then: Callable[[str], None] | None = None
        self._before: object = None

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._then is not None

    def ask(self, words: str, answers: Sequence[Answer], then: Callable[[str], None]) -> None:
        """Ask; `then` gets the value of the answer that was given, and nothing is called on esc."""
        self._answers, self._then = answers, then
        self.display = True
        choices = [Piece(f"  {answer.key} ", Tone.ACCENT) for answer in answers]
        pieces: list[Piece] = []
        for mark, answer in zip(choices, answers, strict=True):
            pieces += [mark, quiet(answer.word)]
        tail = line(*pieces, Piece("  esc ", Tone.ACCENT), quiet("no"))
        room = max(20, (self.app.size.width or 80) - sum(len(piece.text) for piece in tail) - 2)
        self.say((*cut(line(Piece(f" {words}", Tone.STRONG)), room), *tail))
        self.focus()

    def close(self) -> None:
        """Take the question back."""
        self._then = None
        self.display = False
        self.post_message(self.Closed())

    class Closed(Message):
        """Answered or taken back."""

    def on_key(self, event: events.Key) -> None:
        if event.key == "ctrl+q":
            return
        event.stop()
        event.prevent_default()
        then = self._then
        if event.key in ("escape", "n") and not any(answer.key == event.key for answer in self._answers):
            self.close()
            return
        for answer in self._answers:
            if event.key == answer.key and then is not None:
                self.close()
                then(answer.value)
                return
