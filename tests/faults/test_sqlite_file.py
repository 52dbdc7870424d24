"""FAULTS C4 12, 13, 15, 16 and 18: the SQLite file is held, locked, full or taken away while a worker runs."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from oncall_tui.storage.check import check
from tests.faults.disks import fill, small_disk
from tests.faults.ledger import Books, file_of
from tests.faults.scale import sized
from tests.support.processes import ONCALL, PATIENCE, PATIENT, get, oncall, oncall_environment, wait_until, worker

pytestmark = pytest.mark.timeout(sized(300, 900))

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s", "ONCALL_LEASE": "3s"}
READ_THROUGH = sized(60, 6_000)  # events
HELD = sized(0.0, 30.0)  # seconds that the write lock is held after the first refusal
PROMPT = sized(PATIENCE, 2.5)  # seconds: two, and some slack; the test command only guards against hanging
ANA = {"ONCALL_USER": "ana"}


def test_c4_15_a_reader_that_holds_the_database_refuses_no_sender(
    sqlite_url: str, books: Books, tmp_path: Path
) -> None:
    ledger = books(sqlite_url)
    with (
        closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as reader,
        worker(sqlite_url, tmp_path) as running,
    ):
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
        for number in range(READ_THROUGH):
            ledger.bring(running.address, f"k{number}")
        ledger.settled("c4-15")
        assert reader.execute("SELECT count(*) FROM incidents").fetchone() == (0,), "it still holds its snapshot"
        reader.execute("COMMIT")
        assert "locked" not in running.log


def test_c4_16_a_tool_that_holds_the_write_lock_is_a_503_and_nothing_is_lost(
    sqlite_url: str, books: Books, tmp_path: Path
) -> None:
    ledger = books(sqlite_url, delay="1s")
    with (
        worker(sqlite_url, tmp_path, BRISK) as running,
        closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as tool,
    ):
        ledger.bring(running.address, "before")
        wait_until(lambda: ledger.pages()["before"][:1] == [("1-1", "delivered")], "the first page")
        tool.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        told = ledger.post(running.address, "meanwhile")
        assert time.monotonic() - began < PROMPT
        assert (told.status, told.retry_after is not None) == (503, True)
        wait_until(lambda: "is locked by another process; trying again" in running.log, "the worker to say so")
        wait_until(lambda: time.monotonic() - began > HELD, "the lock to have been held so long", HELD + PATIENCE)
        tool.execute("ROLLBACK")
        ledger.bring(running.address, "after")
        ledger.settled("c4-16", steps=2)
    assert "meanwhile" not in ledger.pages(), "what was refused was not taken either"


@pytest.mark.parametrize("replaced", [True, False], ids=["replaced", "deleted"])
def test_c4_18_a_file_that_is_taken_away_fails_loudly_and_gets_no_more_writes(
    sqlite_url: str, books: Books, tmp_path: Path, migrated_file: Path, replaced: bool
) -> None:
    ledger = books(sqlite_url)
    path = file_of(sqlite_url)
    away = tmp_path / "away" / path.name
    with worker(sqlite_url, tmp_path, BRISK) as running:
        ledger.bring(running.address, "before")
        ledger.settled("c4-18 before")
        away.parent.mkdir()
        for suffix in ("", "-wal", "-shm"):
            (path.parent / (path.name + suffix)).rename(away.parent / (away.name + suffix))
        if replaced:
            shutil.copy(migrated_file, path)
        told = ledger.post(running.address, "into nothing")
        assert (told.status, told.retry_after is not None) == (503, True)
        status, health = get(f"{running.address}/readyz")
        assert status == 503
        said = "was replaced by another file" if replaced else "there is no database at"
        assert said in str(health)
        wait_until(lambda: said in running.log, "the worker to say so")
        if replaced:
            with closing(sqlite3.connect(path)) as fresh:
                assert fresh.execute("SELECT count(*) FROM events").fetchone() == (0,)
            for suffix in ("", "-wal", "-shm"):
                (path.parent / (path.name + suffix)).unlink(missing_ok=True)
        with closing(sqlite3.connect(away)) as old:
            assert old.execute("SELECT dedup_key FROM events").fetchall() == [("before",)]
        for suffix in ("", "-wal", "-shm"):
            if (away.parent / (away.name + suffix)).exists():
                (away.parent / (away.name + suffix)).rename(path.parent / (path.name + suffix))
        ledger.bring(running.address, "back again")
        ledger.settled("c4-18")


def test_a_backup_that_finds_no_room_leaves_nothing_behind(sqlite_url: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        fill(disk / "filler")
        denied = oncall(sqlite_url, "db", "backup", str(disk / "copy.db"), expect=1)
        assert "the copy can't be written: database or disk is full" in denied.stderr
        assert [one.name for one in disk.iterdir()] == ["filler"]
    oncall(sqlite_url, "db", "check")


def test_c4_12_on_a_full_disk_nothing_is_promised_and_everything_can_be_read(
    migrated_file: Path, books: Books, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        shutil.copy(migrated_file, disk / "oncall.db")
        url = f"sqlite:///{disk / 'oncall.db'}"
        with (
            books(url) as ledger,
            worker(url, tmp_path, BRISK) as running,
        ):
            ledger.bring(running.address, "before")
            ledger.settled("c4-12 before")
            filler = disk / "filler"
            fill(filler)
            told = [ledger.post(running.address, f"full {number}") for number in range(30)]
            refused = [one for one in told if one.status != 202]
            assert refused, "the disk is full"
            assert {one.status for one in refused} == {503}
            assert all(one.retry_after for one in refused)
            assert json.loads(oncall(url, "show", "1", "--json").stdout)["title"] == "alert before"
            denied = oncall(url, "ack", "1", env=ANA, expect=3)
            assert "no room left on its disk" in denied.stderr
            assert "Traceback" not in denied.stderr
            filler.unlink()
            oncall(url, "ack", "1", env=ANA)
            ledger.bring(running.address, "after")
            # What was sent while its mark found no room is sent again.
            ledger.settled("c4-12")
            assert check(ledger.store) == ()


def test_c4_12_a_file_that_may_not_grow_is_a_503_and_comes_back(sqlite_url: str, books: Books, tmp_path: Path) -> None:
    """RLIMIT_FSIZE on the running worker: every write that would make a file longer fails."""
    ledger = books(sqlite_url)
    with worker(sqlite_url, tmp_path, BRISK) as running:
        ledger.bring(running.address, "before")
        ledger.settled("c4-12 before")
        log = file_of(sqlite_url).with_name("oncall.db-wal")
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
        told = ledger.post(running.address, "too much")
        assert (told.status, told.retry_after is not None) == (503, True)
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        ledger.bring(running.address, "after")
        ledger.settled("c4-12 no growth")
    assert "too much" not in ledger.pages()
    assert check(ledger.store) == ()


def test_c4_13_a_full_log_volume_keeps_no_page(database_url: str, books: Books) -> None:
    ledger = books(database_url)
    with open("/dev/full", "w") as full:
        process = subprocess.Popen(
            [*ONCALL, "worker", "--listen", "127.0.0.1:0"],
            env=oncall_environment(database_url, PATIENT | {"ONCALL_LOG_LEVEL": "debug"}),
            stdout=subprocess.PIPE,
            stderr=full,
            stdin=subprocess.DEVNULL,
            text=True,
        )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[1].rstrip("/")
        for number in range(5):
            ledger.bring(address, f"k{number}")
        ledger.settled("c4-13")
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()
