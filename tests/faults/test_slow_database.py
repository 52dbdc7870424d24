"""FAULTS C4 11: every statement reaches the database late. Senders are told to come back; the worst is paged first."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from oncall_tui.clock import SystemClock
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.events import take
from oncall_tui.worker.sending.delivery import TO_ONE_PROVIDER
from tests.faults.ledger import LONG_PATIENCE, Books, Ledger
from tests.faults.scale import sized
from tests.faults.slow_link import SlowLink
from tests.faults.storming import memory
from tests.support.processes import PATIENCE, WorkerProcess, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 1800))

DELAY = sized(0.2, 3.0)  # seconds, each statement
MINOR = 60  # more than a worker sends to one provider at once
POSTS = sized(20, 200)
PROMPT = sized(PATIENCE, 3.5)  # seconds: two, and some slack; the test command only guards against hanging
GROWTH = 64 * 1024  # KiB


def test_c4_11_a_database_that_takes_its_time_turns_senders_away_and_pages_the_worst_first(
    postgres_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    ledger = books(postgres_url)
    parts = urlsplit(postgres_url)
    with SlowLink(parts.port or 0, 0.0) as link:
        through = f"postgresql://{parts.username}@127.0.0.1:{link.port}{parts.path}"
        with worker(through, tmp_path) as running:
            ledger.bring(running.address, "before")
            ledger.settled("c4-11 before")
            link.delay = DELAY
            burning = [(f"minor {number}", Severity.LOW) for number in range(MINOR)] + [("worst", Severity.CRITICAL)]
            sink.answer("/ana", delay=3600)
            with ledger.store.write() as conn:
                world = Directory(ledger.store).world(conn)
                events = [Event(action=Action.TRIGGER, dedup_key=key, title=key, severity=how) for key, how in burning]
                take(conn, world, "monitor", events, SystemClock().now(), "{}")
            ledger.accepted += [key for key, _ in burning]
            before = memory(running)
            with ThreadPoolExecutor(20) as pool:
                told = list(pool.map(lambda number: timed(ledger, running, number), range(POSTS)))
            assert {status for status, _, _ in told} == {503}
            assert all(retry_after for _, retry_after, _ in told)
            assert max(seconds for _, _, seconds in told) < PROMPT
            assert memory(running) - before < GROWTH
            # None of those that went first has an answer before as many as may be under way are there.
            sink.wait_for(lambda seen: len(seen) > TO_ONE_PROVIDER, LONG_PATIENCE)
            first = sink.requests
            sink.answer("/ana", 200)
            sink.release()
            link.delay = 0.0
            # What is on its way through the proxy still comes late.
            wait_until(lambda: ledger.post(running.address, "after").status == 202, "an event to be taken again")
            ledger.settled("c4-11")
    assert any("worst" in one.text for one in first), (
        "among those that were sent first, at once, though it was due last"
    )


def timed(ledger: Ledger, running: WorkerProcess, number: int) -> tuple[int, str | None, float]:
    """An answer's status, its Retry-After, and how many seconds it took."""
    began = time.monotonic()
    told = ledger.post(running.address, f"k{number}")
    return told.status, told.retry_after, time.monotonic() - began
