"""The terminal application: wiring of tabs, bars, keys and the database thread. It decides nothing itself."""

from __future__ import annotations

import asyncio
import os
import signal
import traceback
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key, Resize
from textual.message import Message

from oncall_tui.clock import Clock, SystemClock
from oncall_tui.ops.verbs import Scope
from oncall_tui.tui import starting
from oncall_tui.tui.backend import Backend
from oncall_tui.tui.commands.keys import bindings, bound, keymap_of, keymap_problems
from oncall_tui.tui.commands.tabbing import TabbingApp
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.model import Early, Snapshot, Tab, Trouble
from oncall_tui.tui.palette import BY_THEME, Palette
from oncall_tui.tui.people.acting import PeopleActs
from oncall_tui.tui.presenters import top
from oncall_tui.tui.presenters.commands.candidates import filter_words
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.remembering import Memory
from oncall_tui.tui.tty.terminal import takes_links
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.bars import Bar, KeyBar, TabBar
from oncall_tui.tui.widgets.drawing import Undrawn, drawing
from oncall_tui.tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from oncall_tui.tui.views.policies import PoliciesView

TICK_SECONDS = 15.0


# The commands of anywhere whose keys the application itself takes; lists and views take the others.
_HERE = {
    *(f"anywhere.tab_{tab.name.lower()}" for tab in Tab),
    *(f"anywhere.{name}" for name in ("command", "palette", "help", "suspend", "quit")),
}


class News(Message):
    """The database thread has something for the screen."""

    def __init__(self, what: Early | Snapshot | Trouble) -> None:
        super().__init__()
        self.what = what


