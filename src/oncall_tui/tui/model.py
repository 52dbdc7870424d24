"""What the screens show and ask for: frozen values that travel between the database thread and the widgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from oncall_tui.domain.queue.ordering import USUAL, Order

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Schedule
    from oncall_tui.domain.simulation.foresight import Foresight
    from oncall_tui.ops.reading.directory_rows import PolicyRow, TeamRow, UserRow
    from oncall_tui.ops.reading.estate import Estate
    from oncall_tui.ops.reading.house import House
    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
    from oncall_tui.ops.reading.past import Insights
    from oncall_tui.ops.reading.rows import IncidentPage, Status
    from oncall_tui.tui.schedules.values import Rota

FIRST_ROWS = 200
DEFAULT_FILTER = "state:open"


class Tab(IntEnum):
    """The tabs there are, by the key that opens them."""

    INCIDENTS = 1
    SCHEDULE = 2
    USERS = 3
    POLICIES = 4
    SERVICES = 5
    INSIGHTS = 6
    SYSTEM = 7

    @property
    def title(self) -> str:
        """Its name on the tab line."""
        return self.name.capitalize()


@dataclass(frozen=True, slots=True)
class Me:
    """Who sits at the terminal. `hint` tells somebody unknown how to be added; empty when all is well.

    `zone` is the name of the person's time zone, as the directory has it.
    """

    username: str | None
    os_account: str
    may_act: bool
    hint: str = ""
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the screen needs to know now."""

    tab: Tab = Tab.INCIDENTS
    filter: str = DEFAULT_FILTER
    order: Order = USUAL
    limit: int = FIRST_ROWS
    number: int | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything on the screen, as of one moment. What the open tab does not need is None.

    `mine`: number and title of what is triggered and with me, whatever the filter shows.
    """

    at: datetime
    me: Me
    wanted: Wanted
    status: Status
    services: tuple[str, ...]
    people: tuple[str, ...] = ()
    policy_names: tuple[str, ...] = ()
    team_names: tuple[str, ...] = ()
    queue: IncidentPage | None = None
    detail: IncidentDetail | None = None
    users: tuple[UserRow, ...] | None = None
    teams: tuple[TeamRow, ...] = ()
    policies: tuple[PolicyRow, ...] | None = None
    foreseen: Foresight | None = None
    schedules: tuple[Schedule, ...] | None = None
    rota: Rota | None = None
    estate: Estate | None = None
    insights: Insights | None = None
    house: House | None = None
    mine: tuple[tuple[int, str], ...] = ()
    has_users: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """The queue as it can be had at once, before the first snapshot: what comes next for each row is left out."""

    at: datetime
    me: Me
    wanted: Wanted
    queue: IncidentPage


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the screen can't be brought up to date. `away`: the database itself is gone."""

    sentence: str
    mend: str = ""
    away: bool = True
