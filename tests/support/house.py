"""A real database with real use cases and a clock moved by hand: everything of the worker but its threads."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from sqlalchemy import select

from oncall_tui.clock import ManualClock
from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.config import apply
from oncall_tui.ops.delivery import Answer, Job, claim, record
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.engine import advance_due
from oncall_tui.ops.intake.events import Taken, take
from oncall_tui.ops.session import Actor, Session
from oncall_tui.settings import load_settings
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.migrate import upgrade
from oncall_tui.storage.statements.incident.incidents import next_timer
from oncall_tui.storage.tables import alerts, incidents, pages, timeline
from tests.support.furnished import furnish
from tests.support.worlds import T0, minutes

DELIVERED = SendResult(Outcome.DELIVERED, "200 OK", None)
LEASE = timedelta(seconds=10)


class House:
    """One database, one directory, one clock. Use it as a context manager."""

    def __init__(self, url: str, config: str, key_folder: Path, at: datetime = T0) -> None:
        self.clock = ManualClock(at)
        self.store = open_store(url)
        self.directory = Directory(self.store)
        settings = load_settings(
            flags={"database": url, "secret_key": None if url.startswith("sqlite") else "k" * 43 + "="},
            environ={},
            path=None,
        )
        root = Actor(username=None, role=Role.ADMIN, os_account="root", via="test")
        self.session = Session(self.store, self.directory, self.clock, root, settings)
        furnish(url, config, at, lambda: self._apply(config))

    def _apply(self, config: str) -> None:
        upgrade(self.store)
        apply(self.session, config, addresses=False)  # their judge is a process of its own, tested elsewhere
        self.store.close()

    def __enter__(self) -> House:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    def as_user(self, username: str, role: Role = Role.RESPONDER) -> Session:
        """A session of somebody of the team."""
        return self.session.as_actor(Actor(username=username, role=role, os_account=username, via="test"))

    def post(
        self,
        action: str = "trigger",
        *,
        key: str | None = "k1",
        title: str = "5xx",
        severity: Severity = Severity.HIGH,
        group: str | None = None,
        started_at: datetime | None = None,
        expires_at: datetime | None = None,
        integration: str = "monitor",
        labels: dict[str, str] | None = None,
    ) -> Taken:
        """What a sender posts, taken in now."""
        event = Event(
            action=Action(action),
            dedup_key=key,
            title=title,
            severity=severity,
            group_key=group,
            started_at=started_at,
            expires_at=expires_at,
            labels=labels or {},
        )
        with self.store.write() as conn:
            world = self.directory.world(conn)
            return take(conn, world, integration, [event], self.clock.now(), "{}")[0]

    def pass_to(self, minute: float) -> None:
        """Let time pass to so many minutes after T0; every timer due in between fires at its own instant."""
        end = T0 + minutes(minute)
        while True:
            with self.store.read() as conn:
                due = next_timer(conn)
            if due is None or due > end:
                break
            self.clock.set(max(due, self.clock.now()))
            with self.store.write() as conn:
                advance_due(conn, self.directory, self.clock.now())
        self.clock.set(end)

    def claimed(self, worker: str = "w1") -> tuple[Job, ...]:
        """Lease what the outbox has."""
        with self.store.write() as conn:
            return claim(conn, self.directory, worker, self.clock.now(), LEASE, 100)

    def answer(
        self, job: Job, result: SendResult = DELIVERED, worker: str = "w1", *, ended_at: datetime | None = None
    ) -> bool:
        """Write down a provider's answer, of now or of `ended_at`; whether the lease was still ours."""
        now = self.clock.now()
        at = ended_at or now
        with self.store.write() as conn:
            answer = Answer(job=job, pages=job.pages, result=result, started_at=at, ended_at=at, jitter=0.5)
            return record(conn, self.directory, [answer], worker=worker, now=now)[0]

    @property
    def paged(self) -> list[tuple[float, str | None]]:
        """(minute, user) of every page made, in order."""
        with self.store.read() as conn:
            rows = conn.execute(
                select(pages.c.created_at, pages.c.username).order_by(pages.c.created_at, pages.c.username)
            ).all()
        return [((row.created_at - T0) / minutes(1), row.username) for row in rows]

    @property
    def page_states(self) -> list[str]:
        """The state of every page, in the order made."""
        with self.store.read() as conn:
            return list(conn.execute(select(pages.c.state).order_by(pages.c.number, pages.c.seq)).scalars())

    @property
    def timers(self) -> datetime | None:
        """The earliest timer there is."""
        with self.store.read() as conn:
            return next_timer(conn)

    @property
    def open(self) -> list[tuple[int, str]]:
        """(number, state) of every open incident."""
        with self.store.read() as conn:
            query = select(incidents.c.number, incidents.c.state).where(incidents.c.resolved_at.is_(None))
            return [(row.number, row.state) for row in conn.execute(query.order_by(incidents.c.number))]

    def column(self, number: int, name: str) -> object:
        """One column of an incident's row."""
        with self.store.read() as conn:
            return conn.execute(select(incidents.c[name]).where(incidents.c.number == number)).scalar_one()

    def kinds(self, number: int) -> list[str]:
        """The kinds of the incident's timeline, in order."""
        with self.store.read() as conn:
            query = select(timeline.c.kind).where(timeline.c.number == number).order_by(timeline.c.id)
            return list(conn.execute(query).scalars())

    def alert_count(self, number: int) -> int:
        """How many events the incident's alerts have counted."""
        with self.store.read() as conn:
            return sum(conn.execute(select(alerts.c.count).where(alerts.c.number == number)).scalars())
