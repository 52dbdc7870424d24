"""`python -m bench`: every benchmark, with its baseline, on this machine, now."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench import engine, intake, machine, schedules, terminal, workers
from bench.server import postgres
from tests.support.postgres import make_database


def main() -> None:
    """Print everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loop = min(machine.loop_seconds() for _ in range(schedules.ROUNDS))
        print(f"a bare loop of 10 million steps: {loop:.2f} s")
        print(f"appending 4 KiB and syncing: {machine.syncs_per_second(folder):.0f} a second\n")
        schedules.run(loop)
        print()
        with postgres() as server:
            engine.run(lambda: f"{tempfile.mkdtemp(dir=folder)}/oncall.db", "SQLite", loop)
            engine.run(lambda: make_database(server), "PostgreSQL", loop)
            workers.run(make_database(server))
            print()
            intake.run(folder, make_database(server))
        print()
        terminal.run(folder)


if __name__ == "__main__":
    main()
