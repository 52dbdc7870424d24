"""FAULTS C4 9: the server dies and its standby, at another address, takes over. Nothing is told to the worker."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPException
from pathlib import Path

import pytest

from oncall_tui.storage.engine import open_store
from tests.faults.ledger import Books
from tests.faults.scale import sized
from tests.support import postgres
from tests.support.processes import PATIENCE, get, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 900))

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s", "ONCALL_LEASE": "3s"}
COUNT = sized(10, 500)
BACK_WITHIN = sized(PATIENCE, 20.0)  # seconds; ten, and some slack; the test command only guards against hanging


@pytest.fixture
def pair() -> Iterator[tuple[postgres.PostgresServer, postgres.PostgresServer]]:
    """A server and its synchronous standby."""
    with ExitStack() as stack:
        first = postgres.PostgresServer()
        stack.callback(first.stop)
        postgres.make_template(first.url("postgres"))
        second = postgres.PostgresServer(primary=first)
        stack.callback(second.stop)
        first.waits_for_standby()
        yield first, second


def test_c4_09_a_standby_takes_over_at_another_address_and_no_commit_is_lost(
    pair: tuple[postgres.PostgresServer, postgres.PostgresServer], books: Books, sink: Sink, tmp_path: Path
) -> None:
    first, second = pair
    url = f"postgresql://{first.user}@127.0.0.1:{first.port},127.0.0.1:{second.port}/{postgres.TEMPLATE}"
    ledger = books(url, delay="2s")
    with worker(url, tmp_path, BRISK) as running:
        for number in range(COUNT):
            ledger.bring(running.address, f"before {number}")
        sink.answer("/ana", delay=3600, times=1)
        ledger.bring(running.address, "under way")
        sink.wait_for(lambda seen: any("under way" in request.text for request in seen))
        first.halt(signal.SIGQUIT)
        sink.release()
        told = ledger.post(running.address, "meanwhile")
        assert (told.status, told.retry_after is not None) == (503, True)
        assert get(f"{running.address}/readyz")[0] == 503
        second.promote()

        def is_back() -> bool:
            try:
                return ledger.post(running.address, "after").status == 202
            except (OSError, HTTPException):
                return False

        wait_until(is_back, "the worker to find the other server", BACK_WITHIN)
        # What was sent while its mark found no server is sent again, under its id.
        ledger.settled("c4-09 failover", steps=2, repeats=COUNT + 1)
        assert running.process.poll() is None
    with closing(open_store(second.url(postgres.TEMPLATE))) as there, there.read() as conn:
        kept = set(conn.exec_driver_sql("SELECT dedup_key FROM alerts").scalars())
    assert set(ledger.accepted) <= kept, "the standby has every commit that was answered"
