"""`python -m bench`: every benchmark, with its baseline, on this machine, now."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import engine, intake, machine, schedules, terminal, workers
from tests.support.postgres import PostgresServer, make_database


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a private server that syncs as a real one does, gone when this ends."""
    server = PostgresServer(settings=("fsync=on", "full_page_writes=on"))
    try:
        yield server.url("postgres")
    finally:
        server.stop()


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
        print(f"{'intake, durable':<34}{'events':>11}{'ratio':>9}")
        intake.run(str(folder / "bench.db"), folder, "SQLite")
        own = os.environ.get("ONCALL_BENCH_POSTGRES")
        if own:
            intake.run(own, folder, "PostgreSQL")
        print()
        terminal.run(folder)


if __name__ == "__main__":
    main()
