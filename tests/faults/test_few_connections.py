"""FAULTS C4 42: a server that grants ten connections, and others who take them all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.faults.ledger import Books
from tests.faults.scale import sized
from tests.support import postgres
from tests.support.processes import oncall, wait_until, worker

pytestmark = pytest.mark.timeout(sized(300, 900))

CONNECTIONS = 10
POSTS = sized(60, 10_000)
SENDERS = 24


@pytest.fixture
def server() -> Iterator[postgres.PostgresServer]:
    """A server of the test's own."""
    made = postgres.PostgresServer(settings=(f"max_connections={CONNECTIONS}", "superuser_reserved_connections=0"))
    try:
        postgres.make_template(made.url("postgres"))
        yield made
    finally:
        made.stop()


def test_c4_42_a_worker_does_with_few_connections_and_says_when_there_is_none(
    server: postgres.PostgresServer, books: Books, tmp_path: Path
) -> None:
    url = server.url(postgres.TEMPLATE)
    ledger = books(url)
    with worker(url, tmp_path) as running, ExitStack() as others:
        with ThreadPoolExecutor(SENDERS) as pool:
            list(pool.map(lambda number: ledger.bring(running.address, f"k{number}"), range(POSTS)))
        ledger.settled(f"c4-42 {CONNECTIONS} connections")
        assert "too many clients" not in running.log, "it wants no more than there are"
        ledger.store.close()
        take_the_rest(url, others)
        said = oncall(url, "incidents", expect=3).stderr
        assert "too many clients" in said
        assert "Traceback" not in said
        assert len(said.splitlines()) == 1
        others.close()
        wait_until(lambda: oncall(url, "incidents", expect=None).returncode == 0, "room for one more")
        ledger.bring(running.address, "afterwards")
        ledger.settled("c4-42 afterwards")
        assert running.process.poll() is None


def take_the_rest(url: str, held: ExitStack) -> None:
    """Connect until nobody else can."""
    for _ in range(CONNECTIONS + 1):
        try:
            held.enter_context(psycopg.connect(url, autocommit=True))
        except psycopg.OperationalError:
            return
    pytest.fail(f"the server grants more than {CONNECTIONS} connections")
