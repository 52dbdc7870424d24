"""FAULTS C4 3 and 41: after an outage a person gets one digest, at least once and under one id, of what still burns."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.support.processes import WorkerProcess, oncall, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(120)

WAITED = {"ONCALL_LEASE": "1s", "ONCALL_SEND_TIMEOUT": "1s", "ONCALL_STALE_AFTER": "1s"}


def test_41_what_waited_through_an_outage_is_one_digest_repeated_under_its_id(
    database_url: str, tmp_path: Path
) -> None:
    with Sink() as sink:
        file = tmp_path / "config.yaml"
        file.write_text(
            f"""
version: 1
users:
  - {{username: ana, role: admin, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}"}}]}}
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
"""
        )
        oncall(database_url, "config", "apply", str(file))
        ana = {"ONCALL_USER": "ana"}
        for number in range(1, 5):
            oncall(database_url, "trigger", f"disk {number}", "--service", "checkout", env=ana)
        oncall(database_url, "resolve", "1", env=ana)
        oncall(database_url, "ack", "2", env=ana)
        made = json.loads(oncall(database_url, "show", "4", "--json").stdout)["opened_at"]
        wait_until(lambda: since(made) > 1.2, "the pages to be stale")
        dying = WorkerProcess(database_url, tmp_path, WAITED | {"ONCALL_CRASH_AT": "after-send"}, waits=False)
        assert dying.wait_dead() == -9
        dying.stop()
        sink.wait_for(lambda seen: len(seen) == 1)
        with worker(database_url, tmp_path, WAITED):
            sink.wait_for(lambda seen: len(seen) == 2)
            wait_until(lambda: state(database_url, 4) == "delivered", "the digest's bookkeeping")
        first, second = sink.requests
        assert (first.page_id, second.page_id) == ("d3-1", "d3-1")
        assert "repeat" not in first.text
        assert "Possible repeat" in second.text
        for text in (first.text, second.text):
            assert "#3" in text
            assert "#4" in text
            assert "disk 1" not in text, "resolved meanwhile"
            assert "disk 2" not in text, "acknowledged meanwhile"
        assert [state(database_url, number) for number in (1, 2, 3, 4)] == [
            "cancelled",
            "cancelled",
            "delivered",
            "delivered",
        ]
        shown = json.loads(oncall(database_url, "show", "4", "--json").stdout)["pages"][0]
        assert shown["digest"] == {"id": "d3-1", "pages": ["3-1", "4-1"]}
        assert [attempt["outcome"] for attempt in shown["attempts"]][-1] == "delivered"


def since(made: str) -> float:
    """Seconds since an instant that the product told."""
    from datetime import datetime

    return time.time() - datetime.fromisoformat(made).timestamp()


def state(url: str, number: int) -> object:
    """What became of the incident's page."""
    return json.loads(oncall(url, "show", str(number), "--json").stdout)["pages"][0]["state"]
