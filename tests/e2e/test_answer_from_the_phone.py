"""A page on ntfy from a real worker, answered by its button as the phone would press it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx

from tests.support.processes import PATIENCE, oncall, post, wait_until, worker
from tests.support.sinks import Sink

KEY = "0123456789abcdef0123456789abcdef"


def test_the_button_of_a_page_acknowledges(database_url: str, tmp_path: Path) -> None:
    with Sink() as sink:
        config = tmp_path / "config.yaml"
        config.write_text(
            f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana-pages", "ntfy")}"}}]}}]
policies: [{{name: payments, steps: [{{delay: 15m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: payments}}]
integrations: [{{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}]
"""
        )
        oncall(database_url, "config", "apply", str(config))
        with worker(database_url, tmp_path, {"ONCALL_PUBLIC_URL": "https://oncall.example.com/"}) as running:
            assert post(f"{running.address}/in/generic/{KEY}", {"title": "5xx"})[0] == 202
            [page] = sink.wait_for(lambda seen: len(seen) == 1)
            button = re.search(r'"https://oncall\.example\.com(/a/[A-Za-z0-9_-]{30,40})", method=POST, body="(.*?)"',
                               page.headers["x-actions"])  # fmt: skip
            assert button is not None
            link = running.address + button[1]
            assert httpx.head(link, trust_env=False, timeout=PATIENCE).status_code == 200
            assert shown(database_url)["state"] == "triggered"
            answer = httpx.post(link, content=button[2], trust_env=False, timeout=PATIENCE)
            assert answer.status_code == 200
            assert "You have it now" in answer.text
            wait_until(lambda: shown(database_url)["state"] == "acknowledged", "the acknowledgement")
            told = shown(database_url)["timeline"]
            assert [(line["by"], line["via"]) for line in told if line["kind"] == "acknowledged"] == [
                ("ana", "answer page")
            ]
        logged = "".join(file.read_text() for file in tmp_path.glob("worker-*.log"))
        assert button[1].removeprefix("/a/") not in logged + json.dumps(told)


def shown(url: str) -> dict[str, Any]:
    """The incident as a command shows it."""
    incident: dict[str, Any] = json.loads(oncall(url, "show", "1", "--json").stdout)
    return incident
