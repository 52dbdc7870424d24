"""The commands that change something: what they act on, what they ask first, and how it is told that it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from textual.message import Message

from oncall_tui.clock import Clock
from oncall_tui.ops.verbs import BY_ID, POLICY, REASONS, Asks, Takes, Verb
from oncall_tui.tui.backend import Backend
from oncall_tui.tui.commands.saying import SayingApp
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.model import Me, Snapshot, Tab, Trouble
from oncall_tui.tui.outcome import Outcome, Seen
from oncall_tui.tui.presenters.commands.candidates import candidates
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.schedules.asking import Do
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.bars import Answer

if TYPE_CHECKING:
    from oncall_tui.tui.widgets.new_incident import NewIncident

KEYS_WAIT_SECONDS = 1.0  # for a question whose words are read first: what is typed ahead is its answer
UNDO_WITHIN = timedelta(seconds=60)
YES = (Answer("y", "yes", "yes"),)
REASON_KEYS = tuple(Answer(key, reason, reason) for key, reason in zip(("enter", "c", "f", "d"), REASONS, strict=True))
ASKED = {
    Takes.TEXT: ("Note on {what}: ", "enter writes it on the timeline"),
    Takes.UNTIL: ("Snooze {what} for or until: ", "2h, fri 9am, tomorrow 08:00"),
    Takes.SOMEBODY: ("Assign {what} to: ", f"a user, or {POLICY}NAME"),
    Takes.INCIDENT: ("Merge {what} into #", "the number of an open incident"),
}


class Ended(Message):
    """An act has ended; `then` wants to hear how."""

    def __init__(self, outcome: Outcome, then: Callable[[Outcome], None]) -> None:
        super().__init__()
        self.outcome, self.then = outcome, then


class ActingApp(SayingApp):
    """Acts on incidents through the feed. The application proper adds the tabs and what they show."""

    def __init__(self, feed: Feed, clock: Clock, keymap: Mapping[str, str]) -> None:
        super().__init__(keymap)
        self._feed = feed
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._me: Me | None = None
        self._trouble: Trouble | None = None
        self._acted: tuple[datetime, tuple[Seen, ...]] | None = None

    @property
    def zone(self) -> tzinfo:
        """In which zone times are told."""
        raise NotImplementedError

    # What a command acts on

    def _seen_by(self, verb: Verb) -> tuple[Seen, ...]:
        """What it acts on, fixed at the moment it is given. Empty, and said why, when it can't act."""
        if self._tab is not Tab.INCIDENTS:
            return ()
        view = self.query_one(IncidentsView)
        if verb.id == "incident.undo":
            seen, none = self._undoable() or view.seen(), "there is nothing to undo"
        else:
            seen, none = view.seen(), "there is no incident here to act on"
        if not seen:
            self.say(none, Tone.QUIET)
            return ()
        return seen if self._can_write() else ()

    def _undoable(self) -> tuple[Seen, ...]:
        """What was acted on within the last minute: an undo means that, wherever the cursor has gone since."""
        if self._acted is None or self._clock.now() - self._acted[0] > UNDO_WITHIN:
            return ()
        return self._acted[1]

    def _can_write(self) -> bool:
        if self._trouble is not None or self._me is None:
            self.say("the database is away: nothing was done. Repeat it when the banner is gone", Tone.ALARM)
            return False
        if not self._me.may_act:
            self.say(self._me.hint or "you may look, not act", Tone.WARN, stays=True)
            return False
        return True

    # Running commands on incidents

    def run_on_incidents(self, verb: Verb, said: str | None = None) -> None:
        """Run a command on what it acts on; ask for what was not said."""
        if verb.id == "incident.new":
            self._open_form()
            return
        if verb.asks is Asks.COUNT:
            self._ask_all()
            return
        seen = self._seen_by(verb)
        if not seen:
            return
        what = _what(seen)
        if verb.id == "incident.escalate" and len(seen) == 1:
            self._ask_escalate(verb, seen)
        elif verb.asks is Asks.YES:
            self._ask(f"{verb.name.capitalize()} {what}?", YES, lambda _: self._act(verb, seen))
        elif verb.takes is Takes.NOTHING or said:
            self._act(verb, seen, said or "")
        elif verb.takes is Takes.REASON:
            self._ask(f"Resolve {what}:", REASON_KEYS, lambda reason: self._act(verb, seen, reason))
        else:
            label, hint = ASKED[verb.takes]
            self.open_prompt(
                label.format(what=what),
                lambda text: self._act(verb, seen, text) if text.strip() else None,
                candidates=lambda _: candidates(verb.takes, self._snapshot),
                hint=lambda text: self._title_of(text) if verb.takes is Takes.INCIDENT and text else hint,
            )

    def _title_of(self, text: str) -> str:
        """Which incident a number means, as far as the queue has it: what it is merged into can't be taken back."""
        rows = self._snapshot.queue.rows if self._snapshot is not None and self._snapshot.queue is not None else ()
        number = text.strip().removeprefix("#")
        return next((row.title for row in rows if str(row.number) == number), "it is not in this list")

    def _ask_escalate(self, verb: Verb, seen: tuple[Seen, ...]) -> None:
        def ask(outcome: Outcome) -> None:
            if not outcome.ok:
                self._hear(outcome)
            elif self.is_occupied:
                self.say(f"#{seen[0].number} was not escalated: you went on to something else", Tone.WARN)
            else:
                self._ask(f"Escalate #{seen[0].number}: {outcome.text}?", YES, lambda _: self._act(verb, seen))

        self._do(lambda backend: _named(backend.who_is_next(seen[0])), ask, keys_wait=True)

    def _ask_all(self) -> None:
        """Ask about all that are triggered, also those that are not loaded: a storm has thousands."""

        def ask(seen: tuple[Seen, ...]) -> None:
            if not seen:
                self.say("nothing that matches is triggered", Tone.QUIET)
            elif self._can_write():
                words = f"Acknowledge {_what(seen)}, all that are triggered here?"
                self._ask(words, YES, lambda _: self._act(BY_ID["incident.acknowledge"], seen))

        def heard(outcome: Outcome) -> None:
            if not outcome.ok:
                self._hear(outcome)
            elif self.is_occupied:
                self.say("nothing was acknowledged: you went on to something else", Tone.WARN)
            else:
                ask(outcome.about)

        view = self.query_one(IncidentsView)
        if view.has_more:
            wanted = self._feed.wanted.filter
            self._do(lambda backend: Outcome("", about=backend.triggered(wanted)), heard, keys_wait=True)
        else:
            ask(view.seen_triggered())

    def _act(self, verb: Verb, seen: tuple[Seen, ...], said: str = "") -> None:
        if verb.id == "incident.undo":
            self._acted = None
        elif verb.id != "incident.note":  # which takes nothing back, and stands in no undo's way
            self._acted = (self._clock.now(), tuple(Seen(one.number, None, one.state) for one in seen))
        self._do(lambda backend: backend.act(verb.id, seen, said))

    def _do(
        self,
        act: Callable[[Backend], Outcome],
        then: Callable[[Outcome], None] | None = None,
        *,
        keys_wait: bool = False,
    ) -> None:
        heard = then or self._hear
        go_on = self.hold_keys_for(KEYS_WAIT_SECONDS) if keys_wait else None

        def hear(outcome: Outcome) -> None:
            heard(outcome)
            if go_on is not None:
                go_on()

        self._feed.do(act, lambda outcome: self._ended(outcome, hear))

    def _ended(self, outcome: Outcome, then: Callable[[Outcome], None]) -> None:
        self.post_message(Ended(outcome, then))

    def on_ended(self, message: Ended) -> None:
        if self._is_drawn:
            message.then(message.outcome)

    def _hear(self, outcome: Outcome) -> None:
        from oncall_tui.tui.presenters.incidents.detail import in_my_time

        text = in_my_time(outcome.text, self._clock.now(), self.zone)
        self.say(text, Tone.GOOD if outcome.ok else Tone.ALARM)
        if outcome.ok:
            self.query_one(IncidentsView).clear_selection()
        if outcome.taken_by_other and not self.is_occupied:
            taken = outcome.taken_by_other
            self._ask(
                f"Take over{f' {len(taken)}' if len(taken) > 1 else ''}? {text}",
                YES,
                lambda _: self._do(lambda backend: backend.act("incident.acknowledge", taken, "", take_over=True)),
            )

    # The form for a new incident

    def _open_form(self) -> None:
        if self._tab is not Tab.INCIDENTS or not self._can_write():
            return
        if self._snapshot is None:
            self.say("the services are not read yet: once more", Tone.QUIET)
            return
        services = self._snapshot.services
        if not services:
            self.say("there are no services yet: add one with 'oncall config apply'", Tone.WARN)
            return
        from oncall_tui.tui.widgets.new_incident import NewIncident

        def fill(form: NewIncident) -> None:
            self.query_one("#keys").display = False
            form.open(services)

        self.use(NewIncident, fill)

    def on_new_incident_left(self) -> None:
        self._show_keys()

    def on_new_incident_filled(self, message: NewIncident.Filled) -> None:
        title, service, severity = message.title, message.service, message.severity
        self._do(lambda backend: backend.trigger(title, service, severity))

    # What a view asks for

    def on_do(self, message: Do) -> None:
        if not message.writes or self._can_write():
            self._do(message.act, message.then, keys_wait=True)


def _what(seen: Sequence[Seen]) -> str:
    return f"#{seen[0].number}" if len(seen) == 1 else f"{len(seen)} incidents"


def _named(people: Sequence[str]) -> Outcome:
    return Outcome(f"page {', '.join(people)}" if people else "nobody is left to page")
