"""FAULTS C4 8 and 9: PostgreSQL is stopped under a running worker, and comes back; and so under a real sender."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import func, select

from oncall_tui.storage.tables import alerts, incidents
from tests.faults.ledger import KEY, Books
from tests.faults.scale import sized
from tests.support import postgres
from tests.support.processes import PATIENCE, Alertmanager, get, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 900))

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s", "ONCALL_LEASE": "5s"}
PROMPT = sized(PATIENCE, 2.5)  # seconds: two, and some slack; the test command only guards against hanging
BACK_WITHIN = sized(PATIENCE, 10.0)  # seconds
AWAY = sized(3.0, 60.0)  # seconds
NAMES = ("one", "two", "three")
AWAY_FROM_ALERTMANAGER = sized(3.0, 15.0)  # seconds
EVERY = sized(0.1, 0.02)  # seconds between two alerts
BROUGHT_WITHIN = 180.0  # seconds: Alertmanager pauses up to a minute between its tries


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
        for name in NAMES:
            ledger.bring(running.address, name)
        wait_until(
            lambda: [made[0][1] for made in ledger.pages().values() if made] == ["delivered"] * len(NAMES),
            "the first pages",
        )
        ledger.store.close()
        server.halt(how)
        began = time.monotonic()
        told = ledger.post(running.address, "meanwhile")
        assert time.monotonic() - began < PROMPT
        assert (told.status, told.retry_after is not None) == (503, True)
        assert get(f"{running.address}/readyz")[0] == 503
        assert get(f"{running.address}/healthz")[0] == 200
        wait_until(lambda: time.monotonic() - began > AWAY, "the second steps to be overdue", AWAY + PATIENCE)
        server.resume()

        def is_back() -> bool:
            try:
                return ledger.post(running.address, "after").status == 202
            except (OSError, HTTPException):
                return False

        wait_until(is_back, "the worker to reconnect by itself", BACK_WITHIN)
        # What was on its way when the server went comes again, with that for its reason.
        ledger.settled(f"c4-{number}", steps=2, repeats=len(NAMES))
        assert running.process.poll() is None
    assert "meanwhile" not in ledger.pages(), "what was refused was not taken either"


@pytest.mark.system("prometheus-alertmanager")
def test_with_alertmanager_in_front_nothing_is_lost_under_fire(
    server: postgres.PostgresServer, books: Books, sink: Sink, tmp_path: Path
) -> None:
    url = server.url(postgres.TEMPLATE)
    ledger = books(url)
    with worker(url, tmp_path, BRISK) as running:
        alertmanager = Alertmanager(tmp_path, f"{running.address}/in/alertmanager/{KEY}")
        posted = 0

        def fire_for(seconds: float) -> None:
            nonlocal posted
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                alertmanager.alert(f"Burning{posted}")
                posted += 1
                time.sleep(EVERY)  # the rate of the fire

        try:
            fire_for(1.0)
            wait_until(ledger.pages, "the first incident")
            ledger.store.close()
            server.halt(signal.SIGINT)
            fire_for(AWAY_FROM_ALERTMANAGER)
            wait_until(lambda: failed_requests(alertmanager) > 0, "Alertmanager to be refused")
            server.resume()
            fire_for(1.0)
            # Alertmanager was up throughout: all that it took has to arrive, each under its fingerprint.
            ledger.accepted = fingerprints(alertmanager)
            wait_until(lambda: set(ledger.pages()) >= set(ledger.accepted), "every alert's incident", BROUGHT_WITHIN)
            # A page whose answer found no database to be noted in comes again.
            ledger.settled("alertmanager-in-front")
        finally:
            alertmanager.stop()
    assert len(ledger.accepted) == posted
    with ledger.store.read() as conn:
        opened = conn.execute(select(func.count()).select_from(incidents)).scalar_one()
        known = conn.execute(select(func.count()).select_from(alerts)).scalar_one()
    assert (opened, known) == (posted, posted), "each alert has one incident"


def fingerprints(alertmanager: Alertmanager) -> list[str]:
    """Of every alert that it holds."""
    return [alert["fingerprint"] for alert in get(f"{alertmanager.address}/api/v2/alerts")[1]]


def failed_requests(alertmanager: Alertmanager) -> float:
    """How many of its requests to us failed."""
    name = 'alertmanager_notification_requests_failed_total{integration="webhook"'
    _, text = get(f"{alertmanager.address}/metrics")
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))
