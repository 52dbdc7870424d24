"""The tabs: which is open, who has the keys, and what each shows of a snapshot."""

from __future__ import annotations

from textual.widget import Widget

from oncall_tui.tui.model import Snapshot, Tab
from oncall_tui.tui.tty.ringing import RingingApp
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.views.insights import InsightsView
from oncall_tui.tui.views.pair import PairView
from oncall_tui.tui.views.policies import PoliciesView
from oncall_tui.tui.views.schedule import ScheduleView
from oncall_tui.tui.views.services import ServicesView
from oncall_tui.tui.views.system import SystemView
from oncall_tui.tui.views.users import UsersView
from oncall_tui.tui.widgets.bars import TabBar
from oncall_tui.tui.widgets.command_list import CommandList


class TabbingApp(RingingApp):
    """Opens tabs and fills the open one."""

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

    def draw_chrome(self) -> None:
        """Draw the lines around the open tab."""
        raise NotImplementedError

    def open_tab(self, tab: Tab) -> None:
        self._tab = tab
        self.query_one(CommandList).close()
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

    def redraw_everything(self) -> None:
        """Draw every line that differs, also where only its style does."""
        for view in self.query("LineView"):
            view.repaint()  # type: ignore[attr-defined]  # the query is by that very class

    def update_tab(self, snapshot: Snapshot) -> None:
        """Show a newer state of things on the open tab."""
        now, zone = self._clock.now(), self.zone
        match self._tab:
            case Tab.INCIDENTS:
                self.query_one(IncidentsView).update_from(snapshot, now, zone)
            case Tab.SCHEDULE:
                self.query_one(ScheduleView).update_from(snapshot, now)
            case Tab.USERS:
                self.query_one(UsersView).update_from(snapshot, now)
            case Tab.POLICIES:
                self.query_one(PoliciesView).update_from(snapshot)
            case Tab.SERVICES:
                self.query_one(ServicesView).update_from(snapshot, now, zone)
            case Tab.INSIGHTS:
                self.query_one(InsightsView).update_from(snapshot)
            case Tab.SYSTEM:
                self.query_one(SystemView).update_from(snapshot, now, zone)
        self.redraw_everything()
