"""Durable intake beside a no-op endpoint of the same server: ratios of one run, each with its bar."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench import storm
from bench.load import Load, load
from bench.server import postgres, serving
from tests.support.processes import free_port, oncall, oncall_environment, worker
from tests.support.sinks import Sink

KEY = "0123456789abcdef0123456789abcdef"
QUIET_KEY = "fedcba9876543210fedcba9876543210"
PATH = f"/in/generic/{KEY}"
QUIET_PATH = f"/in/generic/{QUIET_KEY}"
MANY = 64  # connections
BARS = {"SQLite": 0.40, "PostgreSQL": 0.30}
ALONE_BAR = 0.75
P99_BAR = 40.0  # ms
SLOW_SYNC = 10_000  # microseconds
SLOW_SYNC_BAR = 2_000  # a second


def config(sink: str) -> str:
    """One person on call for one service, and a service that pages nobody: there intake alone is measured."""
    return f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink}", limit: 10/1m}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}, {{name: quiet}}]
integrations:
  - {{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}
  - {{name: quiet, kind: generic, service: quiet, key: "{QUIET_KEY}"}}
"""


@contextmanager
def noop() -> Iterator[str]:
    """The address of a running no-op server."""
    with serving("bench.noop") as address:
        yield address


def repeat(_: int) -> bytes:
    """The same problem again."""
    return b'{"title":"5xx above 5 %","key":"one","severity":"info"}'


def new(number: int) -> bytes:
    """A problem nobody has seen."""
    return json.dumps({"title": "5xx above 5 %", "key": f"k{number}", "severity": "info"}).encode()


def alertmanagers(number: int) -> bytes:
    """The same as Alertmanager's own API has it."""
    return json.dumps([{"labels": {"alertname": "5xx above 5 %", "key": f"k{number}", "severity": "info"}}]).encode()


def line(name: str, measured: Load, base: Load, bar: float | None = None, p99: float | None = None) -> None:
    """Print one line of figures, and how it stands to its bars."""
    ratio = measured.per_second / base.per_second
    verdict = "" if bar is None else f"  bar {bar:.2f}× {'ok' if ratio >= bar else 'MISSED'}"
    verdict += "" if p99 is None else f", p99 {p99:.0f} ms {'ok' if measured.p99 <= p99 else 'MISSED'}"
    print(
        f"{name:<38}{measured.per_second:>8.0f}/s{ratio:>7.2f}×{measured.p50:>8.1f} ms p50{measured.p99:>8.1f} ms p99"
        f"  {measured.refused} refused, generator {measured.own_share:.0%}{verdict}",
        flush=True,
    )


