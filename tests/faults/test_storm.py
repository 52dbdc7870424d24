"""FAULTS C4 33: a storm of unique keys loses nothing, and a person gets one bundled page a window."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.processes import oncall, post, wait_until, worker
from tests.support.sinks import Request, Sink

pytestmark = pytest.mark.timeout(120)

KEY = "0123456789abcdef0123456789abcdef"
WINDOW = 1.0  # seconds that a digest collects here
STORM = 120
LIMIT = 3


def test_33_a_storm_becomes_a_few_messages_and_critical_ones_still_go_alone(database_url: str, tmp_path: Path) -> None:
    with Sink() as sink:
        config = tmp_path / "config.yaml"
        config.write_text(
            f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}", limit: {LIMIT}/5m}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}]
"""
        )
        oncall(database_url, "config", "apply", str(config))
        with worker(database_url, tmp_path, {"ONCALL_DIGEST_AFTER": "1s"}) as running:
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
        # One a window; the first and the last may have been under way for unequal times, which counts for one more.
        assert 1 <= len(bundled) <= (seen[-1].at - seen[0].at) / WINDOW + 2
        told = [int(count(request)) for request in bundled]
        assert sum(told) == STORM - LIMIT, "each page is in one of them"
        shown = json.loads(oncall(database_url, "show", "100", "--json").stdout)["pages"][0]
        assert shown["state"] == "delivered"
        assert shown["id"] in shown["digest"]["pages"]
        assert shown["attempts"][0]["outcome"] == "delivered"


def count(request: Request) -> str:
    """How many pages a digest says it stands for."""
    return next(line for line in request.text.splitlines() if "in one message" in line).split()[0]


def unfinished(address: str) -> bool:
    """Whether the worker's own figures still know of a page on its way."""
    from urllib.request import urlopen

    with urlopen(f"{address}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return any(line.startswith("oncall_pages_waiting{") and not line.endswith(" 0.0") for line in lines)
