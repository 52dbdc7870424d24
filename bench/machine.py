"""What this machine can do, measured beside everything else: a loop, and a sync of the disk."""

from __future__ import annotations

import os
import time
from pathlib import Path


def loop_seconds() -> float:
    """Seconds for a bare loop of ten million steps."""
    start = time.perf_counter()
    for _ in range(10_000_000):
        pass
    return time.perf_counter() - start


def syncs_per_second(folder: Path, count: int = 300) -> float:
    """How often a second 4 KiB can be appended and synced."""
    block = b"x" * 4096
    with (folder / "sync-probe").open("wb") as file:
        start = time.perf_counter()
        for _ in range(count):
            file.write(block)
            file.flush()
            os.fdatasync(file.fileno())
        elapsed = time.perf_counter() - start
    (folder / "sync-probe").unlink()
    return count / elapsed
