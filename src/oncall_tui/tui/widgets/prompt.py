"""A line to say something in, in the place of the key line: for a command, a note, a name, a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from oncall_tui.tui.presenters.line import Line, Piece, Tone, cut, line, quiet, width
from oncall_tui.tui.schedules.completing import Completing
from oncall_tui.tui.widgets.bars import Bar

Candidates = Callable[[str], Sequence[str]]
FIELD_AT_LEAST = 24  # cells in which one types; what is left after the label the hint may have


class Prompt(Container):
    """Enter says it, esc leaves, tab completes, up and down walk through what was said before."""

    DEFAULT_CSS = """
    Prompt { display: none; height: 1; layout: horizontal; }
    Prompt Completing { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("tab", "complete", "complete", show=False),
        Binding("up", "earlier(1)", "said before", show=False),
        Binding("down", "earlier(-1)", "said later", show=False),
    ]

    class Left(Message):
        """The line is closed; nothing was said."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._then: Callable[[str], None] | None = None
        self._candidates: Candidates = lambda _: ()
        self._hint: Callable[[str], str] = lambda _: ""
        self._history: Sequence[str] = ()
        self._back = 0

    def compose(self) -> ComposeResult:
        yield Bar(id="prompt-label")
        yield Completing(id="prompt-field")
        yield Bar(id="prompt-hint")

    @property
    def field(self) -> Completing:
        """Where it is typed."""
        return self.query_one("#prompt-field", Completing)

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return bool(self.display)

    def open(
        self,
        label: str,
        then: Callable[[str], None],
        *,
        candidates: Candidates = lambda _: (),
        hint: Callable[[str], str] = lambda _: "",
        history: Sequence[str] = (),
    ) -> None:
        """Ask for a line; `then` gets it. `candidates` and `hint` are asked anew for what stands there."""
        self._then, self._candidates, self._hint, self._history, self._back = then, candidates, hint, history, 0
        said = line(Piece(f" {label}", Tone.STRONG))
        bar = self.query_one("#prompt-label", Bar)
        bar.styles.width = min(width(said), max(8, self.app.size.width // 2))
        bar.say(cut(said, self.app.size.width // 2))
        self.display = True
        self.field.entered = self._said
        self.field.value = ""
        self._follow("")
        self.field.focus()

    def _said(self, text: str) -> None:
        then, self._then = self._then, None
        self._close()
        if then is not None:
            then(text)

    def _close(self) -> None:
        self.display = False
        self.post_message(self.Left())

    def action_leave(self) -> None:
        self._then = None
        self._close()

    def action_complete(self) -> None:
        self.field.complete(around=True)

    def action_earlier(self, by: int) -> None:
        place = self._back + by
        if 0 <= place <= len(self._history):
            self._back = place
            self.field.value = self._history[-place] if place else ""
            self.field.cursor_position = len(self.field.value)

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._follow(message.value)

    def _hint_room(self) -> int:
        taken = self.query_one("#prompt-label", Bar).styles.width
        return self.app.size.width - FIELD_AT_LEAST - int(taken.value if taken is not None else 0)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()

    def _follow(self, text: str) -> None:
        """Complete and hint at what fits the text as it stands."""
        self.field.know(self._candidates(text))
        hint: Line = cut(line(quiet(f"{self._hint(text)} ")), max(0, self._hint_room()))
        bar = self.query_one("#prompt-hint", Bar)
        bar.styles.width = width(hint)
        bar.say(hint)
