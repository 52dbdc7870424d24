"""The terminal UI with 10,000 open incidents beside a bare Textual app: time to usable, keys, bytes, memory."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.rows import fill
from tests.support.processes import ONCALL, oncall, oncall_environment
from tests.support.terminal import Terminal

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, steps: [{delay: 1h, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
"""
LAUNCHES = 5
KEYS = 30


@dataclass(frozen=True)
class Figures:
    """Milliseconds to the awaited text, milliseconds to a repaint and bytes a cursor move, megabytes of memory."""

    usable: float
    repaint: float
    move: float
    memory: float


def measure(command: Sequence[str], env: Mapping[str, str], text: str) -> Figures:
    """The median of some launches."""
    runs = [_once(command, env, text) for _ in range(LAUNCHES)]
    return Figures(*(statistics.median(getattr(run, name) for run in runs) for name in Figures.__annotations__))


def _once(command: Sequence[str], env: Mapping[str, str], text: str) -> Figures:
    with Terminal(list(command), env, columns=80, rows=24) as terminal:
        terminal.wait_for(text)
        usable = (time.monotonic() - terminal.started_at) * 1000
        terminal.settle(quiet=0.3)
        took, weighed = [], []
        for _ in range(KEYS // 10):
            for key in ["down"] * 5 + ["up"] * 5:
                mark, start = terminal.mark(), time.monotonic()
                terminal.press(key)
                while not terminal.bytes_since(mark) and time.monotonic() - start < 0.5:
                    pass
                took.append((time.monotonic() - start) * 1000)
                terminal.settle()
                weighed.append(terminal.bytes_since(mark))
        return Figures(usable, statistics.median(took), statistics.median(weighed), _memory(terminal.process.pid))


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def run(folder: Path) -> None:
    """Print the figures."""
    url = str(folder / "terminal.db")
    config = folder / "terminal.yaml"
    config.write_text(CONFIG)
    oncall(url, "config", "apply", str(config))
    fill(url, 10_000)
    base = measure([sys.executable, "-m", "bench.bare"], dict(os.environ), "Policies")
    ours = measure(ONCALL, oncall_environment(url, {"ONCALL_USER": "ana"}), "checkout")
    print(f"{'terminal, 80x24':<34}{'bare app':>12}{'oncall':>12}{'ratio':>9}")
    for name, unit in (("usable", "ms"), ("memory", "MiB")):
        first, second = getattr(base, name), getattr(ours, name)
        print(f"{name + ', ' + unit:<34}{first:>12.1f}{second:>12.1f}{second / first:>8.2f}×")
    for name, unit in (("repaint", "ms"), ("move", "bytes")):
        print(f"{name + ', ' + unit:<34}{'–':>12}{getattr(ours, name):>12.1f}{'–':>9}")
    print("a key in the bare app's empty list repaints nothing: there is no baseline for the last two")
