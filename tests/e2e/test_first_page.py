"""The main job, whole, on real parts: an alert comes in, people are paged, one presses `a`, the paging stops."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import (
    ONCALL,
    Alertmanager,
    Terminal,
    oncall,
    oncall_environment,
    wait_until,
    worker,
)
from tests.support.sinks import Sink

pytestmark = [pytest.mark.system("prometheus-alertmanager"), pytest.mark.system("tmux"), pytest.mark.timeout(300)]


def config_for(sink: Sink) -> str:
    """Two people on two steps, two seconds apart."""
    return f"""
version: 1
users:
  - {{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "{sink.apprise_url("/bo")}"}}]}}
schedules:
  - name: primary
    timezone: Europe/Lisbon
    layers: [{{name: weekly, users: [ana], start: 2026-01-05T09:00, every: 1w}}]
policies:
  - name: payments
    remind: off
    repeat: 9
    steps:
      - {{delay: 2s, targets: [{{schedule: primary}}]}}
      - {{delay: 2s, targets: [{{user: bo}}]}}
services: [{{name: checkout, policy: payments}}]
integrations: [{{name: prometheus, kind: alertmanager, service: checkout, key: "0123456789abcdef0123456789abcdef"}}]
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


def test_alertmanager_pages_two_people_until_one_acknowledges_in_the_terminal(
    database_url: str, sink: Sink, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(config_for(sink))
    oncall(database_url, "config", "apply", str(config))
    with worker(database_url, tmp_path) as running:
        alertmanager = Alertmanager(tmp_path, f"{running.address}/in/alertmanager/0123456789abcdef0123456789abcdef")
        try:
            alertmanager.alert("Checkout5xx")
            sink.wait_for(lambda seen: any(request.path == "/ana" for request in seen))
            sink.wait_for(lambda seen: any(request.path == "/bo" for request in seen))
            first, second = (datetime.fromisoformat(page["at"]) for page in shown(database_url)["pages"][:2])
            assert second - first >= timedelta(seconds=2), "step 2 comes after step 1's delay"
            assert "Checkout5xx burns" in sink.requests[0].text

            terminal = Terminal(tmp_path, ONCALL, oncall_environment(database_url, {"ONCALL_USER": "ana"}))
            try:
                terminal.wait_for("Checkout5xx burns")
                terminal.press("a")
                terminal.wait_for("ACK")
                wait_until(lambda: state_of(database_url) == "acknowledged", "the acknowledgement")
                assert shown(database_url)["acknowledged_by"] == "ana"

                alertmanager.alert("Checkout5xx", ends_at=(datetime.now(UTC) - timedelta(seconds=1)).isoformat())
                wait_until(lambda: state_of(database_url) == "resolved", "the sender's resolve")
                wait_until(lambda: unfinished(database_url) == [], "what crossed the acknowledgement")
            finally:
                terminal.close()
        finally:
            alertmanager.stop()
    known = shown(database_url)
    assert known["resolution"] == "fixed"
    made = [datetime.fromisoformat(page["at"]) for page in known["pages"]]
    assert max(made) <= datetime.fromisoformat(known["acknowledged_at"]), "after the acknowledgement nobody is paged"
    cancelled = {page["id"] for page in known["pages"] if page["state"] == "cancelled"}
    assert not cancelled & {request.page_id for request in sink.requests}
    incidents = json.loads(oncall(database_url, "incidents", "--filter", "state:all", "--json").stdout)["incidents"]
    assert [incident["number"] for incident in incidents] == [1], "firing made one incident"


def unfinished(url: str) -> list[str]:
    """The pages that are still on their way."""
    return [page["id"] for page in shown(url)["pages"] if page["state"] not in ("delivered", "cancelled")]


def shown(url: str) -> dict[str, Any]:
    """The incident as `oncall show 1 --json` tells it."""
    found: dict[str, Any] = json.loads(oncall(url, "show", "1", "--json").stdout)
    return found


def state_of(url: str) -> object:
    """Its state."""
    return shown(url)["state"]
