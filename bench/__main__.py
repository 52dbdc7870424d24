"""`python -m bench`: every benchmark, with its baseline, on this machine, now."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bench import engine, intake, machine, schedules, terminal


def main() -> None:
    """Print everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loop = min(machine.loop_seconds() for _ in range(schedules.ROUNDS))
        print(f"a bare loop of 10 million steps: {loop:.2f} s")
        print(f"appending 4 KiB and syncing: {machine.syncs_per_second(folder):.0f} a second\n")
        schedules.run(loop)
        print()
        engine.run(str(folder / "engine.db"), "SQLite")
        print()
        print(f"{'intake, durable':<34}{'events':>11}{'ratio':>9}")
        intake.run(str(folder / "bench.db"), folder, "SQLite")
        server = os.environ.get("ONCALL_BENCH_POSTGRES")
        if server:
            intake.run(server, folder, "PostgreSQL")
        print()
        terminal.run(folder)


if __name__ == "__main__":
    main()
