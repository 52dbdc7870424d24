"""The worker as a real process: ready, an alert, a page, a clean end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import KEY, TEAM, CommandLine
from tests.support.processes import ONCALL, PATIENCE, get, oncall, oncall_environment, post, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(300)


def test_an_alert_becomes_a_page(database_url: str, tmp_path: Path) -> None:
    with Sink() as sink:
        team = TEAM.replace("json://127.0.0.1:9", sink.apprise_url("").rstrip("/"))
        cli = CommandLine(database_url, tmp_path)
        cli.ok("config", "apply", cli.file(team))
        with worker(database_url, tmp_path) as running:
            assert get(f"{running.address}/healthz")[0] == 200
            wait_until(lambda: get(f"{running.address}/readyz")[0] == 200, "the worker to be ready")
            status, answer = post(f"{running.address}/in/generic/{KEY}", {"title": "5xx", "key": "k1"})
            assert status == 202
            sink.wait_for(lambda seen: len(seen) >= 1)
            wait_until(
                lambda: cli.json("show", str(answer["incident"]))["pages"][0]["state"] == "delivered", "the delivery"
            )
        assert running.process.returncode == 0
    page = cli.json("show", str(answer["incident"]))["pages"][0]
    assert [attempt["outcome"] for attempt in page["attempts"]] == ["delivered"]
    assert set(page["attempts"][0]) == {"started_at", "ended_at", "outcome", "answer"}


def test_it_says_once_that_it_is_ready_and_ends_on_sigterm(cli: CommandLine) -> None:
    process = subprocess.Popen(
        [*ONCALL, "worker", "--listen", "127.0.0.1:0", "--json"],
        env=oncall_environment(cli.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())["ready"]
    assert ready.startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (0, "")


def test_a_taken_port_exits_3(cli: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = oncall(cli.url, "worker", "--listen", f"127.0.0.1:{port}", "--json", expect=3)
    error = json.loads(done.stdout)["errors"][0]
    assert error["code"] == "port_in_use"
    assert "--listen" in error["mend"]


def test_without_intake_it_listens_nowhere(cli: CommandLine) -> None:
    process = subprocess.Popen(
        [*ONCALL, "worker", "--no-intake"],
        env=oncall_environment(cli.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    process.stdout.close()


def test_it_makes_the_database_when_there_is_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'oncall.db'}"
    with worker(url, tmp_path):
        assert json.loads(oncall(url, "incidents", "--json").stdout)["incidents"] == []


def test_postgresql_needs_a_secret_key_and_the_right_one(postgres_url: str) -> None:
    missing = oncall(postgres_url, "worker", "--listen", "127.0.0.1:0", env={"ONCALL_SECRET_KEY": ""}, expect=1)
    assert "ONCALL_SECRET_KEY" in missing.stderr
