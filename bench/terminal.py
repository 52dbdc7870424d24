"""The terminal UI at 80×24 beside a bare Textual app, and programs people know: usable, memory, keys, bytes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.neighbours import Neighbour, neighbours
from bench.rows import fill, remember
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
OPEN = 10_000
HISTORY = 1_000_000
A_SECOND = 100  # events of the storm
USABLE_BAR = 1.5
MEMORY_BAR = 1.6
REPAINT_BAR = 10.0  # ms


@dataclass(frozen=True)
class Figures:
    """Milliseconds to the awaited text, milliseconds to a repaint and bytes a cursor move, megabytes of memory."""

    usable: float
    repaint: float
    move: float
    memory: float


def measure(
    command: Sequence[str], env: Mapping[str, str], text: str, *, launches: int = LAUNCHES, quiet: float = 0.3
) -> Figures:
    """The median of some launches, after one that warms the caches."""
    runs = [_once(command, env, text, quiet) for _ in range(launches + 1)][1:]
    return Figures(*(statistics.median(getattr(run, name) for run in runs) for name in Figures.__annotations__))


def _once(command: Sequence[str], env: Mapping[str, str], text: str, quiet: float) -> Figures:
    with Terminal(list(command), env, columns=80, rows=24) as terminal:
        terminal.wait_for(text)
        usable = (time.monotonic() - terminal.started_at) * 1000
        terminal.settle(quiet)
        took, weighed = [], []
        for _ in range(KEYS // 10):
            for key in ["down"] * 5 + ["up"] * 5:
                mark, start = terminal.mark(), time.monotonic()
                terminal.press(key)
                while not terminal.bytes_since(mark) and time.monotonic() - start < 0.5:
                    pass
                took.append((time.monotonic() - start) * 1000)
                terminal.settle(min(quiet, 0.08))
                weighed.append(terminal.bytes_since(mark))
        return Figures(usable, statistics.median(took), statistics.median(weighed), _memory(terminal.process.pid))


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def _in_a_storm(url: str) -> Figures:
    """Keys while events come in, each in a transaction of its own."""
    storm = subprocess.Popen([sys.executable, "-m", "bench.rows", url, str(A_SECOND)], stdin=subprocess.DEVNULL)
    try:
        return measure(ONCALL, oncall_environment(url, {"ONCALL_USER": "ana"}), "checkout", launches=1, quiet=0.02)
    finally:
        storm.terminate()
        storm.wait(10)


def run(folder: Path, history: int = HISTORY) -> None:
    """Print the figures."""
    url = str(folder / "terminal.db")
    config = folder / "terminal.yaml"
    config.write_text(CONFIG)
    oncall(url, "config", "apply", str(config))
    environment = oncall_environment(url, {"ONCALL_USER": "ana"})
    fill(url, OPEN)
    base = measure([sys.executable, "-m", "bench.bare"], dict(os.environ), "Policies")
    _head()
    _tell("bare app", base, base)
    _tell(f"oncall, {OPEN:,} open", measure(ONCALL, environment, "checkout"), base)
    _tell(f"the same, {A_SECOND} events/s", _in_a_storm(url), base)
    remember(url, history)
    _tell(f"and {history:,} in history", measure(ONCALL, environment, "checkout"), base)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        for known in neighbours(Path(name)):
            if isinstance(known, Neighbour):
                _tell(known.name, measure(known.command, known.env, known.text, launches=3), base)
            else:
                print(known)
    print(f"bars: usable {USABLE_BAR}×, memory {MEMORY_BAR}×, repaint p50 {REPAINT_BAR:.0f} ms; bytes are tests")
    print("a key in the bare app's empty list repaints nothing: there is no baseline for repaint and move")


def _head() -> None:
    columns = ("usable, ms", "ratio", "memory, MiB", "ratio", "repaint, ms", "move, bytes")
    print(f"{'terminal, 80x24':<28}" + "".join(f"{name:>13}" for name in columns))


def _tell(name: str, seen: Figures, base: Figures) -> None:
    keys = ("–", "–") if seen is base else (f"{seen.repaint:.1f}", f"{seen.move:.0f}")
    cells = (
        f"{seen.usable:.0f}",
        f"{seen.usable / base.usable:.2f}×",
        f"{seen.memory:.1f}",
        f"{seen.memory / base.memory:.2f}×",
        *keys,
    )
    print(f"{name:<28}" + "".join(f"{cell:>13}" for cell in cells), flush=True)
