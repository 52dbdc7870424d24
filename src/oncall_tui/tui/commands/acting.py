"""The commands that change something: what they act on, what they ask first, and how it is told that it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from textual import events
from textual.message import Message
from textual.widget import Widget

from oncall_tui.clock import Clock
from oncall_tui.ops.verbs import BY_ID, POLICY, REASONS, Asks, Takes, Verb
from oncall_tui.tui.backend import Backend
from oncall_tui.tui.commands import keys
from oncall_tui.tui.commands.parts import PartedApp
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.model import Me, Snapshot, Tab, Trouble
from oncall_tui.tui.outcome import Outcome, Seen
from oncall_tui.tui.presenters import top
from oncall_tui.tui.presenters.commands.candidates import candidates
from oncall_tui.tui.presenters.line import Piece, Tone, line
from oncall_tui.tui.schedules.asking import Ask, Do, Say
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.bars import Answer, KeyBar

if TYPE_CHECKING:
    from oncall_tui.tui.views.schedule import ScheduleView
    from oncall_tui.tui.widgets.command_list import CommandList
    from oncall_tui.tui.widgets.new_incident import NewIncident

SAID_SECONDS = 8.0
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


class ActingApp(PartedApp):
    """Acts on incidents through the feed. The application proper adds the tabs and what they show."""

    def __init__(self, feed: Feed, clock: Clock) -> None:
        super().__init__(ansi_color=True)  # before the theme is set: NO_COLOR then strips colours, not tones them
        self._feed = feed
        self._clock = clock
        self._tab = Tab.INCIDENTS
        self._snapshot: Snapshot | None = None
        self._me: Me | None = None
        self._trouble: Trouble | None = None
        self._said: tuple[str, Tone] | None = None
        self._acted: tuple[datetime, tuple[Seen, ...]] | None = None
        self._views: dict[Tab, Widget] = {}  # of the tabs that were opened
        self._commands: CommandList | None = None  # once it was opened

    def focus_tab(self) -> None:
        """Give the keys back to the open tab."""
        raise NotImplementedError

    @property
    def _is_drawn(self) -> bool:
        """Whether the widgets are there: news can still come in while the application closes."""
        return bool(self.screen_stack) and any(isinstance(child, KeyBar) for child in self.screen.children)

    @property
    def shows_commands(self) -> bool:
        """Whether the help or the palette is in the place of the tab."""
        return self._commands is not None and self._commands.is_open

    # What a command acts on

    def _seen_by(self, verb: Verb) -> tuple[Seen, ...]:
        """What it acts on, fixed at the moment it is given. Empty, and said why, when it can't act."""
        if self._tab is not Tab.INCIDENTS:
            return ()
        view = self.query_one(IncidentsView)
        if verb.asks is Asks.COUNT:
            seen, none = view.seen_triggered(), "nothing that is shown is triggered"
        elif verb.id == "incident.undo":
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
        seen = self._seen_by(verb)
        if not seen:
            return
        what = f"#{seen[0].number}" if len(seen) == 1 else f"{len(seen)} incidents"
        if verb.id == "incident.escalate" and len(seen) == 1:
            self._ask_escalate(verb, seen)
        elif verb.asks is Asks.COUNT:
            acknowledge = BY_ID["incident.acknowledge"]
            self._ask(f"Acknowledge {what}, all that are triggered here?", YES, lambda _: self._act(acknowledge, seen))
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
                hint=lambda _: hint,
            )

    def _ask_escalate(self, verb: Verb, seen: tuple[Seen, ...]) -> None:
        def ask(outcome: Outcome) -> None:
            if outcome.ok:
                self._ask(f"Escalate #{seen[0].number}: {outcome.text}?", YES, lambda _: self._act(verb, seen))
            else:
                self._hear(outcome)

        self._do(lambda backend: _named(backend.who_is_next(seen[0])), ask)

    def _act(self, verb: Verb, seen: tuple[Seen, ...], said: str = "") -> None:
        if verb.id == "incident.undo":
            self._acted = None
        else:
            self._acted = (self._clock.now(), tuple(Seen(one.number, None, one.state) for one in seen))
        self._do(lambda backend: backend.act(verb.id, seen, said))

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
            self._do(message.act, message.then)

    def on_ask(self, message: Ask) -> None:
        self.query_one(KeyBar).ask(message.words, message.answers, message.then, message.left)

    def on_say(self, message: Say) -> None:
        self.say(message.text, message.tone)

    def on_new_keys(self) -> None:
        self._said = None
        self._draw_keys()

    # Questions and what is said

    def open_prompt(
        self,
        label: str,
        then: Callable[[str], None],
        *,
        candidates: Callable[[str], Sequence[str]] = lambda _: (),
        hint: Callable[[str], str] = lambda _: "",
        history: Sequence[str] = (),
    ) -> None:
        """Ask for a line in the place of the keys."""
        from oncall_tui.tui.widgets.prompt import Prompt

        def ask(prompt: Prompt) -> None:
            self.query_one("#keys").display = False
            prompt.open(label, then, candidates=candidates, hint=hint, history=history)

        self.use(Prompt, ask)

    def on_prompt_left(self) -> None:
        self._show_keys()

    def _show_keys(self) -> None:
        self.query_one("#keys").display = True
        if not self.shows_commands:
            self.focus_tab()

    def _ask(self, words: str, answers: Sequence[Answer], then: Callable[[str], None]) -> None:
        self.query_one(KeyBar).ask(words, answers, then)

    async def take_key(self, event: events.Key) -> None:
        if self._is_asking():
            self.query_one(KeyBar).take(event.key)
            return
        await super().take_key(event)

    def on_key_bar_clicked(self, message: KeyBar.Clicked) -> None:
        self.simulate_key(keys.textual_keys((message.key,)).partition(",")[0])

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
        if self.shows_commands:
            shown = keys.IN_COMMANDS
        elif self._tab is Tab.INCIDENTS and self.query_one(IncidentsView).is_full:
            shown = keys.IN_STORY
        elif self._tab is Tab.SCHEDULE:
            shown = cast("ScheduleView", self._views[Tab.SCHEDULE]).keys
        bar.say(top.keys_line(shown, self.size.width))

    def on_descendant_focus(self) -> None:
        if self._is_drawn:
            self._draw_keys()


def _named(people: Sequence[str]) -> Outcome:
    return Outcome(f"page {', '.join(people)}" if people else "nobody is left to page")
