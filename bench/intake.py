"""Durable intake beside a no-op endpoint of the same server, and the time from the 2xx to the page."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.load import Load, load
from tests.support.processes import oncall, post, worker
from tests.support.sinks import Sink

KEY = "0123456789abcdef0123456789abcdef"
QUIET_KEY = "fedcba9876543210fedcba9876543210"
PATH = f"/in/generic/{KEY}"
QUIET_PATH = f"/in/generic/{QUIET_KEY}"


def config(sink: str) -> str:
    """One person on call for one service, and a service that pages nobody: there intake alone is measured."""
    return f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink}"}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}, {{name: quiet}}]
integrations:
  - {{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}
  - {{name: quiet, kind: generic, service: quiet, key: "{QUIET_KEY}"}}
"""


@contextmanager
def noop() -> Iterator[str]:
    """The address of a running no-op server."""
    process = subprocess.Popen([sys.executable, "-m", "bench.noop"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[1]
    finally:
        process.terminate()
        process.wait(10)


def repeat(_: int) -> bytes:
    """The same problem again."""
    return b'{"title":"5xx above 5 %","key":"one","severity":"info"}'


def new(number: int) -> bytes:
    """A problem nobody has seen."""
    return json.dumps({"title": "5xx above 5 %", "key": f"k{number}", "severity": "info"}).encode()


def line(name: str, measured: Load, base: Load) -> str:
    """One line of figures."""
    return (
        f"{name:<34}{measured.per_second:>9.0f}/s{measured.per_second / base.per_second:>8.2f}×"
        f"{measured.p50:>9.1f} ms p50{measured.p99:>9.1f} ms p99  {measured.refused} refused"
    )


def run(url: str, folder: Path, label: str) -> None:
    """Print intake figures for one database."""
    with Sink() as sink:
        file = folder / "bench.yaml"
        file.write_text(config(sink.apprise_url("/ana")))
        oncall(url, "config", "apply", str(file))
        with noop() as base_address, worker(url, folder) as running:
            for connections, count in ((1, 300), (64, 2000)):
                base = load(base_address, PATH, repeat, count=count, connections=connections)
                print(line(f"no-op endpoint, {connections} connections", base, base))
                for name, body in (("repeats", repeat), ("new incidents", new)):
                    offset = connections * 100_000
                    measured = load(
                        running.address,
                        QUIET_PATH,
                        lambda number, body=body, offset=offset: body(number + offset),  # type: ignore[misc]  # bound now
                        count=count,
                        connections=connections,
                    )
                    print(line(f"{label}, {name}, {connections} connections", measured, base))
        with worker(url, folder) as running:
            print(f"{label}, 2xx → page: {page_latency(running.address, sink)}")


def page_latency(address: str, sink: Sink, count: int = 40) -> str:
    """Milliseconds from the 2xx to the provider's call, one page at a time."""
    took = []
    for number in range(count):
        seen = len(sink.requests)
        post(f"{address}{PATH}", {"title": "page", "key": f"page-{number}-{time.monotonic_ns()}", "severity": "high"})
        answered = time.monotonic()
        sink.wait_for(lambda requests, seen=seen: len(requests) > seen)  # type: ignore[misc]  # bound now
        took.append(max(0.0, sink.requests[-1].at - answered) * 1000)
    took.sort()
    return f"p50 {took[count // 2]:.1f} ms, p99 {took[-1]:.1f} ms"
