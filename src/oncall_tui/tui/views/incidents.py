"""Tab 1: the queue, and the story of the incident under the cursor."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer

from oncall_tui.domain.queue.ordering import USUAL
from oncall_tui.ops.verbs import Scope
from oncall_tui.tui.commands.keys import bindings, bound
from oncall_tui.tui.model import FIRST_ROWS, Early, Snapshot
from oncall_tui.tui.presenters.empty import empty_queue
from oncall_tui.tui.presenters.incidents import detail as detail_lines
from oncall_tui.tui.presenters.incidents import queue as queue_lines
from oncall_tui.tui.presenters.incidents.placing import Heading
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, line, quiet
from oncall_tui.tui.views.selecting import SelectingContainer
from oncall_tui.tui.widgets.bars import Bar
from oncall_tui.tui.widgets.drawing import drawing
from oncall_tui.tui.widgets.filter_row import FilterRow
from oncall_tui.tui.widgets.list import CursorList, Resized
from oncall_tui.tui.widgets.queue_list import QueueList, Story

if TYPE_CHECKING:
    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
    from oncall_tui.ops.reading.rows import IncidentPage

_OWN = {"incidents.filter": "filter", "incidents.select": "select", "incidents.select_all": "select_all"}
REST_SECONDS = 0.12  # the story follows a cursor that rests, not one that runs


class IncidentsView(SelectingContainer):
    """Queue and detail: below each other, beside each other when wide, or the detail alone."""

    DEFAULT_CSS = """
    IncidentsView { layout: vertical; height: 1fr; }
    IncidentsView #queue-pane { height: 11fr; width: 1fr; layout: vertical; }
    IncidentsView #story-pane { height: 9fr; width: 1fr; layout: vertical; padding-top: 1; }
    IncidentsView.-full #queue-pane { display: none; }
    IncidentsView.-full #story-pane { height: 1fr; padding-top: 0; }
    IncidentsView #story-head { display: none; }
    IncidentsView.-full #story-head { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(one for one in bindings(Scope.INCIDENTS) if one.id not in _OWN),
        *(replace(one, action=_OWN[one.id]) for one in bindings(Scope.INCIDENTS) if one.id in _OWN),
        bound("anywhere.back", "back"),
    ]

    class WantsFilter(Message):
        """Another filter was typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class WantsDetail(Message):
        """The cursor rests on an incident."""

        def __init__(self, number: int | None) -> None:
            super().__init__()
            self.number = number

    class WantsMore(Message):
        """The cursor nears the end of what is loaded."""

        def __init__(self, limit: int) -> None:
            super().__init__()
            self.limit = limit

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._page: IncidentPage | None = None
        self._me: str | None = None
        self._detail: IncidentDetail | None = None
        self._now: datetime | None = None
        self._zone: tzinfo | None = None
        self._resting: Timer | None = None
        self._filter = ""
        self._shape: queue_lines.Columns | None = None  # as last drawn: every row goes into it, and every line needs it
        self._to_runbook: int | None = None  # the incident whose runbook is gone to once it is on the screen

    def compose(self) -> ComposeResult:
        with Container(id="queue-pane"):
            yield FilterRow(id="filter-row")
            yield Bar(id="queue-header")
            yield QueueList(id="queue")
        with Container(id="story-pane"):
            yield Bar(id="story-head")
            yield Story(id="story")

    @property
    def story(self) -> Story:
        """The detail."""
        return self.query_one(Story)

    @property
    def filter_row(self) -> FilterRow:
        """The line over the queue."""
        return self.query_one(FilterRow)

    @property
    def has_more(self) -> bool:
        """Whether more match than are loaded."""
        return self._page is not None and (self._page.more or self._page.next_cursor is not None)

    def ask_for(self, text: str) -> None:
        """Ask for what this filter finds."""
        self.post_message(self.WantsFilter(text))

    def show_early(self, early: Early, zone: tzinfo) -> None:
        """Show the queue before anything else is known."""
        self._page, self._me, self._filter = early.queue, early.me.username, early.wanted.filter
        self._now, self._zone = early.at, zone
        self._placing.begin(early.queue, early.wanted.order)
        self.list.set_keys(self._placing.places)
        self.draw()

    def update_from(self, snapshot: Snapshot, now: datetime, zone: tzinfo) -> None:
        """Show a newer state of things; the cursor stays on its incident."""
        if snapshot.queue is None:
            return
        same_question = snapshot.wanted.filter == self._filter
        self._snapshot, self._now, self._zone, self._filter = snapshot, now, zone, snapshot.wanted.filter
        self._page, self._me = snapshot.queue, snapshot.me.username
        if snapshot.detail is not None or snapshot.wanted.number is None:
            self._detail = snapshot.detail
        if same_question:
            self._placing.take(snapshot.queue, snapshot.wanted.order, key=self.list.key, detail=self._detail)
        else:
            self._placing.begin(snapshot.queue, snapshot.wanted.order)
        self._selected &= {row.number for row in self._placing.rows}
        self.list.set_keys(self._placing.places)
        self.draw()
        if self._detail is None or self._detail.incident.number != self.list.key:
            self._ask_for_detail()

    def tick(self, now: datetime) -> None:
        """Time has passed: ages and countdowns."""
        self._now = now
        self.draw()

    def tick_second(self, now: datetime) -> None:
        """A second has passed: only the row under the cursor moves, and only in its last minute."""
        row = self.under_cursor
        if row is not None and self._now is not None and queue_lines.in_last_minute(row, now):
            before, self._now = self._now, now
            fresh = self._line(self.list.cursor)
            self._now = before
            self.list.replace_line(self.list.cursor, fresh)

    def draw(self) -> None:
        """Draw what is known; only differences reach the terminal."""
        with drawing(self):
            self._draw()

    def _draw(self) -> None:
        if self._page is None or self._now is None or self._zone is None:
            return
        if self._placing.rows:
            self._shape = queue_lines.columns(self.list.size.width, self._placing.rows)
            self.query_one("#queue-header", Bar).say(queue_lines.header(self._shape))
            self.list.show_from(len(self._placing.places), self._line)
        elif self._snapshot is not None:
            self.query_one("#queue-header", Bar).say(EMPTY)
            self.list.show(empty_queue(self._snapshot, self._now, self._zone))
        self._draw_filter(self._page)
        self._draw_story()

    def _line(self, index: int) -> Line:
        assert self._now is not None
        assert self._zone is not None
        assert self._shape is not None
        place = self._placing.places[index]
        if isinstance(place, Heading):
            order, groups = self._placing.order, self._placing.groups
            return queue_lines.heading_line(place.name, order, groups.get(place.name))
        row = self._placing.row(place)
        assert row is not None
        return queue_lines.incident_line(
            row,
            self._shape,
            self._now,
            me=self._me,
            selected=row.number in self._selected,
            zone=self._zone,
        )

    def _draw_filter(self, page: IncidentPage) -> None:
        total = "10,000+" if page.total is None else f"{page.total:,}"
        placing = self._placing
        shown = f"{len(placing.rows) - placing.ghosts:,} of {total}"
        chosen = f"   {len(self._selected)} selected" if self._selected else ""
        above = f"↑{self.list.top} above   " if self.list.top > 0 else ""
        order = f"   {queue_lines.order_words(placing.order)}" if placing.order != USUAL else ""
        self.filter_row.say(
            line(Piece(" / ", Tone.ACCENT), self._filter, quiet(order)),
            line(Piece(above, Tone.ACCENT), quiet(shown), Piece(chosen, Tone.ACCENT), " "),
        )

    def _draw_story(self) -> None:
        story = self.story
        assert self._now is not None
        assert self._zone is not None
        cells, row = story.size.width, self.under_cursor
        is_another_s = self._detail is None or row is None or row.number != self._detail.incident.number
        if row is not None and self.is_full:  # there however far the story is scrolled
            self.query_one("#story-head", Bar).say(detail_lines.heading(row, cells))
        if row is not None and is_another_s and (self.is_full or story.stale):
            # Keys act on the row under the cursor: no other's story may stand there as if it were that one's.
            story.show(detail_lines.unread(row, cells, away=story.stale)[self.is_full :])
        elif self._detail is None or row is None:
            story.show(detail_lines.CHOOSE if row is not None else ())
        elif self.is_full:
            whole = detail_lines.whole(self._detail, self._now, cells, self._zone)[1:]
            if self._detail.incident.number == self._to_runbook and story.size.height:
                self._to_runbook = None
                story.top = whole.index(detail_lines.RUNBOOK) if detail_lines.RUNBOOK in whole else story.top
            story.show(whole)
        else:
            story.top = 0
            story.show(detail_lines.preview(self._detail, self._now, cells, story.size.height, self._zone))

    def on_resized(self, message: Resized) -> None:
        message.stop()
        self.draw()

    def on_cursor_list_moved(self, message: CursorList.Moved) -> None:
        message.stop()
        self._placing.let_go()
        if self._page is not None:
            self._draw_filter(self._page)  # how many lines are above
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST_SECONDS, self._ask_for_detail)
        loaded = len(self._placing.rows)
        page = self._page
        near_end = self.list.cursor > len(self._placing.places) - 50
        if page is not None and (page.more or page.next_cursor is not None) and near_end:
            self.post_message(self.WantsMore(loaded + FIRST_ROWS))

    def _ask_for_detail(self) -> None:
        key = self.list.key
        self.post_message(self.WantsDetail(key if isinstance(key, int) else None))
        if self.story.stale:
            self.draw()

    def on_cursor_list_opened(self, message: CursorList.Opened) -> None:
        message.stop()
        self.add_class("-full")
        self.story.top = 0
        self.story.focus()
        self._ask_for_detail()

    def open_runbook(self) -> None:
        """Give the story the whole screen, where the runbook begins."""
        self._to_runbook = self.under_cursor.number if self.under_cursor is not None else None
        if self.is_full:
            self.draw()
        else:
            self.list.action_open()

    def action_back(self) -> None:
        self._to_runbook = None
        if self.filter_row.is_typing:
            self.stop_typing()
        elif self.is_full:
            self.remove_class("-full")
            self.list.focus()
        elif self._selected:
            self.clear_selection()
        else:
            raise SkipAction  # the application may have something to take back

    async def action_filter(self) -> None:
        if not self.is_full:
            await self.filter_row.begin(self._filter)

    def on_filter_row_entered(self, message: FilterRow.Entered) -> None:
        message.stop()
        self.stop_typing()
        self.ask_for(message.text)

    def stop_typing(self) -> None:
        """Close the filter field."""
        self.filter_row.end()
        self.list.focus()
        self.call_after_refresh(self.draw)
