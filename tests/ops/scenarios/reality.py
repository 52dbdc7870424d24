"""A scenario lived through by the real use cases on a real database, its clock set from one due instant to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from oncall_tui.domain.delivery.bundling import Bundling
from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Refused
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.effects import Page, PageKind
from oncall_tui.domain.simulation import Act, Answer, Deed, FailDelivery, Happening, Maintain, Scenario, Trigger
from oncall_tui.domain.simulation.failures import Failures
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.delivery import Job, claim
from oncall_tui.ops.engine import advance_due
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.ops.intake.events import take, take_by_hand
from oncall_tui.ops.maintenance import add_maintenance
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.incident.incidents import AnyRow, next_timer
from oncall_tui.storage.tables import alerts, incidents, pages, timeline
from tests.support.house import LEASE, House

NEVER_STALE = Bundling(stale_after=timedelta(days=999))
RESULTS = {
    Answer.DELIVERED: SendResult(Outcome.DELIVERED, Answer.DELIVERED.value),
    Answer.LATER: SendResult(Outcome.RETRY_LATER, Answer.LATER.value),
    Answer.REFUSED: SendResult(Outcome.REFUSED, Answer.REFUSED.value),
}


@dataclass
class Reality:
    """One scenario in one house."""

    house: House
    failures: Failures = field(default_factory=Failures)
    rejected: list[tuple[datetime, str, str | None]] = field(default_factory=list)
    seen: list[tuple[datetime, int, int]] = field(default_factory=list)

    def live(self, scenario: Scenario) -> None:
        """Let everything happen before the end, what the scenario says before timers of its instant."""
        for happening in scenario.in_order:
            self._pass(happening.at)
            self.house.clock.set(happening.at)
            try:
                self._happens(happening)
            except Refused:
                do = happening.do.value if isinstance(happening, Act) else "trigger"
                by = happening.by if isinstance(happening, Act | Trigger) else None
                self.rejected.append((happening.at, do, by))
            self._deliver()
            self._look()
        self._pass(scenario.until)

    # What came of it

    @property
    def pages(self) -> list[tuple[object, ...]]:
        """Every page as `simulate` orders them."""
        with self.house.store.read() as conn:
            rows = conn.execute(select(pages)).all()
        made = [(p.created_at, p.number, p.username, p.contact, p.step, p.round, p.because) for p in rows]
        return sorted(made, key=self.order)

    @staticmethod
    def order(page: tuple[object, ...]) -> tuple[object, ...]:
        """By instant, user, contact and incident."""
        return (page[0], page[2] or "", page[3], page[1])

    @property
    def story(self) -> list[tuple[object, ...]]:
        """Every line of every timeline, in order."""
        with self.house.store.read() as conn:
            rows = conn.execute(select(timeline).order_by(timeline.c.id)).all()
        return [(line.at, line.number, line.kind, line.by, line.text) for line in rows]

    @property
    def incidents(self) -> list[Incident]:
        """Every incident as the engine keeps it."""
        with self.house.store.read() as conn:
            documents = conn.execute(select(incidents.c.document).order_by(incidents.c.number)).scalars()
            return [decode(document) for document in documents]

    # Time

    def _pass(self, until: datetime) -> None:
        while (due := self._next()) is not None and due < until:
            self.house.clock.set(max(due, self.house.clock.now()))
            self._tick()
            self._deliver()
            self._look()

    def _next(self) -> datetime | None:
        with self.house.store.read() as conn:
            timer = next_timer(conn)
            page = conn.execute(select(func.min(pages.c.due_at)).where(pages.c.state == "pending")).scalar_one()
        return min((at for at in (timer, page) if at is not None), default=None)

    def _tick(self) -> None:
        with self.house.store.write() as conn:
            advance_due(conn, self.house.directory, self.house.clock.now())

    def _deliver(self) -> None:
        while jobs := self._claimed():
            for job in sorted(jobs, key=lambda job: (job.number, job.place.seq)):
                page = Page(
                    seq=job.place.seq, user=job.place.user, contact=job.place.contact, channel=None, run=job.place.run,
                    step=job.place.step, round=job.place.round, kind=PageKind.FIRST, because="",
                )  # fmt: skip
                answer = self.failures.answer(page, self.house.clock.now())
                assert self.house.answer(job, RESULTS[answer]), "one worker alone keeps its leases"

    def _claimed(self) -> tuple[Job, ...]:
        house = self.house
        with house.store.write() as conn:
            return claim(conn, house.directory, "w1", house.clock.now(), LEASE, 100, bundling=NEVER_STALE)

    # What happens

    def _happens(self, happening: Happening) -> None:
        match happening:
            case Trigger():
                self._trigger(happening)
            case FailDelivery():
                self.failures.add(happening)
            case Maintain():
                add_maintenance(self.house.session, services=["checkout"], length=happening.span)
            case Act(by=None):
                action = Action.ACKNOWLEDGE if happening.do is Deed.ACKNOWLEDGE else Action.RESOLVE
                self._post(Event(action=action, dedup_key=happening.key))
            case Act():
                self._act(happening)

    def _post(self, event: Event) -> None:
        with self.house.store.write() as conn:
            world = self.house.directory.world(conn)
            take(conn, world, "monitor", [event], self.house.clock.now(), "{}")

    def _trigger(self, said: Trigger) -> None:
        event = Event(
            action=Action.TRIGGER,
            dedup_key=said.key,
            title=said.title,
            severity=said.severity,
            labels=said.labels,
            group_key=said.group,
            started_at=said.started_at,
        )
        if said.by is None:
            self._post(event)
            return
        now = self.house.clock.now()
        with self.house.store.write() as conn:
            take_by_hand(conn, self.house.directory.world(conn), "checkout", event, now, by=said.by, via="test")

    def _as(self, username: str) -> Session:
        return self.house.as_user(username, {"vi": Role.VIEWER, "ana": Role.ADMIN}.get(username, Role.RESPONDER))

    def _act(self, said: Act) -> None:
        assert said.by is not None
        session, number = self._as(said.by), self._meant(said)
        version = self._version_seen(number, said)
        match said.do:
            case Deed.ACKNOWLEDGE:
                acts.acknowledge(session, number, version=version, take_over=said.take_over)
            case Deed.ESCALATE:
                acts.escalate(session, number, version=version)
            case Deed.RESOLVE:
                acts.resolve(session, number, reason=said.reason)
            case Deed.REASSIGN:
                acts.reassign(session, number, user=said.user, policy=said.policy, version=version)
            case _:
                acts.snooze(session, number, until=said.until)

    def _meant(self, said: Act) -> int:
        """The incident of the newest alert with the key, an open one first; without a key the only open one."""
        with self.house.store.read() as conn:
            if said.key is not None:
                query = select(alerts.c.number).where(alerts.c.dedup_key == said.key)
                row: AnyRow | None = conn.execute(
                    query.order_by(alerts.c.open.desc(), alerts.c.id.desc()).limit(1)
                ).first()
            else:
                row = self._only_open(conn.execute(select(incidents.c.number, incidents.c.state)).all())
        if row is None:
            raise Refused("nothing")
        return int(row.number)

    @staticmethod
    def _only_open(rows: Sequence[AnyRow]) -> AnyRow | None:
        still = [row for row in rows if row.state != "resolved"]
        if len(still) > 1:
            raise Refused("several")
        return still[0] if still else max(rows, key=lambda row: int(row.number), default=None)

    def _version_seen(self, number: int, said: Act) -> int | None:
        if said.as_of is None:
            return None
        known = [(at, version) for at, of, version in self.seen if of == number]
        if said.as_of >= said.at:
            before = [version for at, version in known if at < said.at]
            return before[-1] if before else known[0][1]
        return next((version for at, version in reversed(known) if at <= said.as_of), 0)

    def _look(self) -> None:
        """What everybody could see after everything of this instant."""
        with self.house.store.read() as conn:
            rows = conn.execute(select(incidents.c.number, incidents.c.version)).all()
        self.seen += [(self.house.clock.now(), row.number, row.version) for row in rows]
