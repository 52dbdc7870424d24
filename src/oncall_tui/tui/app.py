"""The terminal application: wiring of tabs, bars, keys and the database thread. It decides nothing itself."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from oncall_tui.clock import Clock, SystemClock
from oncall_tui.domain.errors import InvalidMany
from oncall_tui.domain.filters import parse_filter
from oncall_tui.ops.verbs import Scope
from oncall_tui.tui.backend import Backend
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.keys import bindings, keymap_of
from oncall_tui.tui.model import DEFAULT_FILTER, FIRST_ROWS, Snapshot, Tab, Trouble
from oncall_tui.tui.people.acting import PeopleActs
from oncall_tui.tui.people.code_entry import CodeEntry
from oncall_tui.tui.presenters import top
from oncall_tui.tui.presenters.candidates import filter_words
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.ringing import RingingApp
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.views.insights import InsightsView
from oncall_tui.tui.views.pair import PairView
from oncall_tui.tui.views.policies import PoliciesView
from oncall_tui.tui.views.schedule import ScheduleView
from oncall_tui.tui.views.services import ServicesView
from oncall_tui.tui.views.system import SystemView
from oncall_tui.tui.views.users import UsersView
from oncall_tui.tui.widgets.bars import Bar, KeyBar, TabBar
from oncall_tui.tui.widgets.command_list import CommandList
from oncall_tui.tui.widgets.new_incident import NewIncident
from oncall_tui.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from oncall_tui.settings import Settings

log = logging.getLogger(__name__)

TICK_SECONDS = 15.0


# The commands of anywhere whose keys the application itself takes; lists and views take the others.
_HERE = {
    *(f"anywhere.tab_{tab.name.lower()}" for tab in Tab),
    *(f"anywhere.{name}" for name in ("command", "palette", "help", "suspend", "quit")),
}


class News(Message):
    """The database thread has something for the screen."""

    def __init__(self, what: Snapshot | Trouble) -> None:
        super().__init__()
        self.what = what


class OncallApp(PeopleActs, RingingApp):
    """What burns, who has it, who is next; and the few keys that change it."""

    TITLE = "oncall"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared by Textual as it is
        (0, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - declared by Textual as it is
        (0, "-short"),
        (20, "-tall"),
    ]
    CSS = """
    Screen { layout: vertical; background: ansi_default; color: ansi_default; overflow: hidden; }
    .-wide IncidentsView { layout: horizontal; }
    .-wide IncidentsView #queue-pane { height: 1fr; width: 13fr; }
    .-wide IncidentsView #story-pane { height: 1fr; width: 9fr; padding-top: 1; }
    .-wide PairView { layout: horizontal; }
    .-wide PairView .pair-list { height: 1fr; width: 12fr; }
    .-wide PairView .pair-detail { height: 1fr; width: 10fr; padding-top: 0; }
    .-short IncidentsView #story-pane { display: none; }
    .-short PairView .pair-detail { display: none; }
    .-short .-full #story-pane { display: block; }
    .-short .-full .pair-detail { display: block; }
    Screen IncidentsView.-full #story-pane { padding-top: 0; width: 1fr; }
    Screen PairView.-full .pair-detail { padding-top: 0; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(one for one in bindings(Scope.ANYWHERE) if one.id in _HERE),
        Binding("ctrl+q", "quit", "quit", show=False, priority=True),
        Binding("escape", "back", "back", show=False),
    ]

    def __init__(
        self,
        backend: Backend,
        *,
        clock: Clock | None = None,
        zone: tzinfo | None = None,
        ticking: bool = True,
        keymap: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(Feed(backend, self._told), clock or SystemClock())
        self.animation_level = "none"
        self.theme = "ansi-dark"
        self.stale = False
        self._zone = zone or _local_zone(self._clock)
        self._ticking = ticking
        self._keymap = keymap_of(keymap or {})
        self._fresh_at: datetime | None = None
        self._shown_at: datetime | None = None
        self._hinted = False

    def compose(self) -> ComposeResult:
        yield Bar(id="top")
        yield TabBar(id="tabs")
        yield Bar(id="banner")
        yield IncidentsView(id="incidents")
        yield ScheduleView(id="schedule")
        yield UsersView(id="users")
        yield PoliciesView(id="policies")
        yield ServicesView(id="services")
        yield InsightsView(id="insights")
        yield SystemView(id="system")
        yield CommandList(id="commands-pane")
        yield NewIncident(id="new")
        yield CodeEntry(id="code")
        yield Prompt(id="prompt")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        self.query_one("#banner").display = False
        self.set_keymap(self._keymap)
        self.query_one(IncidentsView).words = lambda: filter_words(self._snapshot)
        self.open_tab(Tab.INCIDENTS)
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
        if not self._is_drawn:
            return
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
            self.ring(snapshot)
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
                self.query_one(UsersView).update_from(snapshot, now)
            case Tab.POLICIES:
                self.query_one(PoliciesView).update_from(snapshot)
            case Tab.SERVICES:
                self.query_one(ServicesView).update_from(snapshot, now, self._zone)
            case Tab.INSIGHTS:
                self.query_one(InsightsView).update_from(snapshot)
            case Tab.SYSTEM:
                self.query_one(SystemView).update_from(snapshot, now, self._zone)
        self._redraw_everything()

    def _told(self, what: Snapshot | Trouble) -> None:
        self.post_message(News(what))

    # Time

    def tick(self) -> None:
        """Every fifteen seconds: ages, countdowns, the worker's life."""
        if not self._is_drawn:
            return
        now = self._clock.now()
        self._draw_top(now)
        self.query_one(IncidentsView).tick(now)
        self._draw_banner()

    def tick_second(self) -> None:
        """Every second: the last minute of the row under the cursor, and the age of what is out of date."""
        if not self._is_drawn:
            return
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
            Tab.SERVICES: self.query_one(ServicesView),
            Tab.INSIGHTS: self.query_one(InsightsView),
            Tab.SYSTEM: self.query_one(SystemView),
        }

    def open_tab(self, tab: Tab) -> None:
        self._tab = tab
        self.query_one(CommandList).close()
        for other, view in self._views.items():
            view.display = other is tab
        self._feed.want(tab=tab)
        self.focus_tab()
        self._draw_chrome()

    def focus_tab(self) -> None:
        match self._tab:
            case Tab.INCIDENTS:
                view = self.query_one(IncidentsView)
                (view.story if view.is_full else view.list).focus()
            case Tab.SCHEDULE:
                self.query_one(ScheduleView).focus_inside()
            case _:
                pair = self._views[self._tab]
                assert isinstance(pair, PairView)
                (pair.detail if pair.has_class("-full") else pair.list).focus()

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        self.open_tab(message.tab)

    def hide_views(self) -> None:
        for view in self._views.values():
            view.display = False

    async def action_back(self) -> None:
        self._back()

    def _back(self) -> None:
        if not self._close_commands() and self._said is not None:
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

    # What the policies tab asks for

    def on_policies_view_wants_foresight(self, message: PoliciesView.WantsForesight) -> None:
        self._feed.want(policy=message.policy)


def _local_zone(clock: Clock) -> tzinfo:
    return clock.now().astimezone().tzinfo or UTC


def run(settings: Settings, *, prepare: Callable[[Settings], None] | None = None) -> None:
    """Open the terminal on the configured database until somebody quits; `prepare` makes a missing one."""
    from oncall_tui.tui.hangup import end_when_the_terminal_is_gone
    from oncall_tui.tui.ops_backend import OpsBackend
    from oncall_tui.tui.quiet_logs import kept_off_the_screen

    end_when_the_terminal_is_gone(sys.stdin.fileno())
    with kept_off_the_screen():
        OncallApp(OpsBackend(settings, prepare=prepare), keymap=settings.keymap).run()
