"""FAULTS C4 42: a worker that may open few files."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.faults.ledger import Books, Ledger
from tests.support.processes import worker

pytestmark = pytest.mark.timeout(300)


def test_c4_42_with_few_open_files_it_still_takes_and_pages(database_url: str, books: Books, tmp_path: Path) -> None:
    ledger = books(database_url)
    with worker(database_url, tmp_path) as running:
        resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (64, 64))
        with ThreadPoolExecutor(24) as pool:
            told = list(pool.map(lambda number: answered(ledger, running.address, number), range(120)))
        assert set(told) <= {202, 503, None}, "taken, told to come back, or no room for the connection"
        ledger.bring(running.address, "afterwards")
        ledger.settled("c4-42")
        assert running.process.poll() is None


def answered(ledger: Ledger, address: str, number: int) -> int | None:
    """The answer's status; None when the connection was turned away."""
    try:
        return ledger.post(address, f"k{number}").status
    except (OSError, HTTPException):
        return None
