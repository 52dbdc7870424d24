"""FAULTS C4 33: a storm of unique keys loses nothing, and a person gets one bundled page a window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from oncall_tui.ops.config import apply
from tests.faults.ledger import pages_of, session_on
from tests.support.processes import PATIENCE, post, wait_until, worker
from tests.support.sinks import Request, Sink

pytestmark = pytest.mark.timeout(300)

KEY = "0123456789abcdef0123456789abcdef"
WINDOW = "5s"  # that a digest collects here: longer than even a slow machine takes over a quarter of the storm
STORM = 120
LIMIT = 3


def test_33_a_storm_becomes_a_few_messages_and_critical_ones_still_go_alone(database_url: str, tmp_path: Path) -> None:
    root = session_on(database_url)
    with Sink() as sink, closing(root.store):
        config = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}", limit: {LIMIT}/5m}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}]
"""
        apply(root, config, addresses=False)
        with worker(database_url, tmp_path, {"ONCALL_DIGEST_AFTER": WINDOW}) as running:
            door = f"{running.address}/in/generic/{KEY}"

            def alert(number: int) -> int:
                return post(door, {"title": f"disk {number}", "key": f"k{number}", "severity": "high"})[0]

            with ThreadPoolExecutor(8) as pool:
                statuses = list(pool.map(alert, range(STORM)))
                urgent = {"title": "the house burns", "key": "fire", "severity": "critical"}
                assert post(door, urgent)[0] == 202
            assert set(statuses) == {202}, "none refused"
            wait_until(lambda: not unfinished(running.address), "every page to be delivered")
            seen = sink.requests
        bundled = [request for request in seen if request.page_id.startswith("d")]
        alone = [request for request in seen if not request.page_id.startswith("d")]
        assert len(alone) == LIMIT + 1
        assert any("the house burns" in request.text for request in alone)
        assert 1 <= len(bundled) <= STORM / 10
        told = [int(count(request)) for request in bundled]
        assert sum(told) == STORM - LIMIT, "each page is in one of them"
        shown = pages_of(root, 100)[0]
        assert shown.state == "delivered"
        assert shown.id in shown.bundled
        assert shown.attempts[0].outcome == "delivered"


def count(request: Request) -> str:
    """How many pages a digest says it stands for."""
    return next(line for line in request.text.splitlines() if "in one message" in line).split()[0]


def unfinished(address: str) -> bool:
    """Whether the worker's own figures still know of a page on its way."""
    from urllib.request import urlopen

    with urlopen(f"{address}/metrics", timeout=PATIENCE) as answer:
        lines = answer.read().decode().splitlines()
    return any(line.startswith("oncall_pages_waiting{") and not line.endswith(" 0.0") for line in lines)
