"""A server of a benchmark in a process of its own, which says `ready http://…` when it listens."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.support.postgres import PostgresServer


@contextmanager
def serving(*module: str, command: Sequence[str] = (), env: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a running module, or command, that is terminated at the end. FileNotFoundError without it."""
    process = subprocess.Popen(
        command or [sys.executable, "-m", *module],
        stdout=subprocess.PIPE,
        text=True,
        env=None if env is None else {**env},
    )
    assert process.stdout is not None
    try:
        for said in process.stdout:
            if said.startswith("ready "):
                yield said.split()[1].rstrip("/")
                return
        raise RuntimeError(f"{' '.join(command or module)} ended before it was ready")
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a private server that syncs as a real one does, gone when this ends."""
    server = PostgresServer(settings=("fsync=on", "full_page_writes=on"))
    try:
        yield server.url("postgres")
    finally:
        server.stop()
