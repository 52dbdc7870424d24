"""A change of a schedule from the key to the line that says it is done: foretold, asked, done, and undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.containers import Container

from oncall_tui.tui.backend import Backend
from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.presenters.line import EMPTY, Line, Tone
from oncall_tui.tui.schedules.asking import Ask, Do, NewKeys, Say
from oncall_tui.tui.schedules.foretold import foretold
from oncall_tui.tui.schedules.values import Changed, Foretold
from oncall_tui.tui.widgets.bars import Answer
from oncall_tui.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from oncall_tui.ops.schedules.undoing import Undo

YES = (Answer("y", "yes", "yes"),)
MOST_LINES = 8


class Effects(LineView):
    """What a change would do, while it is asked about."""

    DEFAULT_CSS = "Effects { display: none; height: 1; }"


class ChangesContainer(Container):
    """A view from which schedules are changed. Nothing is done that was not shown before."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._undo: Undo | None = None

    @property
    def told_zone(self) -> tzinfo:
        """The zone in which times are told."""
        raise NotImplementedError

    def done(self, changed: Changed) -> None:
        """A change is kept."""

    def after_asking(self) -> None:
        """The answer was no: where the keys go then."""

    def foresee(
        self,
        tell: Callable[[Backend], Outcome],
        question: str,
        act: Callable[[Backend], Outcome],
        words: str = "",
    ) -> None:
        """Tell what an act would do, ask, and do it on yes; `words` say then that it is done."""

        def heard(outcome: Outcome) -> None:
            if not isinstance(outcome, Foretold) or outcome.effects is None:
                self.say(outcome.text, Tone.ALARM)
                return
            lines = foretold(outcome.effects, self.told_zone, self.size.width)
            self.show_effects(lines)
            self.ask(question, YES, lambda _: self.change(act, words), self._refused)

        self.post_message(Do(tell, heard, writes=True))

    def change(self, act: Callable[[Backend], Outcome], words: str = "") -> None:
        """Do it, and say how it ended and how to undo it."""
        self.show_effects(())

        def heard(outcome: Outcome) -> None:
            if isinstance(outcome, Changed) and outcome.ok:
                self._undo = outcome.undo
                self.done(outcome)
                back = "   u undoes it" if outcome.undo is not None else ""
                self.say(f"{words or outcome.text}{back}", Tone.GOOD)
            else:
                self.say(outcome.text, Tone.GOOD if outcome.ok else Tone.ALARM)

        self.post_message(Do(act, heard, writes=True))

    def action_undo(self) -> None:
        undo, self._undo = self._undo, None
        if undo is None:
            self.say("there is no change of yours to undo", Tone.QUIET)
            return

        def heard(outcome: Outcome) -> None:
            self.say(outcome.text, Tone.GOOD if outcome.ok else Tone.ALARM)

        self.post_message(Do(lambda backend: backend.undo_schedule(undo), heard, writes=True))

    def show_effects(self, lines: Sequence[Line]) -> None:
        """Show what a change would do under the calendar; nothing takes it away again."""
        view = self.query_one(Effects)
        shown = [EMPTY, *lines[:MOST_LINES]] if lines else []
        view.display = bool(shown)
        view.styles.height = max(1, len(shown))
        view.show(shown)

    def _refused(self) -> None:
        self.show_effects(())
        self.after_asking()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Say something in the last line."""
        self.post_message(Say(text, tone))

    def ask(
        self,
        words: str,
        answers: Sequence[Answer],
        then: Callable[[str], None],
        left: Callable[[], None] | None = None,
    ) -> None:
        """Ask in the last line."""
        self.post_message(Ask(words, answers, then, left))

    def new_keys(self) -> None:
        """Other keys work now."""
        self.post_message(NewKeys())
