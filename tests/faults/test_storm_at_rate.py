"""FAULTS C4 33: 10,000 events a minute, each of its own key. None is refused, and a critical one is not held up."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from tests.faults.ledger import Books
from tests.faults.scale import FULL, sized
from tests.faults.storming import PER_MINUTE, memory, storm
from tests.support.processes import PATIENCE, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 900))

COUNT = sized(300, PER_MINUTE)
FIRE_EVERY = sized(100, 250)
PROMPT = sized(PATIENCE, 4.0)  # seconds: two, and a machine that sends the storm as well; or a guard against hanging
MEMORY = 300 * 1024  # KiB


def test_c4_33_a_critical_page_is_not_held_up_by_ten_thousand_others_a_minute(
    database_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    ledger = books(database_url, limit="5/1m")
    posted: dict[str, float] = {}
    with worker(database_url, tmp_path, {"ONCALL_DIGEST_AFTER": "5s"}) as running:

        def send(number: int) -> int:
            burns = number % FIRE_EVERY == 0
            key = f"fire {number} burns" if burns else f"disk {number}"
            if burns:
                posted[key] = time.monotonic()
            severity = "critical" if burns else "low"
            if FULL:
                return ledger.post(running.address, key, severity).status
            ledger.bring(running.address, key, severity)
            return 202

        assert set(storm(send, COUNT)) == {202}, "none refused"
        held = memory(running)
        ledger.settled(f"c4-33, {held // 1024} MiB")
        assert held < MEMORY
    waits = [
        min(request.at for request in sink.requests if key in request.text) - since for key, since in posted.items()
    ]
    slowest = max(waits)
    print(f"c4-33: critical pages after {statistics.median(waits):.2f} s, the slowest of {len(waits)} {slowest:.2f} s")
    assert slowest < PROMPT
    assert len(sink.requests) < COUNT / 2, "what is more than the limit comes bundled"
