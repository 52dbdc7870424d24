"""The keys that change something: what they act on, what they ask first, and how it is told that it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import App
from textual.message import Message

from oncall_tui.tui import keys
from oncall_tui.tui.backend import Backend
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.model import Outcome, Seen, Snapshot, Tab, Trouble
from oncall_tui.tui.presenters import top
from oncall_tui.tui.presenters.line import Piece, Tone, line
from oncall_tui.tui.schedules.asking import Ask, Do, Say
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.views.schedule import ScheduleView
from oncall_tui.tui.widgets.bars import Answer, KeyBar
from oncall_tui.tui.widgets.new_incident import NewIncident

SAID_SECONDS = 8.0
YES = (Answer("y", "yes", "yes"),)
REASONS = (
    Answer("enter", "fixed", "fixed"),
    Answer("c", "cancelled", "cancelled"),
    Answer("f", "false alarm", "false alarm"),
    Answer("d", "duplicate", "duplicate"),
)


class Ended(Message):
    """An act has ended; `then` wants to hear how."""

    def __init__(self, outcome: Outcome, then: Callable[[Outcome], None]) -> None:
        super().__init__()
        self.outcome, self.then = outcome, then


class ActingApp(App[None]):
    """Acts on incidents through the feed. The application proper adds the tabs and what they show."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(ansi_color=True)  # before the theme is set: NO_COLOR then strips colours, not tones them
        self._feed = feed
        self._tab = Tab.INCIDENTS
        self._snapshot: Snapshot | None = None
        self._trouble: Trouble | None = None
        self._said: tuple[str, Tone] | None = None

    def focus_tab(self) -> None:
        """Give the keys back to the open tab."""
        raise NotImplementedError

    @property
    def _is_drawn(self) -> bool:
        """Whether the widgets are there: news can still come in while the application closes."""
        return bool(self.query(KeyBar))

    def _seen(self) -> tuple[Seen, ...]:
        """What a verb acts on, fixed at the moment of the key. Empty, and said why, when it can't act."""
        if self._tab is not Tab.INCIDENTS or self.query_one("#help").display:
            return ()
        seen = self.query_one(IncidentsView).seen()
        if not seen:
            self.say("there is no incident here to act on", Tone.QUIET)
            return ()
        return seen if self._can_write() else ()

    def _can_write(self) -> bool:
        if self._trouble is not None or self._snapshot is None:
            self.say("the database is away: nothing was done. Repeat it when the banner is gone", Tone.ALARM)
            return False
        if not self._snapshot.me.may_act:
            self.say(self._snapshot.me.hint or "you may look, not act", Tone.WARN, stays=True)
            return False
        return True

    def _do(self, act: Callable[[Backend], Outcome], then: Callable[[Outcome], None] | None = None) -> None:
        heard = then or self._hear
        self._feed.do(act, lambda outcome: self._ended(outcome, heard))

    def _ended(self, outcome: Outcome, then: Callable[[Outcome], None]) -> None:
        self.post_message(Ended(outcome, then))

    def on_ended(self, message: Ended) -> None:
        if self._is_drawn:
            message.then(message.outcome)

    def _hear(self, outcome: Outcome) -> None:
        self.say(outcome.text, Tone.GOOD if outcome.ok else Tone.ALARM)
        if outcome.ok:
            self.query_one(IncidentsView).clear_selection()
        if outcome.taken_by_other:
            taken = outcome.taken_by_other
            self._ask(
                f"Take over? {outcome.text}",
                YES,
                lambda _: self._do(lambda backend: backend.acknowledge(taken, take_over=True)),
            )

    def action_acknowledge(self) -> None:
        seen = self._seen()
        if seen:
            self._do(lambda backend: backend.acknowledge(seen))

    def action_escalate(self) -> None:
        seen = self._seen()
        if not seen:
            return
        if len(seen) > 1:
            self._ask_escalate(seen, f"{len(seen)} incidents")
            return

        def ask(outcome: Outcome) -> None:
            if not outcome.ok:
                self._hear(outcome)
                return
            self._ask_escalate(seen, f"#{seen[0].number}: {outcome.text}")

        self._do(lambda backend: _named(backend.who_is_next(seen[0])), ask)

    def _ask_escalate(self, seen: Sequence[Seen], words: str) -> None:
        self._ask(f"Escalate {words}?", YES, lambda _: self._do(lambda backend: backend.escalate(seen)))

    def action_resolve(self) -> None:
        seen = self._seen()
        if not seen:
            return
        what = f"#{seen[0].number}" if len(seen) == 1 else f"{len(seen)} incidents"
        self._ask(f"Resolve {what}:", REASONS, lambda reason: self._do(lambda backend: backend.resolve(seen, reason)))

    def action_new(self) -> None:
        if self._tab is not Tab.INCIDENTS or self.query_one("#help").display or not self._can_write():
            return
        services = self._snapshot.services if self._snapshot else ()
        if not services:
            self.say("there are no services yet: add one with 'oncall config apply'", Tone.WARN)
            return
        self.query_one(NewIncident).open(services)
        self.query_one("#keys").display = False

    def on_new_incident_left(self) -> None:
        self.query_one("#keys").display = True
        self.focus_tab()

    def on_new_incident_filled(self, message: NewIncident.Filled) -> None:
        title, service, severity = message.title, message.service, message.severity
        self._do(lambda backend: backend.trigger(title, service, severity))

    # What a view asks for

    def on_do(self, message: Do) -> None:
        if not message.writes or self._can_write():
            self._do(message.act, message.then)

    def on_ask(self, message: Ask) -> None:
        self.query_one(KeyBar).ask(message.words, message.answers, message.then, message.left)

    def on_say(self, message: Say) -> None:
        self.say(message.text, message.tone)

    def on_new_keys(self) -> None:
        self._said = None
        self._draw_keys()

    # Questions and what is said

    def _ask(self, words: str, answers: Sequence[Answer], then: Callable[[str], None]) -> None:
        self.query_one(KeyBar).ask(words, answers, then)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.key != "ctrl+q" and self._is_asking():
            self.query_one(KeyBar).take(event.key)
            return
        await super().on_event(event)

    def _is_asking(self) -> bool:
        return self._is_drawn and self.query_one(KeyBar).asking

    def say(self, text: str, tone: Tone = Tone.PLAIN, *, stays: bool = False) -> None:
        """Say something in the key line: for a while, or until esc."""
        said = (text, tone)
        self._said = said
        self._draw_keys()
        if not stays:
            self.set_timer(SAID_SECONDS, lambda: self._unsay() if self._said is said else None)

    def _unsay(self) -> None:
        self._said = None
        self._draw_keys()

    def _draw_keys(self) -> None:
        bar = self.query_one(KeyBar)
        if self._said is not None:
            text, tone = self._said
            bar.say(line(Piece(f" {text}", tone)))
            return
        shown: Sequence[tuple[str, str]] = keys.BY_TAB[self._tab]
        if self._tab is Tab.INCIDENTS and self.query_one(IncidentsView).is_full:
            shown = keys.IN_STORY
        elif self._tab is Tab.SCHEDULE:
            shown = self.query_one(ScheduleView).keys
        bar.say(top.keys_line(shown, self.size.width))

    def on_descendant_focus(self) -> None:
        if self._is_drawn:
            self._draw_keys()


def _named(people: Sequence[str]) -> Outcome:
    return Outcome(f"page {', '.join(people)}" if people else "nobody is left to page")
