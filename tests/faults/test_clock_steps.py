"""FAULTS C4 22: a host's clock is set, under one worker alone, by libfaketime; never the machine's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from oncall_tui.storage.tables import attempts, pages
from tests.faults.disks import unavailable
from tests.faults.ledger import Books, Ledger
from tests.faults.scale import FULL, sized
from tests.support.processes import wait_until, worker
from tests.support.sinks import Sink

pytestmark = [
    pytest.mark.timeout(900),
    # Half a minute of real time each.
    # The test command holds the rule by tests/worker/test_clock.py and by the simulation's stepped clocks.
    pytest.mark.skipif(not FULL, reason="in the long form only: make faults-full"),
]

LIBRARY = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
STEPS = sized(("+7200", "-7200", "+0"), ("+7200", "-7200", "+600", "-600", "+0"))  # seconds off
DELAY = sized(2, 10)  # seconds of each escalation step
EARLY = 1.0  # seconds before its time by the database's clock that a page may be
LATE = 60.0  # seconds after it: a busy machine's; a clock that was believed would make it ten minutes and more


SLEEP = """# libfaketime 0.9.10 answers EINVAL to a sleep until an instant that has just passed; Linux answers at once.
import select, time
time.sleep = lambda seconds: select.select((), (), (), seconds) and None
"""


class Hand:
    """Sets the clock that a worker sees."""

    def __init__(self, folder: Path) -> None:
        if LIBRARY is None:
            unavailable("libfaketime is not installed")
        self._file = folder / "clock"
        self.set("+0")
        (folder / "sitecustomize.py").write_text(SLEEP)
        self.environment = {
            "PYTHONPATH": str(folder),
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset: str) -> None:
        """Seconds off the right time, at once."""
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{offset}\n")
        beside.replace(self._file)


def test_c4_22_a_hosts_clock_that_jumps_pages_nobody_early_late_or_twice(
    postgres_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    """Seen by the database's clock, which the other hosts share."""
    hand = Hand(tmp_path)
    ledger = books(postgres_url, delay=f"{DELAY}s")
    with worker(postgres_url, tmp_path, hand.environment) as running:
        for number, step in enumerate(STEPS):
            hand.set(step)
            ledger.bring(running.address, f"k{number}")
            if step == STEPS[0]:
                # The life sign, every five seconds, compares the clocks.
                wait_until(lambda: "s off the database's" in running.log, "the skew to be told")
            ledger.settled(f"c4-22 after {step} s", steps=2)
    for key, (first, second) in escalations(ledger).items():
        off = (second - first).total_seconds() - DELAY
        assert -EARLY <= off <= LATE, f"{key}: the second step came {off:.1f} s off"
    with ledger.store.read() as conn:
        tries = conn.execute(select(attempts.c.started_at).order_by(attempts.c.id)).scalars().all()
        now = conn.execute(select(func.now())).scalar_one()
    assert all(one <= two + timedelta(seconds=EARLY) for one, two in pairwise(tries)), "the attempts' own times go on"
    assert tries[-1] <= now + timedelta(seconds=EARLY)


def test_c4_22_on_sqlite_the_hosts_clock_is_the_databases_and_nothing_is_lost_or_doubled(
    sqlite_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    """An hour of delay is over at once when the only clock there is says so; set back, new alerts page at once."""
    hand = Hand(tmp_path)
    ledger = books(sqlite_url, delay="1h")
    with worker(sqlite_url, tmp_path, hand.environment) as running:
        ledger.bring(running.address, "before")
        ledger.settled("c4-22 before")
        hand.set("+7200")
        ledger.settled("c4-22 two hours ahead", steps=2)
        hand.set("-7200")
        ledger.bring(running.address, "set back")
        sink.wait_for(lambda seen: any("set back" in request.text for request in seen))
        wait_until(lambda: ledger.pages()["set back"][0][1] == "delivered", "its mark")
        ledger.settled("c4-22 set back")


def escalations(ledger: Ledger) -> dict[int, list[datetime]]:
    """When each incident's pages were made, by the times that the worker wrote."""
    made: dict[int, list[datetime]] = {}
    with ledger.store.read() as conn:
        for number, at in conn.execute(
            select(pages.c.number, pages.c.created_at).order_by(pages.c.number, pages.c.seq)
        ):
            made.setdefault(number, []).append(at)
    return made
