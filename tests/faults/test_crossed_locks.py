"""Transactions that cross on PostgreSQL: no deadlock where an order can be kept, another try where it can't."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from oncall_tui.domain.events import Action, Event
from oncall_tui.ops.delivery.jobs import Answer
from oncall_tui.ops.delivery.recording import record
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.engine import advance_due
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.incidents.acting import acting
from oncall_tui.ops.incidents.acts import acknowledge, resolve
from oncall_tui.ops.intake.events import Taken, take
from oncall_tui.storage import writer as writing
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.statements.incident.incidents import service_id
from oncall_tui.storage.writer import Writer
from tests.support.house import DELIVERED, House
from tests.support.processes import PATIENCE
from tests.support.worlds import T0, minutes

pytestmark = pytest.mark.timeout(300)

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, remind: off, steps: [{delay: 15m, targets: [{user: ana}]}]}]
services: [{name: a, policy: p}, {name: b, policy: p}]
integrations: [{name: a, kind: generic, service: a}, {name: b, kind: generic, service: b}]
"""


@pytest.fixture
def house(postgres_url: str, tmp_path: Path) -> Iterator[House]:
    with House(postgres_url, CONFIG, tmp_path) as made:
        yield made


class Side:
    """One worker's writer, which holds its jobs back until two of them can share a commit."""

    def __init__(self, store: Store, patience: float) -> None:
        self.directory = Directory(store)
        self.writer = Writer(store, patience=patience)
        self.ran: Counter[str] = Counter()
        self._gate = threading.Event()
        self.writer.submit(lambda _: self._gate.wait(PATIENCE))

    def post(self, service: str, key: str, between: Callable[[], object]) -> Future[tuple[Taken, ...]]:
        """Take an event of a service; `between` runs when its locks are held."""

        def work(conn: Connection) -> tuple[Taken, ...]:
            self.ran[key] += 1
            event = Event(action=Action.TRIGGER, dedup_key=key, title="5xx")
            taken = take(conn, self.directory.world(conn), service, [event], T0, "{}")
            between()
            return taken

        return self.writer.submit(work, services=lambda conn: [service_id(conn, service) or 0])

    def go(self) -> None:
        """Let the jobs run."""
        self._gate.set()


def test_two_workers_take_services_events_in_opposite_order_and_neither_waits_for_the_other_in_a_circle(
    house: House, postgres_url: str
) -> None:
    meet = threading.Barrier(2)

    def wait_for_the_other() -> None:
        with suppress(threading.BrokenBarrierError):  # the other waits for our locks, as it should
            meet.wait(0.5)

    with closing(open_store(postgres_url)) as other:
        one, two = Side(house.store, PATIENCE), Side(other, PATIENCE)
        futures = [
            one.post("a", "1a", wait_for_the_other),
            one.post("b", "1b", lambda: None),
            two.post("b", "2b", wait_for_the_other),
            two.post("a", "2a", lambda: None),
        ]
        one.go()
        two.go()
        taken = [future.result(PATIENCE)[0] for future in futures]
        one.writer.stop()
        two.writer.stop()
    assert sorted(one.number or 0 for one in taken) == [1, 2, 3, 4]
    assert one.ran + two.ran == Counter({"1a": 1, "1b": 1, "2b": 1, "2a": 1}), "a deadlock would have run them again"


def test_the_engine_waits_for_no_act(house: House, postgres_url: str) -> None:
    house.post(integration="a")
    house.post(integration="b")
    house.clock.set(T0 + minutes(15))
    with closing(open_store(postgres_url)) as other, house.store.write() as conn:
        keeping.load(conn, 1)
        with ThreadRun(lambda: _advance(other, house)) as done:
            assert done() == 1
    assert house.column(2, "phase") == "exhausted"
    assert house.column(1, "phase") == "escalating"
    house.pass_to(16)
    assert house.column(1, "phase") == "exhausted"


def test_an_act_that_crossed_another_is_done_again(house: House) -> None:
    """A deadlock made by hand: each side holds one incident and wants the other; PostgreSQL lets one of them pass."""
    house.post(integration="a")
    house.post(integration="b")
    meet = threading.Barrier(2)
    tries: Counter[str] = Counter()

    def crossing(name: str, first: int, second: int) -> Callable[[], int]:
        def work(conn: Connection) -> int:
            tries[name] += 1
            keeping.load(conn, first)
            if tries[name] == 1:
                meet.wait(PATIENCE)
            keeping.load(conn, second)
            return tries[name]

        return lambda: acting(house.as_user("ana"), first, work)

    with ThreadRun(crossing("up", 1, 2)) as up, ThreadRun(crossing("down", 2, 1)) as down:
        assert max(up(), down()) >= 2, "whoever was turned away has tried again"
    assert acknowledge(house.as_user("ana"), 1).state == "acknowledged"


