"""Debian's Prometheus and amtool, unmodified, against /prom: no Alertmanager between."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from oncall_tui.storage.tables import alerts, events, incidents
from tests.intake.listening import Listening, listening
from tests.support.house import House
from tests.support.processes import free_port, get, wait_until

KEY, OTHER = "p" * 32, "o" * 32
CONFIG = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "json://127.0.0.1:9/"}}]}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: prometheus, kind: prometheus, service: checkout, key: "{KEY}"}}
  - {{name: other, kind: prometheus, service: checkout, key: "{OTHER}"}}
"""
RULES = """
groups:
  - name: test
    interval: 1s
    rules:
      - alert: AlwaysFiring
        expr: vector(1) and vector(time()) < UNTIL
        labels: {severity: critical}
        annotations: {summary: "It burns"}
"""


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path, datetime(2026, 3, 1, tzinfo=UTC)) as made:
        yield made


@pytest.fixture
def here(house: House) -> Iterator[Listening]:
    with listening(house, engine=True) as made:
        yield made


class Prometheus:
    """Debian's Prometheus with one rule, telling us of its alerts."""

    def __init__(self, folder: Path, address: str, fires_for: float) -> None:
        program = shutil.which("prometheus")
        assert program is not None
        self.url = f"http://127.0.0.1:{free_port()}"
        rules = folder / "rules.yml"
        rules.write_text(RULES.replace("UNTIL", f"{datetime.now(UTC).timestamp() + fires_for:.0f}"))
        config = folder / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
            f"rule_files: ['{rules}']\n"
            f"alerting: {{alertmanagers: [{{path_prefix: /prom/{KEY},"
            f" static_configs: [{{targets: ['{address}']}}]}}]}}\n"
        )
        self.log = (folder / "prometheus.log").open("w+")
        self.process = subprocess.Popen(
            [
                program,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
                "--rules.alert.resend-delay=1s",
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def figure(self, name: str) -> float:
        """The sum of one of its own metrics."""
        try:
            _, text = get(f"{self.url}/metrics")
        except OSError:
            return 0.0
        return sum(float(line.split()[-1]) for line in str(text).splitlines() if line.startswith(name))

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(15)
        self.log.close()


def states(house: House) -> list[tuple[str, str, str | None]]:
    with house.store.read() as conn:
        query = select(incidents.c.title, incidents.c.state, incidents.c.resolved_by).order_by(incidents.c.number)
        return [tuple(row) for row in conn.execute(query)]


@pytest.mark.system("prometheus")
def test_a_prometheus_takes_us_for_its_alertmanager(here: Listening, tmp_path: Path) -> None:
    prometheus = Prometheus(tmp_path, here.url.removeprefix("http://"), fires_for=15)
    try:
        wait_until(lambda: states(here.house), "an incident")
        assert states(here.house) == [("It burns", "triggered", None)]
        wait_until(lambda: here.house.alert_count(_only(here.house)) >= 3, "it to be posted again")
        assert len(states(here.house)) == 1
        wait_until(lambda: prometheus.figure("prometheus_notifications_sent_total") >= 3, "Prometheus to count them")
        assert prometheus.figure("prometheus_notifications_errors_total") == 0
        with here.house.store.read() as conn:
            ends = conn.execute(select(alerts.c.expires_at)).scalar_one()
            # Prometheus: four times the longer of resend delay and interval from now.
            assert timedelta(0) < ends - datetime.now(UTC) <= timedelta(seconds=5)
        wait_until(lambda: states(here.house)[0][1] == "resolved", "it to resolve")
        assert states(here.house) == [("It burns", "resolved", "integration prometheus")]
        assert "not posted again" not in last_note(here.house)
    finally:
        prometheus.stop()


@pytest.mark.system("prometheus")
def test_a_prometheus_that_is_gone_leaves_nothing_burning(here: Listening, tmp_path: Path) -> None:
    prometheus = Prometheus(tmp_path, here.url.removeprefix("http://"), fires_for=3600)
    try:
        wait_until(lambda: states(here.house), "an incident")
    finally:
        prometheus.process.kill()
        prometheus.stop()
    wait_until(lambda: states(here.house)[0][1] == "resolved", "its alert to expire")
    assert states(here.house) == [("It burns", "resolved", "integration prometheus")]
    assert "not posted again before 20" in last_note(here.house)


def last_note(house: House) -> str:
    with house.store.read() as conn:
        return str(conn.execute(select(events.c.note).where(events.c.outcome == "resolve")).scalar_one())


def _only(house: House) -> int:
    with house.store.read() as conn:
        return int(conn.execute(select(incidents.c.number)).scalar_one())


def amtool(here: Listening, *arguments: str, key: str = KEY, expect: int = 0) -> str:
    program = shutil.which("amtool")
    assert program is not None
    done = subprocess.run(
        [program, f"--alertmanager.url={here.url}/prom/{key}", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"HOME": "/nonexistent"},
    )
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done.stdout if expect == 0 else done.stderr


def asked(here: Listening, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(amtool(here, "-o", "json", *arguments))
    return found


@pytest.mark.system("amtool")
def test_amtool_adds_alerts_and_asks_for_them(here: Listening) -> None:
    assert "oncall" in amtool(here, "config", "show")
    assert "receiver: prom" in amtool(here, "config", "routes", "show")
    amtool(here, "alert", "add", "alertname=DiskFull", "instance=a", "severity=critical", "--annotation=summary=Full")
    amtool(here, "alert", "add", "alertname=Slow", "instance=b")
    assert [state for _, state, _ in states(here.house)] == ["triggered", "triggered"]
    found = {alert["labels"]["alertname"]: alert for alert in asked(here, "alert", "query")}
    assert found.keys() == {"DiskFull", "Slow"}
    assert found["DiskFull"]["annotations"] == {"summary": "Full"}
    assert found["DiskFull"]["status"]["state"] == "active"
    assert [one["labels"]["instance"] for one in asked(here, "alert", "query", "DiskFull")] == ["a"]
    assert [one["labels"]["instance"] for one in asked(here, "alert", "query", 'instance=~"b|c"')] == ["b"]
    assert asked(here, "alert", "query", "alertname!~.+") == []
    assert "DiskFull" in amtool(here, "alert", "query", "-o", "extended")
    end = f"--end={datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    amtool(here, "alert", "add", "alertname=Slow", "instance=b", "--start=2026-03-01T00:00:00Z", end)
    assert [state for _, state, _ in states(here.house)] == ["triggered", "resolved"]
    assert len(asked(here, "alert", "query")) == 1
    assert json.loads(amtool(here, "-o", "json", "alert", "query", key=OTHER)) == []
    assert "status 403" in amtool(here, "alert", "add", "alertname=x", key="z" * 32, expect=1)


@pytest.mark.system("amtool")
def test_amtool_silences_alerts_and_ends_silences(here: Listening) -> None:
    silence = amtool(here, "silence", "add", "alertname=~Disk.*", "-a", "me", "-c", "new disks", "-d", "1h").strip()
    (found,) = asked(here, "silence", "query")
    assert (found["id"], found["createdBy"], found["comment"]) == (silence, "me", "new disks")
    assert found["status"] == {"state": "active"}
    assert found["matchers"] == [{"isEqual": True, "isRegex": True, "name": "alertname", "value": "Disk.*"}]
    amtool(here, "alert", "add", "alertname=DiskFull", "instance=a")
    assert states(here.house) == []
    (alert,) = asked(here, "alert", "query", "--silenced")
    assert alert["status"] == {"inhibitedBy": [], "silencedBy": [silence], "state": "suppressed"}
    assert asked(here, "alert", "query", "--active") == []
    amtool(here, "silence", "update", silence, "-c", "old disks")
    (moved,) = asked(here, "silence", "query")
    assert (moved["comment"], moved["id"] != silence) == ("old disks", True)
    assert json.loads(amtool(here, "-o", "json", "silence", "query", key=OTHER)) == []
    amtool(here, "silence", "expire", moved["id"], key=OTHER, expect=1)
    amtool(here, "silence", "expire", moved["id"])
    assert asked(here, "silence", "query") == []
    amtool(here, "alert", "add", "alertname=DiskFull", "instance=a")
    assert [state for _, state, _ in states(here.house)] == ["triggered"]
