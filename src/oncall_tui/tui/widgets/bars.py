"""Bars of one line: the top line, the tabs, the banner, the keys, and the questions asked in their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from oncall_tui.tui.model import Tab
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cut, line, quiet, width
from oncall_tui.tui.presenters.top import key_at, tab_at, tab_line
from oncall_tui.tui.widgets.lines import LineView


class Bar(LineView):
    """One line of text, or a few where what is said must be read to its end."""

    DEFAULT_CSS = "Bar { height: 1; }"

    def say(self, said: Line) -> None:
        """Show this line."""
        self.show((said,))

    def put(self, lines: Sequence[Line]) -> None:
        """Show these lines, and be as high as they are."""
        if self.styles.height is None or self.styles.height.value != len(lines):
            self.styles.height = len(lines)
        self.show(lines)


class TabBar(Bar):
    """The tabs; a click opens one."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    _marked: Tab | None = None

    def mark(self, tab: Tab) -> None:
        """Show which one is open."""
        self._marked = tab
        self.say(tab_line(tab, self.size.width))

    def on_resize(self) -> None:
        super().on_resize()
        if self._marked is not None:
            self.mark(self._marked)

    def on_click(self, event: events.Click) -> None:
        tab = tab_at(event.x, self.size.width)
        if tab is not None:
            self.post_message(self.Chosen(tab))


@dataclass(frozen=True, slots=True)
class Answer:
    """A key that answers a question, the word beside it, and what it stands for."""

    key: str
    word: str
    value: str


class KeyBar(Bar):
    """The last line: the keys, or what was just said, or a question. It never takes the focus: that would redraw lists.

    While a question is open the application hands every key to `take`. A click on a key is that key.
    """

    class Clicked(Message):
        """A key, or the word beside it, was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._answers: Sequence[Answer] = ()
        self._then: Callable[[str], None] | None = None
        self._left: Callable[[], None] | None = None
        self._under: Sequence[Line] = (EMPTY,)

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._then is not None

    def say(self, *said: Line) -> None:
        """Show these lines; more than one only where what is said needs them."""
        self._under = said
        if not self.asking:
            self.put(said)

    def ask(
        self,
        words: str,
        answers: Sequence[Answer],
        then: Callable[[str], None],
        left: Callable[[], None] | None = None,
    ) -> None:
        """Ask; `then` gets the value of the answer that was given, `left` is called on esc."""
        self._answers, self._then, self._left = answers, then, left
        pieces: list[Piece] = []
        for answer in answers:
            pieces += [Piece(f"  {answer.key} ", Tone.ACCENT), quiet(answer.word)]
        asked, way_out = line(Piece(f" {words}", Tone.STRONG)), line(Piece("  esc", Tone.ACCENT), quiet(" no"))
        if width(asked) + width(tuple(pieces)) + width(way_out) > self.size.width:
            way_out = way_out[:1]
        room = max(20, self.size.width - width(tuple(pieces)) - width(way_out))
        self.put((cut((*cut(asked, room), *pieces, *way_out), self.size.width),))

    def on_click(self, event: events.Click) -> None:
        if self._drawn and (key := key_at(self._drawn[0][0], event.x)):
            self.post_message(self.Clicked(key))

    def take(self, key: str) -> None:
        """A key while asking: an answer, or esc or n for none, as a capital, too; every other key changes nothing."""
        meant = key.lower()
        answer = next((answer for answer in self._answers if answer.key == meant), None)
        if answer is None and meant not in ("escape", "n"):
            return
        then, self._then = self._then, None
        left, self._left = self._left, None
        self.put(self._under)
        if answer is not None and then is not None:
            then(answer.value)
        elif answer is None and left is not None:
            left()
