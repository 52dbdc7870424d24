"""FAULTS C4 14: the n-th write to the database's files fails with EIO, for every n of an intake and of its page.

strace injects it into a running worker, counted from the moment that it attaches.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from oncall_tui.storage.check import check
from oncall_tui.storage.tables import UNFINISHED_PAGE, pages
from tests.faults.disks import unavailable
from tests.faults.ledger import Books, Ledger, file_of
from tests.faults.scale import sized
from tests.support.processes import PATIENCE, WorkerProcess, wait_until, worker

pytestmark = pytest.mark.timeout(sized(300, 1800))

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s", "ONCALL_LEASE": "1s"}  # short: a page whose mark failed comes again after it
STRIDE = sized(11, 1)
MOST = 400


@contextmanager
def failing(call: str, nth: int, running: WorkerProcess, database: Path, trace: Path) -> Iterator[Path]:
    """Let the worker's `nth` call on the database's files fail; the trace tells when it did."""
    files = [part for suffix in ("", "-wal") for part in ("-P", f"{database}{suffix}")]
    inject = f"inject={call}:error=EIO:when={nth}"
    tracer = subprocess.Popen(
        ["strace", "-f", *files, "-e", f"trace={call}", "-e", inject, "-o", str(trace), "-p", str(running.process.pid)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert tracer.stderr is not None
        if "attached" not in (said := tracer.stderr.readline()):
            unavailable(f"nothing may be traced here: {said.strip()}")
        yield trace
    finally:
        tracer.terminate()
        tracer.communicate(timeout=PATIENCE)


def unfinished(ledger: Ledger) -> int:
    """How many pages are still to be sent, or to be marked."""
    with ledger.store.read() as conn:
        return int(conn.execute(select(func.count()).select_from(pages).where(UNFINISHED_PAGE)).scalar_one())


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_c4_14_whichever_write_fails_nothing_promised_is_lost(
    sqlite_url: str, books: Books, tmp_path: Path, call: str
) -> None:
    if shutil.which("strace") is None:
        unavailable("strace is not installed")
    ledger = books(sqlite_url)
    failed = rounds = 0
    with worker(sqlite_url, tmp_path, BRISK) as running:
        for nth in range(1, MOST, STRIDE if call == "pwrite64" else 1):
            key = f"{call} {nth}"
            rounds += 1
            with failing(call, nth, running, file_of(sqlite_url), tmp_path / f"trace {nth}") as trace:
                told = ledger.post(running.address, key)
                assert told.status in (202, 503)

                def is_over(key: str = key, trace: Path = trace, taken: bool = told.status == 202) -> bool:
                    made = ledger.pages().get(key, [])
                    return "INJECTED" in trace.read_text() or (taken and [state for _, state in made] == ["delivered"])

                wait_until(is_over, "the fault or the page")
                has_failed = "INJECTED" in trace.read_text()
            failed += has_failed
            # One fault a page: after three a page is set aside, and none would be left to look at.
            wait_until(lambda: not unfinished(ledger), "this round's pages")
            if not has_failed:
                break
        else:
            pytest.fail(f"an intake and its page never ended within {MOST} writes")
        # What was sent while its mark failed is sent again.
        ledger.settled(f"c4-14 {call}, {failed} of {rounds} failed")
        assert running.process.poll() is None
    assert failed >= 2
    assert check(ledger.store) == ()
