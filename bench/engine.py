"""How late escalations fire with many incidents open, and how fast a wall of them is handed over by one worker."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby, repeat
from operator import itemgetter

from sqlalchemy import select, text

from bench import machine
from bench.server import postgres
from bench.storm import percentile
from oncall_tui.clock import Clock, ManualClock, SystemClock
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.words.message import Message
from oncall_tui.ops.config import apply
from oncall_tui.ops.intake.events import Names, Posted, take_all
from oncall_tui.ops.session import Session, open_session
from oncall_tui.settings import load_settings
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.migrate import upgrade
from oncall_tui.storage.tables import pages
from oncall_tui.worker import Worker
from tests.support.postgres import make_database

DELAY = timedelta(hours=1)
WALL = 6_000
OPEN = 10_000
FALLING_DUE = 600
WITHIN = 20.0  # seconds over which they fall due
BATCH = 500
PEOPLE = 50
AHEAD = timedelta(seconds=90)  # time enough to open them all
LATE_BAR = 250.0  # milliseconds
WALL_BAR = 600.0  # a second: 6,000 in 10 s
SECRET = "bench-only-32-byte-secret-key-0123456789"


def config() -> str:
    """Fifty people at fifty providers; step 2 of each service's policy reaches one of them."""
    people = "\n".join(
        f'  - {{username: u{n}, role: admin, contacts: [{{name: push, url: "json://p{n}.test"}}]}}'
        for n in range(PEOPLE)
    )
    ladders = "\n".join(
        f"  - {{name: p{n}, remind: off, steps: [{{delay: 1h, targets: [{{user: u{n}}}]}},"
        f" {{delay: 2h, targets: [{{user: u{(n + 1) % PEOPLE}}}]}}]}}"
        for n in range(PEOPLE)
    )
    services = "\n".join(f"  - {{name: s{n}, policy: p{n}}}" for n in range(PEOPLE))
    senders = "\n".join(f"  - {{name: i{n}, kind: generic, service: s{n}}}" for n in range(PEOPLE))
    return f"version: 1\nusers:\n{people}\npolicies:\n{ladders}\nservices:\n{services}\nintegrations:\n{senders}\n"


class NullSender:
    """Takes every page at once and remembers when."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def send(self, url: str, message: Message, timeout: float) -> SendResult:  # noqa: ARG002 - the sender's shape
        """Delivered."""
        self.taken.append(time.monotonic())
        return SendResult(Outcome.DELIVERED, "200 OK")


def fill(session: Session, clock: ManualClock, opened: Iterable[float]) -> int:
    """Open incidents, `opened` seconds from the clock's instant each; their first pages count as sent."""
    began = clock.now()
    moments = list(opened)
    names = Names()
    for start in range(0, len(moments), BATCH):
        with session.writing() as conn:
            world = session.directory.world(conn)
            for moment, numbered in groupby(enumerate(moments[start : start + BATCH], start), itemgetter(1)):
                clock.set(began + timedelta(seconds=moment))
                posts = [_posted(number, f"{number}-{began}") for number, _ in numbered]
                take_all(conn, world, posts, clock.now(), names)
            conn.execute(text("UPDATE pages SET state = 'delivered', finished_at = due_at WHERE finished_at IS NULL"))
    return len(moments)


def _posted(number: int, key: str) -> Posted:
    event = Event(action=Action.TRIGGER, dedup_key=key, title=f"Problem {number}", severity=Severity.HIGH)
    return Posted(f"i{number % PEOPLE}", (event,), "{}")


def settle(session: Session) -> None:
    """Let PostgreSQL count its rows, as a server does by itself within a minute: they have been there for an hour."""
    if session.store.dialect == "postgresql":
        with session.writing() as conn:
            conn.execute(text("ANALYZE"))


@contextmanager
def running(session: Session, sender: NullSender) -> Iterator[None]:
    """A worker without intake in a thread of this process."""
    store = open_store(session.settings.database)
    worker = Worker(store, session.cipher(), sender)
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: worker.run(None, ready=lambda _: ready.set(), stop=stop))
    thread.start()
    ready.wait(30)
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
        store.close()


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    """Return when it is done; RuntimeError when that takes too long."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError("the worker did not finish in time")
        time.sleep(0.02)


def prepared(url: str) -> tuple[Session, ManualClock]:
    """A migrated database with the people, policies and services of `config`."""
    store = open_store(url)
    store.create()
    upgrade(store)
    store.close()
    clock = ManualClock(SystemClock().now())
    session = opened(url, clock)
    apply(session, config(), addresses=False)
    return session, clock


def opened(url: str, clock: Clock | None = None) -> Session:
    """A session over a database that is there, whatever this user's own settings say."""
    key = SECRET if url.startswith("postgresql") else None
    settings = load_settings({"database": url, "secret_key": key}, environ={"ONCALL_SETTINGS": "/dev/null"})
    return open_session(settings, via="bench", clock=clock)


