"""The tabs: which is open, who has the keys, and what each shows of a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from textual.widget import Widget

from oncall_tui.tui.commands import acting
from oncall_tui.tui.model import Snapshot, Tab
from oncall_tui.tui.tty.ringing import RingingApp
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.bars import TabBar

if TYPE_CHECKING:
    from oncall_tui.tui.views.insights import InsightsView
    from oncall_tui.tui.views.pair import PairView
    from oncall_tui.tui.views.policies import PoliciesView
    from oncall_tui.tui.views.schedule import ScheduleView
    from oncall_tui.tui.views.services import ServicesView
    from oncall_tui.tui.views.system import SystemView
    from oncall_tui.tui.views.users import UsersView


class TabbingApp(RingingApp):
    """Opens tabs and fills the open one. A tab's widgets are loaded and made when it is opened for the first time."""

    _rows_came: Callable[[], None] | None = None

    def view_of(self, tab: Tab) -> Widget:
        """The view of a tab, made now if nobody has opened it yet."""
        found = self._views.get(tab)
        if found is None:
            name = tab.name.lower()
            made: type[Widget] = getattr(import_module(f"oncall_tui.tui.views.{name}"), f"{name.capitalize()}View")
            found = self._views[tab] = made(id=name)
        return found

    def draw_chrome(self) -> None:
        """Draw the lines around the open tab."""
        raise NotImplementedError

    def open_tab(self, tab: Tab) -> None:
        if tab in self._views:
            self._show_tab(tab)
        else:
            self.hold_keys()  # they are for the tab that comes
            self.call_next(self._open_first, tab)

    async def _open_first(self, tab: Tab) -> None:
        view = self.view_of(tab)
        if not view.is_attached:  # a second click came meanwhile
            view.display = False
            await self.mount(view, after="#banner")
        self._show_tab(tab)
        self.take_keys_for_rows()
        self._rows_came = self.hold_keys_for(acting.KEYS_WAIT_SECONDS)
        self.release_keys()

    def take_keys_for_rows(self) -> None:
        """The first rows of the open tab are there, or will not come: keys typed behind the tab's are for them."""
        rows_came, self._rows_came = self._rows_came, None
        if rows_came is not None:
            rows_came()

    def _show_tab(self, tab: Tab) -> None:
        self._tab = tab
        if self._commands is not None:
            self._commands.close()
        for other, view in self._views.items():
            view.display = other is tab
        self._feed.want(tab=tab)
        self.focus_tab()
        self.draw_chrome()
        self.remember()

    def focus_tab(self) -> None:
        match self._tab:
            case Tab.INCIDENTS:
                view = self.query_one(IncidentsView)
                (view.story if view.is_full else view.list).focus()
            case Tab.SCHEDULE:
                cast("ScheduleView", self.view_of(Tab.SCHEDULE)).focus_inside()
            case _:
                pair = cast("PairView", self.view_of(self._tab))
                (pair.detail if pair.has_class("-full") else pair.list).focus()

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        self.open_tab(message.tab)

    def hide_views(self) -> None:
        for view in self._views.values():
            view.display = False

    def redraw_everything(self) -> None:
        """Draw every line that differs, also where only its style does."""
        for view in self.query("LineView"):
            view.repaint()  # type: ignore[attr-defined]  # the query is by that very class

    def update_tab(self, snapshot: Snapshot) -> None:
        """Show a newer state of things on the open tab."""
        now, zone, view = self._clock.now(), self.zone, self.view_of(self._tab)
        match self._tab:
            case Tab.INCIDENTS:
                self.query_one(IncidentsView).update_from(snapshot, now, zone)
            case Tab.SCHEDULE:
                cast("ScheduleView", view).update_from(snapshot, now)
            case Tab.USERS:
                cast("UsersView", view).update_from(snapshot, now)
            case Tab.POLICIES:
                cast("PoliciesView", view).update_from(snapshot)
            case Tab.SERVICES:
                cast("ServicesView", view).update_from(snapshot, now, zone)
            case Tab.INSIGHTS:
                cast("InsightsView", view).update_from(snapshot)
            case Tab.SYSTEM:
                cast("SystemView", view).update_from(snapshot, now, zone)
