"""From a draft to a saved schedule: what it would do is foretold, asked about, and only then asked of the house."""

from __future__ import annotations

from textual.containers import Container
from textual.message import Message

from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.schedules.asking import Ask, Do, Say
from oncall_tui.tui.schedules.editor import edits, sheet
from oncall_tui.tui.schedules.editor.draft import Draft
from oncall_tui.tui.schedules.editor.held import HeldDraft
from oncall_tui.tui.schedules.editor.opening import Opened
from oncall_tui.tui.schedules.editor.sheet import Place
from oncall_tui.tui.schedules.values import Foretold
from oncall_tui.tui.widgets.bars import Answer

KEEP = (Answer("y", "yes, go on from there", "keep"), Answer("l", "no, as listed", "listed"))
YES = (Answer("y", "yes", "yes"),)


class SavingContainer(Container):
    """Holds a draft. Nothing is stored before what it would do was shown, and a yes."""

    class Left(Message, namespace="editor"):
        """The editor was left."""

    class Save(Message, namespace="editor"):
        """What this draft does was shown and agreed to."""

        def __init__(self, draft: Draft, *, keep: bool) -> None:
            super().__init__()
            self.draft, self.keep = draft, keep

    class Delete(Message, namespace="editor"):
        """Delete the schedule of this draft: it was agreed to."""

        def __init__(self, draft: Draft) -> None:
            super().__init__()
            self.draft = draft

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.opened: Opened | None = None
        self.held = HeldDraft(Draft(name="", timezone="UTC"))
        self.told: Foretold | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return bool(self.display)

    def draw(self) -> None:
        """Draw anew."""
        raise NotImplementedError

    def go(self, place: Place) -> None:
        """Show this row."""
        self.held.go(place)
        self.draw()

    def foresee(self) -> None:
        """Find out what saving would do, and show it; an answer that comes too late is let go."""
        draft = self.held.draft

        def heard(outcome: Outcome) -> None:
            if self._hears_of(draft):
                self._tell(outcome)

        self.post_message(Do(lambda backend: backend.foresee_draft(draft, keep=True), heard))

    def save(self) -> None:
        """Ask whose turn it is then, where that is a question, and whether to save it with what it does."""
        opened, draft = self.opened, self.held.draft
        if opened is None:
            return
        if not self.held.is_changed and draft.seen is not None:
            self.post_message(Say("nothing is changed", Tone.QUIET))
        elif draft.seen is not None and edits.order_changed(draft, opened.draft):
            words = "Keep whose turn it is now?"
            self.post_message(Ask(words, KEEP, lambda answer: self._ask(keep=answer == "keep")))
        else:
            self._ask(keep=True)

    def delete_schedule(self) -> None:
        """Ask whether the stored schedule is to go."""
        draft = self.held.draft
        if draft.seen is not None:
            words = f"Delete schedule {draft.seen.name}, its layers and its overrides?"
            self.post_message(Ask(words, YES, lambda _: self._post(self.Delete(draft))))

    def leave(self) -> None:
        """Leave it, asking where something would be lost."""
        if self.held.is_changed:
            self.post_message(Ask("Leave without saving?", YES, lambda _: self._post(self.Left())))
        else:
            self.post_message(self.Left())

    def _ask(self, *, keep: bool) -> None:
        draft = self.held.draft

        def heard(outcome: Outcome) -> None:
            if not self._hears_of(draft):
                return
            told = self._tell(outcome)
            if told.problems or not told.ok or told.effects is None:
                if told.problems:
                    self.go(sheet.place_of(told.problems[0][0], draft))
                self.post_message(Say(f"not saved: {outcome.text}", Tone.ALARM))
                return
            flaws = bool(told.effects.gaps or told.effects.double)
            question = "Save it all the same, with what stands in red and yellow?" if flaws else "Save it?"
            self.post_message(Ask(question, YES, lambda _: self._post(self.Save(draft, keep=keep))))

        self.post_message(Do(lambda backend: backend.foresee_draft(draft, keep=keep), heard, writes=True))

    def _hears_of(self, draft: Draft) -> bool:
        return draft is self.held.draft and self.is_open

    def _tell(self, outcome: Outcome) -> Foretold:
        self.told = outcome if isinstance(outcome, Foretold) else Foretold(outcome.text, ok=outcome.ok)
        self.draw()
        return self.told

    def _post(self, message: Message) -> None:
        self.post_message(message)
