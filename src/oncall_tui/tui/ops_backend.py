"""The backend on the real use cases. Everything heavy is imported in the database thread, after the first paint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import OncallError, Unknown
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.domain.queue.ordering import USUAL
from oncall_tui.tui.model import DEFAULT_FILTER, Early, Me, Snapshot, Tab, Wanted
from oncall_tui.tui.ops_acts import OpsActs, zone_of
from oncall_tui.tui.people.ops_people import OpsPeople
from oncall_tui.tui.schedules.ops_schedules import OpsSchedules, rota_of

if TYPE_CHECKING:
    from oncall_tui.domain.simulation.foresight import Foresight
    from oncall_tui.ops.changes import ChangeFeed
    from oncall_tui.ops.reading.estate import Estate
    from oncall_tui.ops.reading.house import House
    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
    from oncall_tui.ops.reading.past import Insights
    from oncall_tui.ops.reading.rows import IncidentPage, OnCallRow
    from oncall_tui.ops.session import Actor, Session
    from oncall_tui.settings import Settings

MINE_SHOWN = 50
_MINE = parse_filter("@me state:triggered")
INSIGHTS_HOLD = timedelta(minutes=1)
FORESIGHT_HOLDS = timedelta(seconds=30)  # people come on call meanwhile: nobody minds to see it half a minute later
ROTA_HOLDS = timedelta(seconds=5)  # who is on call is resolved anew at least this often, and when the directory changes


class OpsBackend(OpsActs, OpsPeople, OpsSchedules):
    """One person at one database. `prepare` makes the database when there is none yet."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, prepare: Callable[[Settings], None] | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._prepare = prepare
        self._session: Session | None = None
        self._feed: ChangeFeed | None = None
        self._ahead: tuple[tuple[int, str], Foresight] | None = None
        self._past: Insights | None = None
        self._rota: tuple[int, datetime, tuple[OnCallRow, ...]] | None = None

    def open(self) -> Me:
        from oncall_tui.ops.changes import changes
        from oncall_tui.ops.session import open_session

        if self._session is None:
            if self._prepare is not None:
                self._prepare(self._settings)
            self._session = open_session(self._settings, via="tui", clock=self._clock)
            self._feed = changes(self._session)
        return me_of(self._session.actor)

    def early(self, wanted: Wanted) -> Early | None:
        from oncall_tui.ops.reading.incidents.early import early

        session = self._opened()
        if (wanted.tab, wanted.filter, wanted.order) != (Tab.INCIDENTS, DEFAULT_FILTER, USUAL):
            return None
        page = early(session, limit=wanted.limit)
        me = me_of(session.actor)
        return Early(at=session.now(), me=me, wanted=wanted, queue=page) if page.rows else None

    def look(self, wanted: Wanted) -> Snapshot:
        from oncall_tui.ops import reading

        session = self._identified()
        now = session.now()
        rota = self._rota_at(session, now)
        on_incidents = wanted.tab is Tab.INCIDENTS
        on_users = wanted.tab is Tab.USERS
        with session.looking() as look:
            world = session.directory.world(look)
        return Snapshot(
            at=now,
            me=replace(me_of(session.actor), zone=zone_of(world, session.actor.username)),
            wanted=wanted,
            status=reading.status(session, now, rota=rota),
            services=tuple(sorted(world.services)),
            people=tuple(sorted(world.users)),
            policy_names=tuple(sorted(world.policies)),
            team_names=tuple(sorted(world.teams)),
            queue=_queue(session, wanted) if on_incidents else None,
            detail=self.story(wanted.number) if on_incidents and wanted.number is not None else None,
            users=reading.users(session, rota=rota) if on_users else None,
            teams=reading.teams(session) if on_users else (),
            policies=reading.policies(session) if wanted.tab is Tab.POLICIES else None,
            foreseen=self._foreseen(session, wanted.policy) if wanted.tab is Tab.POLICIES else None,
            schedules=reading.schedules(session) if wanted.tab is Tab.SCHEDULE else None,
            rota=rota_of(session) if wanted.tab is Tab.SCHEDULE else None,
            estate=_estate(session) if wanted.tab is Tab.SERVICES else None,
            insights=self._insights_at(session, now) if wanted.tab is Tab.INSIGHTS else None,
            house=_house(session) if wanted.tab is Tab.SYSTEM else None,
            mine=_mine(session),
            has_users=bool(world.users),
        )

    def refreshed(self, shown: Snapshot) -> Snapshot:
        from oncall_tui.ops import reading

        session = self._opened()
        # PostgreSQL's word of a commit can be lost: there every look is a whole one.
        if shown.wanted.tab is not Tab.INCIDENTS or session.store.dialect != "sqlite":
            return self.look(shown.wanted)
        now = session.now()
        status = reading.status(session, now, rota=self._rota_at(session, now))
        # Who is next in the queue hangs on who is on call.
        if status.on_call != shown.status.on_call:
            return self.look(shown.wanted)
        return replace(shown, at=now, status=status)

    def story(self, number: int) -> IncidentDetail | None:
        from oncall_tui.ops import reading

        try:
            return reading.detail(self._opened(), number)
        except Unknown:
            return None

    def ping(self) -> None:
        self._opened().store.ping()

    def wait(self, seconds: float) -> bool:
        return self._feed.wait(seconds) if self._feed is not None else False

    def poke(self) -> None:
        feed = self._feed
        if feed is not None:
            feed.poke()

    def close(self) -> None:
        if self._feed is not None:
            self._feed.close()
            self._feed = None
        if self._session is not None:
            self._session.close()
            self._session = None

    def _opened(self) -> Session:
        if self._session is None:
            raise RuntimeError("the backend is not open")
        return self._session

    def _identified(self) -> Session:
        """The session with whoever sits here by today's directory: somebody just added may act without a restart."""
        from oncall_tui.ops.session import identify

        session = self._opened()
        with session.looking() as look:
            actor = identify(look, self._settings.user, "tui")
        if actor != session.actor:
            session = self._session = session.as_actor(actor)
        return session

    def _rota_at(self, session: Session, now: datetime) -> tuple[OnCallRow, ...]:
        from oncall_tui.ops import reading

        with session.looking() as look:
            world = session.directory.world(look)
        if self._rota is not None:
            revision, at, rows = self._rota
            if revision == world.revision and timedelta(0) <= now - at < ROTA_HOLDS:
                return rows
        rows = reading.rota_of(world, now)
        self._rota = (world.revision, now, rows)
        return rows

    def _insights_at(self, session: Session, now: datetime) -> Insights:
        """The figures of weeks: counted anew once a minute at most."""
        from oncall_tui.ops.reading.past import insights

        if self._past is None or not timedelta(0) <= now - self._past.until < INSIGHTS_HOLD:
            self._past = insights(session)
        return self._past

    def _foreseen(self, session: Session, policy: str | None) -> Foresight | None:
        """What would happen now on the policy looked at; looked ahead anew when it is old or the directory changed."""
        from oncall_tui.ops.reading.incidents.foreseen import foresee

        if policy is None:
            return None
        with session.looking() as look:
            revision = session.directory.world(look).revision
        if self._ahead is not None:
            known, seen = self._ahead
            if known == (revision, policy) and timedelta(0) <= session.now() - seen.opened_at < FORESIGHT_HOLDS:
                return seen
        try:
            seen = foresee(session, policy)
        except Unknown:
            return None
        self._ahead = ((revision, policy), seen)
        return seen


def _queue(session: Session, wanted: Wanted) -> IncidentPage:
    from oncall_tui.ops import reading

    return reading.queue(session, parse_filter(wanted.filter), limit=wanted.limit, order=wanted.order)


def _mine(session: Session) -> tuple[tuple[int, str], ...]:
    from oncall_tui.ops import reading

    found = reading.queue(session, _MINE, limit=MINE_SHOWN, counted=False)
    return tuple((row.number, row.title) for row in found.rows)


def _estate(session: Session) -> Estate:
    from oncall_tui.ops.reading.estate import estate  # what the tab alone needs is loaded with the tab

    return estate(session)


def _house(session: Session) -> House:
    from oncall_tui.ops.reading.house import house

    return house(session)


def me_of(actor: Actor) -> Me:
    """Who sits here, and what somebody should know who may not act."""
    try:
        actor.may_act()
    except OncallError as error:
        return Me(actor.username, actor.os_account, may_act=False, hint=f"{error.sentence}. {error.mend}")
    return Me(actor.username, actor.os_account, may_act=True)
