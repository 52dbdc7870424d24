"""A storm: 10,000 alerts a minute for a while; what is refused, how soon a critical page comes, how much memory."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from pathlib import Path

from tests.support.processes import post, wait_until
from tests.support.sinks import Sink

PAGES = 300
BETWEEN = 0.1  # seconds of rest after each
IDLE_P50_BAR = 10.0  # ms
IDLE_P99_BAR = 50.0  # ms
A_MINUTE = 10_000
SECONDS = 30
PAGE_BAR = 2_000.0  # ms
MEMORY_BAR = 300.0  # MiB
SENDERS = 8


def page_latency(url: str, sink: Sink, count: int = PAGES) -> str:
    """Milliseconds from the 2xx to the provider's call, one page at a time while nothing else happens."""
    took = []
    for number in range(count):
        took.append(_paged(url, sink, f"idle-{number}"))
        time.sleep(BETWEEN)
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    ok = p50 <= IDLE_P50_BAR and p99 <= IDLE_P99_BAR
    return (
        f"{count} pages, p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {max(took):.1f} ms"
        f"  bars {IDLE_P50_BAR:.0f} ms, {IDLE_P99_BAR:.0f} ms {'ok' if ok else 'MISSED'}"
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not pass."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def measure(url: str, pid: int, sink: Sink, seconds: int = SECONDS) -> str:
    """Post warnings at the storm's pace, and a critical incident every second beside them."""
    stop = threading.Event()
    statuses: list[int] = []
    memory = 0.0

    def send(sender: int) -> None:
        number, began = 0, time.monotonic()
        while not stop.is_set():
            # Each sender keeps its share of the pace, and makes up for what it was late.
            stop.wait(max(0.0, began + number * 60 * SENDERS / A_MINUTE - time.monotonic()))
            body = {"title": f"host {sender}-{number} is down", "key": f"{sender}-{number}", "severity": "high"}
            statuses.append(post(url, body)[0])
            number += 1

    took = []
    with ThreadPoolExecutor(SENDERS) as pool:
        for sender in range(SENDERS):
            pool.submit(send, sender)
        try:
            for number in range(seconds):
                next_at = time.monotonic() + 1
                took.append(_paged(url, sink, f"critical-{number}"))
                memory = max(memory, resident(pid))
                stop.wait(max(0.0, next_at - time.monotonic()))
        finally:
            stop.set()
    refused = sum(status >= 300 for status in statuses)
    ok = max(took) <= PAGE_BAR and memory <= MEMORY_BAR and not refused
    return (
        f"storm, {len(statuses) * 60 / seconds:.0f} alerts a minute for {seconds} s: {refused} refused, first page of"
        f" a critical incident p50 {percentile(took, 0.5):.0f} ms, worst {max(took):.0f} ms, memory {memory:.0f} MiB"
        f"  bars 0, {PAGE_BAR:.0f} ms, {MEMORY_BAR:.0f} MiB {'ok' if ok else 'MISSED'}"
    )


def resident(pid: int) -> float:
    """MiB of a process in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def wait_for_port(port: int) -> None:
    """Return when somebody listens."""

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, f"port {port}")


def _paged(url: str, sink: Sink, name: str) -> float:
    """Milliseconds from the 2xx to the call of the provider that bears this critical incident's name."""
    title = f"{name} burns {time.monotonic_ns()}"
    post(url, {"title": title, "key": title, "severity": "critical"})
    answered = time.monotonic()
    sink.wait_for(lambda requests: any(title in request.text for request in requests[-400:]))
    return max(0.0, next(r.at for r in reversed(sink.requests) if title in r.text) - answered) * 1000
