"""What the terminal UI costs while nothing happens, and how it answers keys while somebody else holds the database."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.terminal_figures import Program, Running

MINUTE = 60.0
IDLE_CPU_BAR = 0.5  # per cent
EMPTY_BAR, FULL_BAR = 1_000, 6_000  # bytes a minute
LOCKED_KEYS = 10


def run(empty: Program, full: Program) -> None:
    """Print an idle minute with no open incident and with a full queue, and keys under a foreign write lock."""
    for name, program, bar in (("no open incident", empty, EMPTY_BAR), ("a full queue", full, FULL_BAR)):
        weighed, busy = _idle(program)
        print(
            f"an idle minute, {name}: {weighed:.0f} bytes (bar {bar}), {busy:.2f} % CPU (bar {IDLE_CPU_BAR})",
            flush=True,
        )
    _locked(full)


def _idle(program: Program) -> tuple[float, float]:
    """Bytes and per cent of a CPU in a minute, after a while in which it settles."""
    running = Running(program)
    try:
        running.terminal.settle(1.0)
        mark, cpu, start = running.terminal.mark(), running.cpu(), time.monotonic()
        while time.monotonic() - start < MINUTE:
            running.terminal.mark()  # reads, or the program would wait for its terminal
            time.sleep(0.2)
        took = time.monotonic() - start
        return running.terminal.bytes_since(mark) * MINUTE / took, (running.cpu() - cpu) / took / 10
    finally:
        running.close()


def _locked(program: Program) -> None:
    running = Running(program)
    try:
        running.terminal.settle(0.5)
        with held(program.env["ONCALL_DATABASE"]):
            running.terminal.press("a")
            took = []
            for _ in range(LOCKED_KEYS):
                took.append(running.answer("down"))
                running.terminal.settle(0.05)
        print(
            f"an acknowledgement waits for a foreign write lock: keys answer in p50 {statistics.median(took):.1f} ms",
            flush=True,
        )
    finally:
        running.close()


@contextmanager
def held(path: str) -> Iterator[None]:
    """SQLite's write lock, held by somebody else."""
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        conn.execute("BEGIN IMMEDIATE")
        yield
        conn.execute("ROLLBACK")
    finally:
        conn.close()
