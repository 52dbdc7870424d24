"""Events at a steady rate, from several senders at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.processes import WorkerProcess

SENDERS = 12
PER_MINUTE = 10_000


def storm(send: Callable[[int], int], count: int) -> list[int]:
    """What `send(number)` answered for each of `count` events, 10,000 a minute; faster when it is behind."""
    began = time.monotonic()
    idle = threading.Event()

    def in_its_turn(number: int) -> int:
        idle.wait(max(0.0, began + number * 60 / PER_MINUTE - time.monotonic()))
        return send(number)

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(in_its_turn, range(count)))
    took = time.monotonic() - began
    print(f"{count} events in {took:.1f} s, {count / took * 60:.0f} a minute")
    return answers


def memory(running: WorkerProcess) -> int:
    """KiB of memory that a worker holds."""
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
