"""Over https, with a real worker: keys by command while it runs, guesses, the REST API, a renewed certificate."""

from __future__ import annotations

import json
import signal
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.support.certificates import certificate
from tests.support.processes import PATIENCE, oncall, wait_until, worker

CONFIG = """
version: 1
users: [{username: ana, role: admin}]
policies: [{name: p, steps: [{delay: 5m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
"""


def test_keys_tokens_and_certificates_while_a_worker_runs(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "team.yaml"
    file.write_text(CONFIG)
    oncall(sqlite_url, "config", "apply", str(file))
    cert, key = certificate(tmp_path)
    env = {"ONCALL_TLS_CERT": str(cert), "ONCALL_TLS_KEY": str(key)}
    with worker(sqlite_url, tmp_path, env) as running:
        assert running.address.startswith("https://")
        made = json.loads(
            oncall(
                sqlite_url,
                *("integration", "create", "scripts", "--kind", "generic", "--service", "checkout", "--json"),
                env={"ONCALL_USER": "ana"},
            ).stdout
        )
        token = oncall(sqlite_url, "token", "add", "test", env={"ONCALL_USER": "ana"}).stdout.strip()
        trusted = ssl.create_default_context(cafile=str(cert))
        with httpx.Client(base_url=running.address, verify=trusted, trust_env=False, timeout=PATIENCE) as http:
            bearer = {"Authorization": f"Bearer {made['key']}"}

            def is_taken() -> bool:
                # A worker that gets no processor for two seconds says 503; whoever posts comes back.
                return http.post("/in/generic", json={"title": "5xx", "key": "k"}, headers=bearer).status_code == 202

            wait_until(is_taken, "the alert to be taken")
            assert http.post("/in/generic/wrong-wrong-wrong", json={"title": "x"}).status_code == 403
            api = {"Authorization": f"Bearer {token}"}
            listed = http.get("/api/v1/incidents", headers=api).json()["incidents"]
            assert [one["title"] for one in listed] == ["5xx"]
            turned_away = http.get("/api/v1/events/rejected", headers=api).json()["rejected"]
            assert [one["reason"] for one in turned_away] == ["unknown key"]
            certificate(tmp_path)
            running.process.send_signal(signal.SIGHUP)
            parts = urlsplit(running.address)
            where = (parts.hostname or "", parts.port or 0)
            wait_until(lambda: ssl.get_server_certificate(where) == cert.read_text(), "the new certificate")
            assert http.get("/healthz").status_code == 200