def run(folder: Path, server: str, count: int = 10_000) -> None:
    """Print the figures of SQLite and of an empty database of `server`, of a slow disk, of Alertmanager, of a storm."""
    print(f"load average {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    with Sink() as sink:
        file = folder / "bench.yaml"
        file.write_text(config(sink.apprise_url("/ana")))
        for label, url in (("SQLite", str(folder / "bench.db")), ("PostgreSQL", server)):
            oncall(url, "config", "apply", str(file))
            _many(url, folder, label, count)
            _alone(url, folder, label, count // 10)
            _slow_disk(url, folder, label, count // 2)
        _alertmanager(folder, count)
        url = str(folder / "storm.db")
        oncall(url, "config", "apply", str(file))
        with worker(url, folder) as running:
            print(f"SQLite, 2xx → page, idle: {storm.page_latency(running.address + PATH, sink)}")
            print(storm.measure(running.address + PATH, running.process.pid, sink))
    print(f"load average {', '.join(f'{one:.1f}' for one in os.getloadavg())}")


def _many(url: str, folder: Path, label: str, count: int) -> None:
    with noop() as base_address, worker(url, folder) as running:
        base = load(base_address, PATH, repeat, count=2 * count, connections=MANY)
        line(f"no-op endpoint, {MANY} connections", base, base)
        for name, body in (("repeats", repeat), ("new incidents", new)):
            load(running.address, QUIET_PATH, shifted(body, 10**7), count=200, connections=MANY)  # warm
            measured = load(running.address, QUIET_PATH, body, count=count, connections=MANY)
            line(f"{label}, {name}, {MANY} connections", measured, base, BARS[label], P99_BAR)


def _alone(url: str, folder: Path, label: str, count: int) -> None:
    """One connection, beside the same server taking each event in a commit of its own."""
    with serving("bench.alone", url, "quiet", env=oncall_environment(url)) as base_address:
        load(base_address, QUIET_PATH, shifted(new, 2 * 10**7), count=50, connections=1)
        base = load(base_address, QUIET_PATH, shifted(new, 3 * 10**7), count=count, connections=1)
    line(f"{label}, one commit per event, 1 connection", base, base)
    with worker(url, folder) as running:
        load(running.address, QUIET_PATH, shifted(new, 4 * 10**7), count=50, connections=1)
        measured = load(running.address, QUIET_PATH, shifted(new, 5 * 10**7), count=count, connections=1)
    line(f"{label}, new incidents, 1 connection", measured, base, ALONE_BAR)


def _slow_disk(url: str, folder: Path, label: str, count: int) -> None:
    """Each sync takes 10 ms more: on SQLite by a commit that does, on PostgreSQL by its own commit_delay."""
    if label == "PostgreSQL":
        _set(url, commit_delay=str(SLOW_SYNC), commit_siblings="0")
        with worker(url, folder) as running:
            _slowly(running.address, label, count)
        _set(url, commit_delay="0")
    else:
        command = [sys.executable, "-m", "bench.slow_sync", str(SLOW_SYNC), "worker", "--listen", "127.0.0.1:0"]
        with serving(command=command, env=oncall_environment(url)) as at:
            _slowly(at, label, count)


def _slowly(address: str, label: str, count: int) -> None:
    """With as many senders as elsewhere, and with twice as many: what waits for a sync shares it."""
    for connections in (MANY, 2 * MANY):
        for name, body in (("repeats", repeat), ("new incidents", new)):
            first = (8 + connections // MANY) * 10**7
            load(address, QUIET_PATH, shifted(body, first - 10**6), count=200, connections=connections)  # warm
            measured = load(address, QUIET_PATH, shifted(body, first), count=count, connections=connections)
            verdict = "ok" if measured.per_second >= SLOW_SYNC_BAR else "MISSED"
            what = f"{label}, sync +10 ms, {name}, {connections}"
            print(f"{what:<48}{measured.per_second:>8.0f}/s  bar {SLOW_SYNC_BAR}/s {verdict}", flush=True)


def _alertmanager(folder: Path, count: int) -> None:
    port = free_port()
    file = folder / "alertmanager.yml"
    file.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    command = ["prometheus-alertmanager", f"--config.file={file}", f"--storage.path={folder / 'am'}"]
    try:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        print("prometheus-alertmanager is not here")
        return
    try:
        storm.wait_for_port(port)
        address = f"http://127.0.0.1:{port}"
        for name, body in (("repeats", lambda _: alertmanagers(0)), ("new alerts", alertmanagers)):
            measured = load(address, "/api/v2/alerts", body, count=count, connections=MANY)
            print(
                f"{'Alertmanager (in memory), ' + name:<38}{measured.per_second:>8.0f}/s{'':8}"
                f"{measured.p50:>8.1f} ms p50{measured.p99:>8.1f} ms p99  {measured.refused} refused",
                flush=True,
            )
    finally:
        process.terminate()
        process.wait(10)


def _set(url: str, **settings: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        for name, value in settings.items():
            conn.execute(f"ALTER SYSTEM SET {name} = {value}")
        conn.execute("SELECT pg_reload_conf()")


def shifted(body: Callable[[int], bytes], by: int) -> Callable[[int], bytes]:
    """The same bodies with other numbers."""
    return lambda number: body(number + by)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, postgres() as address:
        run(Path(name), address)
