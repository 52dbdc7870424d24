"""What the queue is asked for: its filter, its order, its groups, and in which zone times are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import Invalid, InvalidMany
from oncall_tui.domain.queue.filters import VIEWS, parse_filter
from oncall_tui.domain.queue.ordering import GROUPINGS, LABEL, NONE, Order, Sort, read_grouping, read_sort
from oncall_tui.domain.time.walltime import zone as zone_named
from oncall_tui.tui.commands.acting import ActingApp
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.model import DEFAULT_FILTER, FIRST_ROWS
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.remembering import Kept, Memory
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.bars import Answer

SORT_KEYS = tuple(Answer(key, sort.value, sort.value) for key, sort in zip("dwosv", Sort, strict=True))
GROUP_KEYS = tuple(Answer(key, word, word) for key, word in zip("stvlx", (*GROUPINGS, "label", NONE), strict=True))


class ArrangingApp(ActingApp):
    """Asks for rows, and remembers what was asked for."""

    def __init__(
        self, feed: Feed, clock: Clock, keymap: Mapping[str, str], zone: tzinfo | None, memory: Memory | None
    ) -> None:
        super().__init__(feed, clock, keymap)
        self._memory = memory
        self._left_as = memory.recall() if memory is not None else Kept()
        self._zone = zone or clock.now().astimezone().tzinfo or UTC
        self._in_utc = self._left_as.utc
        self._tab = self._left_as.tab
        feed.want(filter=self._left_as.filter, order=self._left_as.order)

    @property
    def zone(self) -> tzinfo:
        """In which zone times are told: that of whoever sits here, unless they asked for UTC."""
        if self._in_utc:
            return UTC
        known = self._snapshot.me.zone if self._snapshot is not None else None
        return zone_named(known) if known else self._zone

    def redraw_tab(self) -> None:
        """Draw the open tab and the line on top anew."""
        raise NotImplementedError

    def remember(self) -> None:
        """Keep how the screen stands for the next run."""
        if self._memory is not None:
            wanted = self._feed.wanted
            self._memory.keep(Kept(tab=self._tab, filter=wanted.filter, order=wanted.order, utc=self._in_utc))

    # The filter

    def view(self, said: str | None) -> None:
        """Ask for a filter by its name."""
        name = (said or "").strip()
        if name in VIEWS:
            self.query_one(IncidentsView).ask_for(VIEWS[name])
        elif name:
            self.say(f"there is no view {name!r}: there are {', '.join(VIEWS)}", Tone.WARN)
        elif said is None:
            names = ", ".join(VIEWS)
            self.open_prompt("View: ", self.view, candidates=lambda _: tuple(VIEWS), hint=lambda _: names)

    def on_incidents_view_wants_filter(self, message: IncidentsView.WantsFilter) -> None:
        text = message.text or DEFAULT_FILTER
        try:
            parse_filter(text)
        except InvalidMany as error:
            self.say("; ".join(part.sentence for part in error.parts), Tone.ALARM)
            return
        self._unsay()
        self._feed.want(filter=text, limit=FIRST_ROWS)
        self.remember()

    def on_incidents_view_wants_detail(self, message: IncidentsView.WantsDetail) -> None:
        self._feed.want(number=message.number)

    def on_incidents_view_wants_more(self, message: IncidentsView.WantsMore) -> None:
        self._feed.want(limit=message.limit)

    # The order

    def sort(self, said: str | None) -> None:
        """Let something else come first; asks what, when it was not said."""
        if said is None:
            self._ask("First:", SORT_KEYS, self.sort)
            return
        try:
            self._arrange(Order(read_sort(said), self._feed.wanted.order.group))
        except Invalid as error:
            self.say(f"{error.sentence}: {error.mend}", Tone.WARN)

    def group(self, said: str | None) -> None:
        """Group by something; asks by what, when it was not said."""
        if said is None:
            self._ask("Group by:", GROUP_KEYS, self.group)
        elif said == "label":
            self.open_prompt("Group by label: ", lambda name: self.group(f"{LABEL}{name.strip()}") if name else None)
        else:
            try:
                self._arrange(Order(self._feed.wanted.order.sort, read_grouping(said)))
            except Invalid as error:
                self.say(f"{error.sentence}: {error.mend}", Tone.WARN)

    def _arrange(self, order: Order) -> None:
        self._feed.want(order=order, limit=FIRST_ROWS)
        self.remember()

    # The zone

    def toggle_utc(self) -> None:
        """Times in UTC, or again in the zone of whoever sits here."""
        self._in_utc = not self._in_utc
        self.redraw_tab()
        self.say(f"times in {'UTC' if self._in_utc else self.zone}", Tone.QUIET)
        self.remember()