def test_answers_of_providers_that_crossed_an_act_are_written_down_once(
    house: House, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One commit of a worker writes answers of two incidents; somebody else holds them in the other order."""
    monkeypatch.setattr(writing, "SPAN", PATIENCE)  # one commit, however long the first of them takes
    for service in ("a", "b"):
        house.post(integration=service)
    jobs = {job.number: job for job in house.claimed()}
    held, writer = threading.Barrier(2), Writer(house.store, patience=PATIENCE)
    tries: Counter[int] = Counter()
    gate = threading.Event()

    def written(number: int) -> Callable[[Connection], list[bool]]:
        now = house.clock.now()
        answer = Answer(
            job=jobs[number], pages=jobs[number].pages, result=DELIVERED, started_at=now, ended_at=now, jitter=0.5
        )

        def work(conn: Connection) -> list[bool]:
            tries[number] += 1
            done = record(conn, house.directory, [answer], worker="w1", now=now)
            if number == 1 and tries[number] == 1:
                held.wait(PATIENCE)
                _somebody_waits(conn)
            return list(done)

        return work

    def crossing() -> int:
        with closing(open_store(postgres_url)) as other, other.write(patience=PATIENCE) as conn:
            keeping.load(conn, 2)
            held.wait(PATIENCE)
            # PostgreSQL looks for a circle once somebody has waited so long: for the worker here, not for us.
            conn.execute(text("SET LOCAL deadlock_timeout = '1h'"))
            keeping.load(conn, 1)
        return 1

    writer.submit(lambda _: gate.wait(PATIENCE))
    answers = [writer.submit(written(number)) for number in (1, 2)]
    with ThreadRun(crossing) as crossed:
        gate.set()
        assert [future.result(PATIENCE) for future in answers] == [[True], [True]]
        assert crossed() == 1
    writer.stop()
    assert tries[1] == 2, "PostgreSQL turned the worker away, which closed the circle, and it tried again"
    assert house.page_states == ["delivered", "delivered"]
    with house.store.read() as conn:
        assert conn.execute(text("SELECT page_id, count(*) FROM attempts GROUP BY 1 ORDER BY 1")).all() == [
            ("1-1", 1),
            ("2-1", 1),
        ]


def test_an_alert_that_comes_while_its_incident_is_resolved_opens_a_new_one(
    house: House, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not join what is ending: nobody would ever hear of it. Merging takes the same lock."""
    house.post(key="k1", group="g", integration="a")
    written = keeping.update
    posted: list[Future[Taken]] = []

    with closing(open_store(postgres_url)) as other, ThreadPoolExecutor(1) as pool:

        def post() -> Taken:
            event = Event(action=Action.TRIGGER, dedup_key="k2", title="disk", group_key="g")
            with other.write(patience=PATIENCE) as conn:
                return take(conn, Directory(other).world(conn), "a", [event], T0, "{}")[0]

        def resolving(conn: Connection, *rest: object, **more: object) -> None:
            written(conn, *rest, **more)  # type: ignore[arg-type]
            if not posted:
                posted.append(pool.submit(post))
                _somebody_waits(conn)

        monkeypatch.setattr(keeping, "update", resolving)
        resolve(house.as_user("ana"), 1)
        taken = posted[0].result(PATIENCE)
    assert (taken.verdict, taken.number) == ("open", 2)
    assert house.open == [(2, "triggered")]


def _somebody_waits(conn: Connection) -> None:
    """Return when another transaction of this database waits for a lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        conn.execute(text("SELECT pg_stat_clear_snapshot()"))
        if conn.execute(waits).scalar_one():
            return
    raise AssertionError("nobody waits: the event was placed beside the resolve")


class ThreadRun:
    """Something that runs in a thread of its own; calling it waits for its result."""

    def __init__(self, work: Callable[[], int]) -> None:
        self._future: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(work,))

    def _run(self, work: Callable[[], int]) -> None:
        try:
            self._future.set_result(work())
        except BaseException as error:
            self._future.set_exception(error)

    def __enter__(self) -> Callable[[], int]:
        self._thread.start()
        return lambda: self._future.result(PATIENCE)

    def __exit__(self, *_: object) -> None:
        self._thread.join(PATIENCE)


def _advance(store: Store, house: House) -> int:
    with store.write() as conn:
        conn.execute(text("SET LOCAL lock_timeout = '60s'"))
        return advance_due(conn, Directory(store), house.clock.now()).count
