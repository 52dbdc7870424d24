"""FAULTS C4 8 and 9: PostgreSQL is stopped under a running worker, and comes back."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.faults.ledger import Books
from tests.faults.scale import sized
from tests.support import postgres
from tests.support.processes import get, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(120, 300))

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s"}
PROMPT = 2.5  # seconds: two, and a busy machine's slack
BACK_WITHIN = 10.0  # seconds
AWAY = sized(3.0, 60.0)  # seconds


@pytest.fixture
def server() -> Iterator[postgres.PostgresServer]:
    """A server of the test's own."""
    made = postgres.PostgresServer()
    try:
        postgres.make_template(made.url("postgres"))
        yield made
    finally:
        made.stop()


@pytest.mark.parametrize(
    ("number", "how"), [("08", signal.SIGQUIT), ("09", signal.SIGINT)], ids=["c4_08_immediate", "c4_09_fast"]
)
def test_c4_08_09_what_fell_due_while_postgresql_was_away_goes_out_once(
    server: postgres.PostgresServer, books: Books, sink: Sink, tmp_path: Path, number: str, how: signal.Signals
) -> None:
    url = server.url(postgres.TEMPLATE)
    ledger = books(url, delay="2s")
    with worker(url, tmp_path, BRISK) as running:
        for name in ("one", "two", "three"):
            assert ledger.post(running.address, name).status == 202
        wait_until(
            lambda: [made[0][1] for made in ledger.pages().values() if made] == ["delivered"] * 3, "the first pages"
        )
        first = len(sink.requests)
        ledger.store.close()
        server.halt(how)
        began = time.monotonic()
        told = ledger.post(running.address, "meanwhile")
        assert time.monotonic() - began < PROMPT
        assert (told.status, told.retry_after is not None) == (503, True)
        assert get(f"{running.address}/readyz")[0] == 503
        assert get(f"{running.address}/healthz")[0] == 200
        wait_until(lambda: time.monotonic() - began > AWAY, "the second steps to be overdue", AWAY + 10)
        assert len(sink.requests) == first, "what is due can't be claimed"
        server.resume()

        def is_back() -> bool:
            try:
                return ledger.post(running.address, "after").status == 202
            except (OSError, HTTPException):
                return False

        wait_until(is_back, "the worker to reconnect by itself", BACK_WITHIN)
        ledger.settled(f"c4-{number}", steps=2)
        assert running.process.poll() is None
    assert "meanwhile" not in ledger.pages(), "what was refused was not taken either"