class OncallApp(PeopleActs, TabbingApp):
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
    Screen { layout: vertical; layers: base over; background: $oncall-back; color: $oncall-text; overflow: hidden; }
    .-wide IncidentsView { layout: horizontal; }
    .-wide IncidentsView #queue-pane { height: 1fr; width: 13fr; }
    .-wide IncidentsView #story-pane { height: 1fr; width: 9fr; padding-top: 1; }
    .-wide PairView { layout: horizontal; }
    .-wide PairView .pair-list { height: 1fr; width: 12fr; }
    .-wide PairView .pair-detail { height: 1fr; width: 10fr; padding-top: 0; }
    .-wide SystemView .pair-list { width: 8fr; }
    .-wide SystemView .pair-detail { width: 14fr; }
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
        bound("anywhere.back", "back"),
    ]

    def __init__(  # noqa: PLR0913 - all but the first have what is usual
        self,
        backend: Backend,
        *,
        clock: Clock | None = None,
        zone: tzinfo | None = None,
        ticking: bool = True,
        keymap: Mapping[str, str] | None = None,
        theme: str = "oncall",
        memory: Memory | None = None,
    ) -> None:
        self.palette: Palette = BY_THEME["mono" if os.environ.get("NO_COLOR") else theme]
        super().__init__(Feed(backend, self._told), clock or SystemClock(), keymap or {}, zone, memory)
        self.animation_level = "none"
        self.theme = "ansi-dark"
        self.stale = False
        self.links = takes_links(os.environ)
        self._ticking = ticking
        self._keymap = keymap_of(keymap or {})
        self._odd_keys = keymap_problems(keymap or {})
        self._fresh_at: datetime | None = None
        self._shown_at: datetime | None = None
        self._hinted = False

    def compose(self) -> ComposeResult:
        yield Bar(id="top")
        yield TabBar(id="tabs")
        yield Bar(id="banner")
        yield self.view_of(Tab.INCIDENTS)
        if self._left_as.tab is not Tab.INCIDENTS:
            yield self.view_of(self._left_as.tab)
        yield KeyBar(id="keys")
        yield TooSmall(id="too-small")

    def get_css_variables(self) -> dict[str, str]:
        return super().get_css_variables() | {"oncall-back": self.palette.back, "oncall-text": self.palette.text}

    def on_mount(self) -> None:
        if not self.is_headless:  # whoever ends us from elsewhere gets the terminal back as it was
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)
        self.query_one("#banner").display = False
        self.set_keymap(self._keymap)
        self.query_one(IncidentsView).filter_row.words = lambda: filter_words(self._snapshot)
        self.open_tab(self._left_as.tab)
        if self._odd_keys:
            self.say(f"in the keymap: {'; '.join(self._odd_keys)}", Tone.WARN, stays=True)
        # The first frame is on its way before anything of the database is imported.
        self.call_after_refresh(self._feed.start)
        if self._ticking:
            self.set_interval(TICK_SECONDS, self.tick)
            self.set_interval(1.0, self.tick_second)

    def on_unmount(self) -> None:
        self.forget_title()
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
            self.take_keys_for_rows()
            starting.end()
            return
        if isinstance(message.what, Early):
            if self._snapshot is None:
                self._me = message.what.me
                self.query_one(IncidentsView).show_early(message.what, self.zone)
            return
        starting.end()
        snapshot = message.what
        recovered = self.stale
        self._snapshot, self._me, self._fresh_at = snapshot, snapshot.me, snapshot.at
        self._trouble, self.stale = None, False
        self.query_one("#banner").display = False
        if not self._hinted and snapshot.me.hint:
            self._hinted = True
            self.say(snapshot.me.hint, Tone.WARN, stays=True)
        with drawing(self):
            self._draw_top(self._shown_at if self._shown_at and not recovered else self._clock.now())
            self.update_tab(snapshot)
            if recovered:
                self.redraw_everything()
            self.ring(snapshot)
        if snapshot.wanted.tab is self._tab:
            self.take_keys_for_rows()

    def on_undrawn(self, message: Undrawn) -> None:
        """One row that can't be drawn must not close everybody's terminal."""
        error = message.error
        if self._is_drawn:
            self._lose(Trouble(f"it could not be drawn: {type(error).__name__}: {error}", away=False))

    def _lose(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self.stale = self._snapshot is not None
        if self._fresh_at is None:
            self._fresh_at = self._clock.now()
        self.query_one("#banner").display = True
        self._draw_banner()
        self.redraw_everything()

    def _draw_banner(self) -> None:
        if self._trouble is not None and self._fresh_at is not None:
            shown = self._fresh_at if self._snapshot is not None else None
            self.query_one("#banner", Bar).put(
                top.banner_lines(self._trouble, shown, self._clock.now(), self.size.width)
            )

    def _told(self, what: Early | Snapshot | Trouble) -> None:
        self.post_message(News(what))

    # Time

    def tick(self) -> None:
        """Every fifteen seconds: ages, countdowns, the worker's life."""
        if not self._is_drawn:
            return
        now = self._clock.now()
        with drawing(self):
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
            with drawing(self):
                self.query_one(IncidentsView).tick_second(self._clock.now())

    def _draw_top(self, now: datetime) -> None:
        """Counts change at once; ages only with the tick, or they would flicker with every event."""
        self._shown_at = now
        bar = self.query_one("#top", Bar)
        bar.say(top.top_line(self._snapshot, now, self.size.width, self.zone))

    def redraw_tab(self) -> None:
        self._draw_top(self._clock.now())
        if self._snapshot is not None:
            self.update_tab(self._snapshot)

    # Size

    def on_resize(self, event: Resize) -> None:
        self.query_one(TooSmall).fit(event.size)
        self.call_after_refresh(self.draw_chrome)

    async def take_key(self, event: Key) -> None:
        if self._is_drawn and self.query_one(TooSmall).display:
            if event.key in self._keymap.get("anywhere.quit", "q").split(","):
                self.exit()
            return
        await super().take_key(event)

    def draw_chrome(self) -> None:
        self._draw_top(self._clock.now())
        self.query_one(TabBar).mark(self._tab)
        self._draw_banner()
        self._draw_keys()

    def action_help_quit(self) -> None:
        self.say("ctrl+c ends nothing here: q or ctrl+q quits", Tone.QUIET)

    async def action_back(self) -> None:
        self._back()

    def _back(self) -> None:
        if not self._close_commands() and self._said is not None:
            self._unsay()

    # What the policies tab asks for

    def on_policies_view_wants_foresight(self, message: PoliciesView.WantsForesight) -> None:
        self._feed.want(policy=message.policy)
