"""A backend of frozen rows, and a program that shows them: what the terminal draws, without any database."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from oncall_tui.clock import ManualClock
from oncall_tui.domain.directory.people import NotificationRule
from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.incident.preview import NextStep
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.domain.queue.ordering import Order, Sort, group_of
from oncall_tui.domain.schedules import FixedShift, Layer, Schedule
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.simulation.foresight import foresee_policy
from oncall_tui.ops.reading.directory_rows import ContactRow, PolicyRow, RuleRow, StepRow, TeamRow, UserRow
from oncall_tui.ops.reading.incidents.story_rows import AlertRow, AttemptRow, IncidentDetail, PageRow, TimelineRow
from oncall_tui.ops.reading.near_rows import GroupRow
from oncall_tui.ops.reading.rows import IncidentPage, IncidentRow, OnCallRow, Status
from oncall_tui.ops.verbs import BY_ID
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.model import Early, Me, Snapshot, Wanted
from oncall_tui.tui.outcome import Outcome, Seen
from oncall_tui.tui.schedules.values import Rota
from oncall_tui.tui.tty.hangup import end_when_the_terminal_is_gone
from tests.support.worlds import on_call_in, person, shifts, step, user, world_of
from tests.tui.frozen_house import ESTATE, HOUSE, INSIGHTS
from tests.tui.frozen_schedules import FrozenSchedules

NOW = datetime(2026, 3, 1, 10, 3, 11, tzinfo=UTC)  # a Sunday


def ago(**span: float) -> datetime:
    """So long before NOW."""
    return NOW - timedelta(**span)


def ahead(**span: float) -> datetime:
    """So long after NOW."""
    return NOW + timedelta(**span)


def incident(number: int, title: str, **more: object) -> IncidentRow:
    """A triggered incident, two minutes old, on its first step of three."""
    fields: dict[str, object] = {
        "state": "triggered",
        "phase": "escalating",
        "severity": Severity.HIGH,
        "urgency": Urgency.HIGH,
        "service": "checkout",
        "team": "payments",
        "assignees": ("ana",),
        "alerts": 1,
        "events": 1,
        "opened_at": ago(minutes=2),
        "version": 1,
        "step": 1,
        "round": 1,
        "steps": 3,
        "integration": "prometheus",
        "dedup_key": "checkout-5xx",
        "next": NextStep(at=ahead(seconds=72), kind="escalate", users=("bo",)),
    }
    return IncidentRow(number=number, title=title, **(fields | more))  # type: ignore[arg-type]


CHECKOUT = incident(412, "Checkout 5xx above 5 %", severity=Severity.CRITICAL, events=3)
DISK = incident(
    411,
    "disk [/var/log] full",
    service="search",
    phase="waiting",
    assignees=(),
    opened_at=ago(minutes=9),
    next=NextStep(at=ahead(days=4), kind="wait", users=("cy",)),
)
CERTIFICATE = incident(
    408,
    "Certificate expires in 6 days",
    state="acknowledged",
    severity=Severity.MEDIUM,
    service="edge",
    assignees=("bo",),
    acknowledged_by="bo",
    opened_at=ago(hours=1, minutes=4),
    next=NextStep(at=ahead(minutes=31), kind="ack_end", users=("bo",)),
)
QUEUE = (CHECKOUT, DISK, CERTIFICATE)
ON_CALL = OnCallRow(
    schedule="payments-primary",
    users=("ana",),
    since=ago(days=6),
    until=datetime(2026, 3, 2, 9, tzinfo=UTC),
    because=("layer weekly, slot 1 of 2",),
    next_users=("bo",),
)
TIMELINE = (
    TimelineRow(at=ago(minutes=2), kind="triggered", by="prometheus", via="key", text="triggered by prometheus"),
    TimelineRow(at=ago(minutes=2), kind="paged", by=None, via="engine", text="paging ana, push: step 1"),
    TimelineRow(at=ago(minutes=2), kind="delivered", by=None, via="engine", text="paged ana, push: delivered in 0.4 s"),
)
PAGES = (
    PageRow(
        id="412-1",
        at=ago(minutes=2),
        user="ana",
        contact="push",
        step=1,
        round=1,
        kind="first",
        state="delivered",
        attempts=(AttemptRow(started_at=ago(minutes=2), ended_at=ago(minutes=2), outcome="delivered", answer="200"),),
    ),
)
ALERTS = (
    AlertRow(
        key="checkout-5xx",
        integration="prometheus",
        title="Checkout 5xx above 5 %",
        severity=Severity.CRITICAL,
        open=True,
        count=3,
        first_seen_at=ago(minutes=2),
        last_seen_at=ago(seconds=20),
    ),
)
USERS = (
    UserRow(
        username="ana",
        name="Ana Silva",
        role="admin",
        email="ana@example.com",
        phone="",
        timezone="Europe/Lisbon",
        teams=("payments",),
        contacts=(ContactRow(name="push", address="ntfy://***", enabled=True, verified=True),),
        rules=(RuleRow(contact="push", delay=timedelta(0), urgency=Urgency.HIGH),),
        on_call=("payments-primary",),
    ),
    UserRow(
        username="bo",
        name="Bo Ek",
        role="responder",
        email="",
        phone="",
        timezone="UTC",
        teams=(),
        contacts=(),
        rules=(),
        on_call=(),
    ),
)
POLICIES = (
    PolicyRow(
        name="payments",
        repeat=2,
        remind=timedelta(minutes=10),
        steps=(
            StepRow(
                delay=timedelta(minutes=5), assign="all", targets=("schedule payments-primary",), users_now=("ana",)
            ),
            StepRow(delay=timedelta(minutes=10), assign="all", targets=("bo",), users_now=()),
        ),
        fallback=("cy",),
        services=("checkout",),
        teams=("payments",),
    ),
)
FORESEEN = foresee_policy(
    world_of(
        person(
            "ana", "push", "phone", rules=(NotificationRule("push"), NotificationRule("phone", timedelta(minutes=3)))
        ),
        person("cy", "push", "mail"),
        schedules=(shifts("payments-primary", ("ana", ago(days=6), datetime(2026, 3, 2, 9, tzinfo=UTC))),),
    ),
    Policy(
        "payments",
        (step(on_call_in("payments-primary"), delay=5), step(user("bo"), delay=10)),
        repeat=2,
        fallback=(user("cy"),),
    ),
    Urgency.HIGH,
    NOW,
)
SCHEDULES = (
    Schedule(
        name="payments-primary",
        timezone="Europe/Lisbon",
        layers=(
            Layer(
                name="fixed",
                shifts=(
                    FixedShift("ana", ago(days=6), datetime(2026, 3, 2, 9, tzinfo=UTC)),
                    FixedShift("bo", datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)),
                ),
            ),
        ),
    ),
    Schedule(name="search", timezone="UTC", layers=()),
)


def status(queue: Sequence[IncidentRow] = QUEUE) -> Status:
    """The line on top that fits a queue."""
    triggered: dict[Severity, int] = {}
    acknowledged: dict[Severity, int] = {}
    for row in queue:
        counts = {"triggered": triggered, "acknowledged": acknowledged}.get(row.state)
        if counts is not None:
            counts[row.severity] = counts.get(row.severity, 0) + 1
    return Status(
        at=NOW,
        on_call=(ON_CALL,),
        triggered=triggered,
        acknowledged=acknowledged,
        worker_seen_at=ago(seconds=3),
        last_event_at=ago(seconds=20),
    )


class FrozenBackend(FrozenSchedules):
    """Rows that change only by acts. `acts` tells what was asked; `failing` makes every look raise it."""

    def __init__(self, queue: Sequence[IncidentRow] = QUEUE, me: Me | None = None) -> None:
        self.queue = list(queue)
        self.me = me or Me("ana", "ana", may_act=True)
        self.acts: list[tuple[object, ...]] = []
        self.failing: Exception | None = None
        self.has_users = True
        self.services: tuple[str, ...] = ("checkout", "edge", "search")
        self.users: tuple[UserRow, ...] = USERS
        self.policies: tuple[PolicyRow, ...] = POLICIES
        self.schedules: tuple[Schedule, ...] = SCHEDULES
        self.rota = Rota(users=("ana", "bo", "cy"), zone="America/New_York")
        self.mine: tuple[tuple[int, str], ...] = ((412, "Checkout 5xx above 5 %"),)
        self.looks = 0
        self.waits = False
        self._pokes = threading.Semaphore(0)  # each ends one wait, as each commit does
        self._left = 0
        self._counting = threading.Lock()

    def open(self) -> Me:
        return self.me

    def early(self, wanted: Wanted) -> Early | None:
        return None

    def refreshed(self, shown: Snapshot) -> Snapshot:
        return self.look(shown.wanted)

    def look(self, wanted: Wanted) -> Snapshot:
        self.looks += 1
        if self.failing is not None:
            raise self.failing
        chosen = parse_filter(wanted.filter)
        rows = tuple(
            row
            for row in self.queue
            if row.state in chosen.states and all(word.lower() in row.title.lower() for word in chosen.words)
        )
        rows = tuple(sorted(rows, key=_in_order(wanted.order)))
        return Snapshot(
            at=NOW,
            me=self.me,
            wanted=wanted,
            status=status(self.queue),
            services=self.services,
            people=("ana", "bo", "cy"),
            policy_names=("payments", "search"),
            queue=IncidentPage(
                rows=rows[: wanted.limit],
                next_cursor="more" if len(rows) > wanted.limit else None,
                total=len(rows) if len(rows) <= 10_000 else None,
                groups=_groups(rows, wanted.order),
            ),
            detail=self.story(wanted.number) if wanted.number is not None else None,
            users=self.users,
            teams=(TeamRow(name="payments", members=("ana", "bo"), policies=("payments",)),),
            policies=self.policies,
            foreseen=FORESEEN if wanted.policy == "payments" else None,
            schedules=self.schedules,
            rota=self.rota,
            estate=ESTATE,
            insights=INSIGHTS,
            house=HOUSE,
            mine=self.mine,
            has_users=self.has_users,
        )

    def story(self, number: int) -> IncidentDetail | None:
        if self.failing is not None:
            raise self.failing
        known = next((row for row in self.queue if row.number == number), None)
        return IncidentDetail(incident=known, timeline=TIMELINE, pages=PAGES, alerts=ALERTS) if known else None

    def ping(self) -> None:
        if self.failing is not None:
            raise self.failing

    def wait(self, seconds: float) -> bool:
        self.waits = True
        found = self._pokes.acquire(timeout=seconds)
        if found:
            with self._counting:
                self._left -= 1
        self.waits = False
        return found

    @property
    def is_asked_nothing(self) -> bool:
        """Whether the database thread waits for news, and there are none."""
        return self.waits and not self._left

    def poke(self) -> None:
        with self._counting:
            self._left += 1
        self._pokes.release()

    def close(self) -> None:
        self.poke()

    def change(self, number: int, **fields: object) -> None:
        """Somebody else changes an incident."""
        self.queue = [replace(row, **fields) if row.number == number else row for row in self.queue]  # type: ignore[arg-type]
        self.poke()

    def act(self, verb: str, seen: Sequence[Seen], said: str, *, take_over: bool = False) -> Outcome:
        if verb == "incident.acknowledge":
            return self.acknowledge(seen, take_over=take_over)
        name = verb.removeprefix("incident.")
        self.acts.append((name, tuple((one.number, one.version) for one in seen), *([said] if said else [])))
        if name == "resolve":
            for one in seen:
                self.change(one.number, state="resolved", resolution=said, next=None)
            return Outcome(f"#{seen[0].number} resolved: {said}")
        return Outcome(f"#{seen[0].number} {BY_ID[verb].done}{f': {said}' if said else ''}")

    def acknowledge(self, seen: Sequence[Seen], *, take_over: bool = False) -> Outcome:
        self.acts.append(("acknowledge", tuple((one.number, one.version) for one in seen), take_over))
        for one in seen:
            self.change(one.number, state="acknowledged", acknowledged_by="ana", assignees=("ana",), next=None)
        return Outcome(f"#{seen[0].number} acknowledged")

    def triggered(self, filter_: str) -> tuple[Seen, ...]:
        return tuple(Seen(row.number, row.version, row.state) for row in self.queue if row.state == "triggered")

    def who_is_next(self, seen: Seen) -> tuple[str, ...]:
        return ("bo",)

    def trigger(self, title: str, service: str, severity: str) -> Outcome:
        self.acts.append(("trigger", title, service, severity))
        return Outcome("opened: #413")

    def change_contact(self, user: str, contact: str, **fields: object) -> None:
        """Something becomes of a contact."""

        def changed(row: ContactRow) -> ContactRow:
            return replace(row, **fields) if row.name == contact else row  # type: ignore[arg-type]

        self.users = tuple(
            replace(row, contacts=tuple(map(changed, row.contacts))) if row.username == user else row
            for row in self.users
        )
        self.poke()

    def send_test(self, user: str, contact: str) -> Outcome:
        self.acts.append(("test", user, contact))
        self.change_contact(user, contact, test="pending", tested_at=NOW)
        return Outcome(f"a test is on its way to {user}, {contact}")

    def send_code(self, user: str, contact: str) -> Outcome:
        self.acts.append(("code", user, contact))
        return Outcome(f"a code is on its way to {user}, {contact}")

    def verify(self, user: str, contact: str, code: str) -> Outcome:
        self.acts.append(("verify", user, contact, code))
        if code != "123456":
            return Outcome("this is not the code that was sent", ok=False)
        self.change_contact(user, contact, verified=True)
        return Outcome(f"{user}, {contact} is verified")

    def switch(self, user: str, contact: str, *, enabled: bool) -> Outcome:
        self.acts.append(("switch", user, contact, enabled))
        self.change_contact(user, contact, enabled=enabled)
        return Outcome(f"{user}, {contact} is {'on' if enabled else 'off'}")


def _group(row: IncidentRow, order: Order) -> str:
    return group_of(order, service=row.service, team=row.team, severity=row.severity.value, labels=row.labels)


def _in_order(order: Order) -> Callable[[IncidentRow], tuple[bool, str, int]]:
    way = {Sort.NEWEST: -1, Sort.OLDEST: 1}.get(order.sort, 0)
    return lambda row: (not _group(row, order), _group(row, order), way * row.number)


def _groups(rows: Sequence[IncidentRow], order: Order) -> tuple[GroupRow, ...]:
    names = dict.fromkeys(_group(row, order) for row in rows) if order.group else ()
    states = {name: [row.state for row in rows if _group(row, order) == name] for name in names}
    return tuple(
        GroupRow(name=name, triggered=found.count("triggered"), acknowledged=found.count("acknowledged"))
        for name, found in states.items()
    )


def many(count: int) -> list[IncidentRow]:
    """So many open incidents."""
    words = ("latency", "error rate", "queue depth", "disk usage", "replication lag")
    return [
        incident(
            count - place, f"{words[place % 5]} on node-{place % 97:02} above its limit", opened_at=ago(minutes=place)
        )
        for place in range(count)
    ]


if __name__ == "__main__":
    end_when_the_terminal_is_gone(sys.stdin.fileno())
    shown = many(int(sys.argv[1])) if len(sys.argv) > 1 else QUEUE
    clock = ManualClock(NOW)
    started = time.monotonic()
    theme = os.environ.get("ONCALL_THEME", "oncall")
    OncallApp(FrozenBackend(shown), clock=clock, zone=UTC, ticking="still" not in sys.argv, theme=theme).run()
