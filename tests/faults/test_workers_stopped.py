"""FAULTS C4 1, 5, 6 and 7: workers that are killed, stopped, several, or all new. Real processes, real signals."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from oncall_tui.clock import SystemClock
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.events import take
from oncall_tui.storage.check import check
from oncall_tui.storage.tables import attempts
from oncall_tui.worker.sending.delivery import TO_ONE_PROVIDER
from tests.faults.ledger import Books, Ledger
from tests.faults.scale import sized
from tests.support.processes import WorkerProcess, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 900))

SOON_REPLACED = {"ONCALL_LEASE": "3s"}
KILLS = 2  # a page under way in three deaths would be set aside as the one to blame
RACERS, DUE = sized((2, 300), (8, 10_000))
SENDERS = 8


@pytest.mark.parametrize("seed", sized((1, 2), tuple(range(1, 13))))
def test_c4_01_the_intake_killed_at_random_moments_loses_nothing_it_said_yes_to(
    database_url: str, books: Books, tmp_path: Path, seed: int
) -> None:
    """Killed after a number of answers drawn from the seed, with eight senders in the middle of theirs."""
    ledger = books(database_url)
    dice = random.Random(seed)
    for life in range(KILLS):
        dying = WorkerProcess(database_url, tmp_path, SOON_REPLACED)
        enough = len(ledger.accepted) + dice.randint(1, 40)
        over = threading.Event()

        def send(sender: int, life: int = life, dying: WorkerProcess = dying, over: threading.Event = over) -> None:
            number = 0
            while not over.is_set():
                with suppress(OSError, HTTPException):  # no answer: nothing was promised
                    ledger.post(dying.address, f"{life}-{sender}-{number}")
                number += 1

        with ThreadPoolExecutor(SENDERS) as pool:
            for sender in range(SENDERS):
                pool.submit(send, sender)
            try:
                wait_until(partial(has_answers, ledger, enough), "enough answers")
                dying.kill()
            finally:
                over.set()
        dying.stop()
    with worker(database_url, tmp_path):
        # A life's last sends, at most so many, may have been answered and not yet marked.
        ledger.settled(f"c4-01 seed {seed}", repeats=KILLS * 24)
    assert check(ledger.store) == ()


def has_answers(ledger: Ledger, enough: int) -> bool:
    """Whether so many were promised."""
    return len(ledger.accepted) >= enough


def test_c4_05_a_stopped_workers_late_mark_is_refused(
    database_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    ledger = books(database_url)
    sink.answer("/ana", delay=3600, times=1)
    with worker(database_url, tmp_path, SOON_REPLACED) as first:
        ledger.bring(first.address, "k1")
        sink.wait_for(lambda seen: len(seen) == 1)
        wait_until(lambda: stop_outside_a_commit(first, ledger), "a moment without a lock")
        try:
            with worker(database_url, tmp_path):
                wait_until(lambda: ledger.pages()["k1"][0][1] == "delivered", "the other worker to take over")
                sink.release()
                first.process.send_signal(signal.SIGCONT)
                wait_until(lambda: "its lease was lost to another worker" in first.log, "the stale mark")
                ledger.settled("c4-05", repeats=1)
        finally:
            first.process.send_signal(signal.SIGCONT)
    one, two = sink.requests
    assert (one.page_id, two.page_id) == ("1-1", "1-1")
    assert "repeat" not in one.text
    assert "Possible repeat" in two.text
    with ledger.store.read() as conn:
        rows = conn.execute(select(attempts.c.worker, attempts.c.outcome)).all()
    assert len({row.worker for row in rows}) == 2, "the late attempt is kept, under its own worker"


def stop_outside_a_commit(process: WorkerProcess, ledger: Ledger) -> bool:
    """SIGSTOP; taken back when it holds a lock that others need."""
    process.process.send_signal(signal.SIGSTOP)
    try:
        with ledger.store.write(patience=0.1) as conn:
            conn.execute(text("UPDATE pages SET tries = tries WHERE finished_at IS NULL"))
            return True
    except DatabaseAway:
        process.process.send_signal(signal.SIGCONT)
        return False


def test_c4_06_workers_race_for_many_due_pages(database_url: str, books: Books, sink: Sink, tmp_path: Path) -> None:
    ledger = books(database_url)
    sink.answer("/ana", delay=3600)
    with several(database_url, tmp_path, RACERS):
        burning = [
            Event(action=Action.TRIGGER, dedup_key=f"k{number}", title="5xx", severity=Severity.CRITICAL)
            for number in range(DUE)
        ]
        with ledger.store.write() as conn:
            take(conn, Directory(ledger.store).world(conn), "monitor", burning, SystemClock().now(), "{}")
        ledger.accepted += [f"k{number}" for number in range(DUE)]
        # No answer before all have as many under way as one may have at once.
        sink.wait_for(lambda seen: len(seen) == RACERS * TO_ONE_PROVIDER)
        sink.answer("/ana", 200)
        sink.release()
        # Nothing twice without a reason; in the long form, where no lease can run out meanwhile, nothing twice at all.
        ledger.settled(f"c4-06 {RACERS} workers", repeats=sized(None, 0))
    with ledger.store.read() as conn:
        shares = conn.execute(select(attempts.c.worker, func.count()).group_by(attempts.c.worker)).all()
    assert len(shares) == RACERS, "all had a share"
    assert sum(row[1] for row in shares) >= DUE


def test_c4_07_four_workers_start_on_an_empty_database(empty_database_url: str, books: Books, tmp_path: Path) -> None:
    with several(empty_database_url, tmp_path, 4) as started:
        ledger = books(empty_database_url)
        for number, one in enumerate(started):
            ledger.bring(one.address, f"k{number}")
        ledger.settled("c4-07")
    assert check(ledger.store) == ()


@contextmanager
def several(url: str, folder: Path, count: int) -> Iterator[list[WorkerProcess]]:
    """Workers that were started at the same moment; each must end well."""
    with ThreadPoolExecutor(count) as pool:
        starting = [pool.submit(WorkerProcess, url, folder) for _ in range(count)]
    try:
        yield [one.result() for one in starting]
    finally:
        statuses = [one.result().stop() for one in starting if one.exception() is None]
    assert statuses == [0] * count