def bare_commits(session: Session, count: int = 300) -> float:
    """The baseline: how often a second one row can be inserted and committed by this database's driver, and no more."""
    statement = text("INSERT INTO provider_rests (provider, until_at, answer) VALUES (:name, :at, '')")
    at = 0 if session.store.dialect == "sqlite" else session.clock.now()
    began = time.perf_counter()
    for number in range(count):
        with session.store.write() as conn:
            conn.execute(statement, {"name": f"bench {number}", "at": at})
    elapsed = time.perf_counter() - began
    with session.store.write() as conn:
        conn.execute(text("DELETE FROM provider_rests"))
    return count / elapsed


def run(fresh: Callable[[], str], label: str, loop: float, *, open_: int = OPEN, wall: int = WALL) -> None:
    """Print the engine's figures; `fresh` makes empty databases, a bare loop of ten million steps takes `loop`."""
    session, clock = prepared(fresh())
    bare = bare_commits(session)
    print(f"{label}, one bare row a commit: {bare:.0f} a second", flush=True)
    _lateness(session, clock, label, open_)
    session.close()
    session, clock = prepared(fresh())
    _wall(session, clock, label, wall, bare, loop)
    session.close()


def _lateness(session: Session, clock: ManualClock, label: str, open_: int) -> None:
    real = SystemClock()
    clock.set(real.now() - DELAY + AHEAD)
    due = clock.now() + DELAY
    fill(session, clock, (WITHIN * n / FALLING_DUE for n in range(FALLING_DUE)))
    clock.set(real.now())
    fill(session, clock, repeat(0.0, open_ - FALLING_DUE))
    settle(session)
    sender = NullSender()
    with running(session, sender):
        late_start, measured = (real.now() - due).total_seconds(), time.monotonic()
        wait_until(lambda: len(sender.taken) >= FALLING_DUE, 240)
    with session.reading() as conn:
        rows = conn.execute(select(pages.c.created_at).where(pages.c.step == 2).order_by(pages.c.created_at)).scalars()
        late = [
            (made - due).total_seconds() - WITHIN * n / FALLING_DUE for n, made in enumerate(list(rows)[:FALLING_DUE])
        ]
    sent = [
        late_start + at - measured - WITHIN * n / FALLING_DUE for n, at in enumerate(sorted(sender.taken)[:FALLING_DUE])
    ]
    note = f"  (not to be counted: {late_start:.0f} s were over before the worker ran)" if late_start > 0 else ""
    p50, p99 = percentile(late, 0.5) * 1000, percentile(late, 0.99) * 1000
    print(
        f"{label}, {open_} open, {FALLING_DUE} escalations in {WITHIN:.0f} s: late by"
        f" p50 {p50:.1f} ms, p99 {p99:.1f} ms (bar: p99 {LATE_BAR:.0f} ms, {met(p99 <= LATE_BAR)}); with a sender by"
        f" p50 {percentile(sent, 0.5) * 1000:.1f} ms, p99 {percentile(sent, 0.99) * 1000:.1f} ms{note}",
        flush=True,
    )


def _wall(session: Session, clock: ManualClock, label: str, wall: int, bare: float, loop: float) -> None:
    clock.set(SystemClock().now() - DELAY)
    fill(session, clock, repeat(0.0, wall))
    settle(session)
    sender = NullSender()
    began, cpu_before = time.monotonic(), time.process_time()
    with running(session, sender):
        wait_until(lambda: len(sender.taken) >= wall, 240)
        cpu = time.process_time() - cpu_before
    rate = wall / (max(sender.taken) - began)
    print(
        f"{label}, {wall} escalations due at once, null provider: {wall / rate:.1f} s, {rate:.0f} a second"
        f" (bar: {WALL_BAR:.0f}, {met(rate >= WALL_BAR)}); {cpu:.1f} s of CPU, {wall / cpu:.0f} for each of them,"
        f" {rate / bare:.2f} a bare commit, {cpu / loop:.0f} bare loops",
        flush=True,
    )


def met(is_met: bool) -> str:
    """Whether a bar was met, in a word."""
    return "met" if is_met else "MISSED"


def main() -> None:
    """`python -m bench.engine [OPEN [WALL]]`: these figures alone, with other numbers if wanted."""
    sizes = dict(zip(("open_", "wall"), map(int, sys.argv[1:]), strict=False))
    loop = min(machine.loop_seconds() for _ in range(5))
    with tempfile.TemporaryDirectory() as folder, postgres() as server:
        run(lambda: f"{tempfile.mkdtemp(dir=folder)}/oncall.db", "SQLite", loop, **sizes)
        run(lambda: make_database(server), "PostgreSQL", loop, **sizes)


if __name__ == "__main__":
    main()
