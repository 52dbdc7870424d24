"""Another process holds the write lock of SQLite: 503 within two seconds, nothing of it kept; then it flows again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import func, select

from oncall_tui.intake.doors.writer_door import WriterDoor
from oncall_tui.storage.tables import events
from oncall_tui.storage.writer import Writer
from tests.intake.serving import serving
from tests.support.house import House

KEY = "g" * 32
CONFIG = f"""
version: 1
users: [{{username: ana, role: admin}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: scripts, kind: generic, service: checkout, key: "{KEY}"}}
"""
HOLDING = """
import sqlite3, sys
link = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
link.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
link.execute("ROLLBACK")
"""
POSTS = 24
SLACK = 0.5  # seconds, of a busy machine


@contextmanager
def write_lock_held(path: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", HOLDING, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.communicate(b"\n", timeout=20)


def test_a_lock_of_another_process_is_503_within_two_seconds_and_passes(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, CONFIG, tmp_path) as house:
        writer = Writer(house.store)
        door = WriterDoor(writer, house.directory, house.clock)
        limits = httpx.Limits(max_connections=POSTS)
        with (
            serving(door) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=20, limits=limits) as http,
            ThreadPoolExecutor(POSTS) as pool,
        ):

            def post(number: int) -> tuple[int, float, str | None]:
                began = time.monotonic()
                answer = http.post(f"/in/generic/{KEY}", json={"title": "x", "key": f"k{number}"})
                return answer.status_code, time.monotonic() - began, answer.headers.get("retry-after")

            assert {status for status, _, _ in pool.map(post, range(POSTS))} == {202}
            with write_lock_held(sqlite_url.removeprefix("sqlite:///")):
                # Twice: those that come while the first wait for the lock are told in time, too.
                for _ in range(2):
                    refused = list(pool.map(post, range(POSTS)))
                    assert {status for status, _, _ in refused} == {503}
                    assert max(seconds for _, seconds, _ in refused) < 2.0 + SLACK
                    assert all(retry for _, _, retry in refused)
            assert {status for status, _, _ in pool.map(post, range(POSTS))} == {202}
            with house.store.read() as conn:
                assert conn.execute(select(func.count()).select_from(events)).scalar_one() == 2 * POSTS
        writer.stop()
