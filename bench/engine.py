"""How late escalations fire with many incidents open, and how fast a wall of them is handed over by one worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select, text

from oncall_tui.clock import ManualClock, SystemClock
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.message import Message
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.config import apply
from oncall_tui.ops.events import take_by_hand
from oncall_tui.ops.session import Session, open_session
from oncall_tui.settings import load_settings
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.migrate import upgrade
from oncall_tui.storage.tables import pages
from oncall_tui.worker import Worker

DELAY = timedelta(hours=1)
WALL = 6_000
OPEN = 10_000
FALLING_DUE = 600
WITHIN = 20.0  # seconds over which they fall due
BATCH = 500
PEOPLE = 50


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
    return f"version: 1\nusers:\n{people}\npolicies:\n{ladders}\nservices:\n{services}\n"


class NullSender:
    """Takes every page at once and remembers when."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def send(self, url: str, message: Message, timeout: float) -> SendResult:  # noqa: ARG002 - the sender's shape
        """Delivered."""
        self.taken.append(time.monotonic())
        return SendResult(Outcome.DELIVERED, "200 OK")


def fill(session: Session, clock: ManualClock, opened: Iterator[float]) -> int:
    """Open incidents, `opened` seconds from the clock's instant each; their first pages count as sent."""
    began = clock.now()
    moments = list(opened)
    for start in range(0, len(moments), BATCH):
        with session.writing() as conn:
            world = session.directory.world(conn)
            for number, moment in enumerate(moments[start : start + BATCH], start):
                clock.set(began + timedelta(seconds=moment))
                event = Event(
                    action=Action.TRIGGER,
                    dedup_key=f"{start}-{number}-{began}",
                    title=f"Problem {number}",
                    severity=Severity.HIGH,
                )
                take_by_hand(conn, world, f"s{number % PEOPLE}", event, clock.now(), by="bench", via="bench")
            conn.execute(text("UPDATE pages SET state = 'delivered', finished_at = due_at WHERE finished_at IS NULL"))
    return len(moments)


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


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share does not pass."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def run(url: str, label: str) -> None:
    """Print the engine's figures for one empty database."""
    store = open_store(url)
    store.create()
    upgrade(store)
    store.close()
    clock = ManualClock(SystemClock().now())
    session = open_session(
        load_settings({"database": url}, environ={"ONCALL_SETTINGS": "/dev/null"}), via="bench", clock=clock
    )
    apply(session, config(), addresses=False)
    _lateness(session, clock, label)
    with session.writing() as conn:
        conn.execute(text("DELETE FROM timers"))
        conn.execute(text("UPDATE pages SET state = 'cancelled', finished_at = due_at WHERE finished_at IS NULL"))
    _wall(session, clock, label)
    session.close()


def _lateness(session: Session, clock: ManualClock, label: str) -> None:
    real = SystemClock()
    ahead = timedelta(seconds=90)  # time enough to open them all
    clock.set(real.now() - DELAY + ahead)
    due = clock.now() + DELAY
    fill(session, clock, (WITHIN * n / FALLING_DUE for n in range(FALLING_DUE)))
    clock.set(real.now())
    fill(session, clock, (0.0 for _ in range(OPEN - FALLING_DUE)))
    sender = NullSender()
    with running(session, sender):
        late_start = (real.now() - due).total_seconds()
        wait_until(lambda: len(sender.taken) >= FALLING_DUE, 240)
    with session.reading() as conn:
        rows = conn.execute(select(pages.c.created_at).where(pages.c.step == 2).order_by(pages.c.created_at)).scalars()
        late = [
            (made - due).total_seconds() - WITHIN * n / FALLING_DUE for n, made in enumerate(list(rows)[:FALLING_DUE])
        ]
    note = f"  (the first {late_start:.0f} s were over at its start)" if late_start > 0 else ""
    print(
        f"{label}, {OPEN} open, {FALLING_DUE} escalations in {WITHIN:.0f} s: late by"
        f" p50 {percentile(late, 0.5) * 1000:.1f} ms, p99 {percentile(late, 0.99) * 1000:.1f} ms{note}"
    )


def _wall(session: Session, clock: ManualClock, label: str) -> None:
    real = SystemClock()
    clock.set(real.now() - DELAY)
    fill(session, clock, (0.0 for _ in range(WALL)))
    sender = NullSender()
    began = time.monotonic()
    with running(session, sender):
        wait_until(lambda: len(sender.taken) >= WALL, 240)
    took = max(sender.taken) - began
    print(f"{label}, {WALL} escalations due at once, null provider: {took:.1f} s, {WALL / took:.0f} a second")
