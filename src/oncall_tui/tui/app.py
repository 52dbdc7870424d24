"""The terminal application: wiring of tabs, bars, keys and the database thread. It decides nothing itself."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from oncall_tui.clock import Clock, SystemClock
from oncall_tui.domain.errors import InvalidMany
from oncall_tui.domain.filters import parse_filter
from oncall_tui.tui import keys
from oncall_tui.tui.backend import Backend
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.model import DEFAULT_FILTER, FIRST_ROWS, Outcome, Seen, Snapshot, Tab, Trouble
from oncall_tui.tui.presenters import top
from oncall_tui.tui.presenters.help import help_lines
from oncall_tui.tui.presenters.line import Piece, Tone, line, quiet
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.views.policies import PoliciesView
from oncall_tui.tui.views.schedule import ScheduleView
from oncall_tui.tui.views.users import UsersView
from oncall_tui.tui.widgets.bars import Answer, Bar, KeyBar, TabBar
from oncall_tui.tui.widgets.list import ScrollLines
from oncall_tui.tui.widgets.new_incident import NewIncident

if TYPE_CHECKING:
    from oncall_tui.settings import Settings

log = logging.getLogger(__name__)

TICK_SECONDS = 15.0
SAID_SECONDS = 8.0
YES = (Answer("y", "yes", "yes"),)
REASONS = (
    Answer("enter", "fixed", "fixed"),
    Answer("c", "cancelled", "cancelled"),
    Answer("f", "false alarm", "false alarm"),
    Answer("d", "duplicate", "duplicate"),
)


class News(Message):
    """The database thread has something for the screen."""

    def __init__(self, what: Snapshot | Trouble) -> None:
        super().__init__()
        self.what = what


class Ended(Message):
    """An act has ended; `then` wants to hear how."""

    def __init__(self, outcome: Outcome, then: Callable[[Outcome], None]) -> None:
        super().__init__()
        self.outcome, self.then = outcome, then


class OncallApp(App[None]):
    """What burns, who has it, who is next; and the few keys that change it."""

    TITLE = "oncall"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [(0, "-short"), (20, "-tall")]
    CSS = """
    Screen { layout: vertical; background: ansi_default; color: ansi_default; overflow: hidden; }
    .hidden { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(tab.value), f"tab({tab.value})", tab.title, show=False) for tab in Tab),
        Binding("a", "acknowledge", "ack", show=False),
        Binding("e", "escalate", "escalate", show=False),
        Binding("r", "resolve", "resolve", show=False),
        Binding("c", "new", "new", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("q", "quit", "quit", show=False),
        Binding("ctrl+q", "quit", "quit", show=False, priority=True),
        Binding("escape", "back", "back", show=False),
    ]

    def __init__(
        self, backend: Backend, *, clock: Clock | None = None, zone: tzinfo | None = None, ticking: bool = True
    ) -> None:
        super().__init__(ansi_color=True)  # said before the theme is set: NO_COLOR then strips colours, not tones them
        self.animation_level = "none"
        self.theme = "ansi-dark"
        self.stale = False
        self._clock = clock or SystemClock()
        self._zone = zone or _local_zone()
        self._ticking = ticking
        self._tab = Tab.INCIDENTS
        self._snapshot: Snapshot | None = None
        self._fresh_at: datetime | None = None
        self._trouble: Trouble | None = None
        self._shown_at: datetime | None = None
        self._said: tuple[str, Tone] | None = None
        self._hinted = False
        self._feed = Feed(backend, lambda what: self.post_message(News(what)) and None)

    def compose(self) -> ComposeResult:
        yield Bar(id="top")
        yield TabBar(id="tabs")
        yield Bar(id="banner")
        yield IncidentsView(id="incidents")
        yield ScheduleView(id="schedule")
        yield UsersView(id="users")
        yield PoliciesView(id="policies")
        yield ScrollLines(id="help")
        yield NewIncident(id="new")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        self.query_one("#banner").display = False
        self.query_one("#help").display = False
        self._open_tab(Tab.INCIDENTS)
        # The first frame is on its way before anything of the database is imported.
        self.call_after_refresh(self._feed.start)
        if self._ticking:
            self.set_interval(TICK_SECONDS, self.tick)
            self.set_interval(1.0, self.tick_second)

    def on_unmount(self) -> None:
        self._feed.end()

    def _fatal_error(self) -> None:
        # Textual would print every local variable beside the traceback, senders' texts and addresses among them.
        self._exit_renderables.append(Text(traceback.format_exc()))
        self._close_messages_no_wait()

    # What comes from the database thread

    def on_news(self, message: News) -> None:
        if isinstance(message.what, Trouble):
            self._lose(message.what)
            return
        snapshot = message.what
        recovered = self.stale
        self._snapshot, self._fresh_at, self._trouble, self.stale = snapshot, snapshot.at, None, False
        self.query_one("#banner").display = False
        if not self._hinted and snapshot.me.hint:
            self._hinted = True
            self.say(snapshot.me.hint, Tone.WARN, stays=True)
        try:
            self._draw_top(self._shown_at if self._shown_at and not recovered else self._clock.now())
            self._update_tab(snapshot)
        except Exception as error:  # one row that can't be drawn must not close everybody's terminal
            log.exception("a snapshot could not be drawn")
            self._lose(Trouble(f"it could not be drawn: {type(error).__name__}: {error}", away=False))

    def _lose(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self.stale = self._snapshot is not None
        if self._fresh_at is None:
            self._fresh_at = self._clock.now()
        self.query_one("#banner").display = True
        self._draw_banner()
        self._redraw_everything()

    def _draw_banner(self) -> None:
        if self._trouble is not None and self._fresh_at is not None:
            shown = self._fresh_at if self._snapshot is not None else None
            self.query_one("#banner", Bar).say(top.banner_line(self._trouble, shown, self._clock.now()))

    def _redraw_everything(self) -> None:
        for view in self.query("LineView"):
            view.repaint()  # type: ignore[attr-defined]  # the query is by that very class

    def _update_tab(self, snapshot: Snapshot) -> None:
        now = self._clock.now()
        match self._tab:
            case Tab.INCIDENTS:
                self.query_one(IncidentsView).update_from(snapshot, now, self._zone)
            case Tab.SCHEDULE:
                self.query_one(ScheduleView).update_from(snapshot, now)
            case Tab.USERS:
                self.query_one(UsersView).update_from(snapshot, now, self._zone)
            case Tab.POLICIES:
                self.query_one(PoliciesView).update_from(snapshot)
        self._redraw_everything()

    # Time

    def tick(self) -> None:
        """Every fifteen seconds: ages, countdowns, the worker's life."""
        now = self._clock.now()
        self._draw_top(now)
        self.query_one(IncidentsView).tick(now)
        self._draw_banner()

    def tick_second(self) -> None:
        """Every second: the last minute of the row under the cursor, and the age of what is out of date."""
        if self.stale:
            self._draw_banner()
        elif self._tab is Tab.INCIDENTS:
            self.query_one(IncidentsView).tick_second(self._clock.now())

    def _draw_top(self, now: datetime) -> None:
        """Counts change at once; ages only with the tick, or they would flicker with every event."""
        self._shown_at = now
        bar = self.query_one("#top", Bar)
        bar.say(top.top_line(self._snapshot, now, self.size.width, self._zone))

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw_chrome)

    def _draw_chrome(self) -> None:
        self._draw_top(self._clock.now())
        self.query_one(TabBar).mark(self._tab)
        self._draw_keys()

    # Tabs

    @property
    def _views(self) -> dict[Tab, Widget]:
        return {
            Tab.INCIDENTS: self.query_one(IncidentsView),
            Tab.SCHEDULE: self.query_one(ScheduleView),
            Tab.USERS: self.query_one(UsersView),
            Tab.POLICIES: self.query_one(PoliciesView),
        }

    def _open_tab(self, tab: Tab) -> None:
        self._tab = tab
        self.query_one("#help").display = False
        for other, view in self._views.items():
            view.display = other is tab
        self._feed.want(tab=tab)
        self._focus_tab()
        self._draw_chrome()

    def _focus_tab(self) -> None:
        match self._tab:
            case Tab.INCIDENTS:
                view = self.query_one(IncidentsView)
                (view.story if view.is_full else view.list).focus()
            case Tab.SCHEDULE:
                self.query_one(ScheduleView).board.focus()
            case Tab.USERS:
                self.query_one(UsersView).list.focus()
            case Tab.POLICIES:
                self.query_one(PoliciesView).list.focus()

    def action_tab(self, number: int) -> None:
        self._open_tab(Tab(number))

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        self._open_tab(message.tab)

    def action_help(self) -> None:
        help_ = self.query_one("#help", ScrollLines)
        if help_.display:
            self.action_back()
            return
        for view in self._views.values():
            view.display = False
        help_.display = True
        help_.show(help_lines())
        help_.focus()

    def action_back(self) -> None:
        if self.query_one("#help").display:
            self._open_tab(self._tab)
        elif self._said is not None:
            self._unsay()

    # What the incident tab asks for

    def on_incidents_view_wants_filter(self, message: IncidentsView.WantsFilter) -> None:
        text = message.text or DEFAULT_FILTER
        try:
            parse_filter(text)
        except InvalidMany as error:
            self.say("; ".join(part.sentence for part in error.parts), Tone.ALARM)
            return
        self._unsay()
        self._feed.want(filter=text, limit=FIRST_ROWS)

    def on_incidents_view_wants_detail(self, message: IncidentsView.WantsDetail) -> None:
        self._feed.want(number=message.number)

    def on_incidents_view_wants_more(self, message: IncidentsView.WantsMore) -> None:
        self._feed.want(limit=message.limit)

    # Acts

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
        self._feed.do(act, lambda outcome: self.post_message(Ended(outcome, heard)) and None)

    def on_ended(self, message: Ended) -> None:
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
        self._ask(
            f"Resolve {what}:", REASONS, lambda reason: self._do(lambda backend: backend.resolve(seen, reason))
        )

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
        self._focus_tab()

    def on_new_incident_filled(self, message: NewIncident.Filled) -> None:
        title, service, severity = message.title, message.service, message.severity
        self._do(lambda backend: backend.trigger(title, service, severity))

    # Questions and what is said

    def _ask(self, words: str, answers: Sequence[Answer], then: Callable[[str], None]) -> None:
        self.query_one(KeyBar).ask(words, answers, then)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.key != "ctrl+q" and self._is_asking():
            self.query_one(KeyBar).take(event.key)
            return
        await super().on_event(event)

    def _is_asking(self) -> bool:
        found = self.query(KeyBar)
        return bool(found) and found.first().asking

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
        story = self._tab is Tab.INCIDENTS and self.query_one(IncidentsView).is_full
        bar.say(top.keys_line(keys.IN_STORY if story else keys.BY_TAB[self._tab], self.size.width))

    def on_descendant_focus(self) -> None:
        if self.is_mounted and self.query("#keys"):
            self._draw_keys()


def _named(people: Sequence[str]) -> Outcome:
    return Outcome(f"page {', '.join(people)}" if people else "nobody is left to page")


def _local_zone() -> tzinfo:
    return datetime.now(UTC).astimezone().tzinfo or UTC


def run(settings: Settings, *, prepare: Callable[[Settings], None] | None = None) -> None:
    """Open the terminal on the configured database until somebody quits. `prepare` makes a database that is not there."""
    from oncall_tui.tui.ops_backend import OpsBackend
    from oncall_tui.tui.quiet_logs import kept_off_the_screen

    with kept_off_the_screen():
        OncallApp(OpsBackend(settings, prepare=prepare)).run()
