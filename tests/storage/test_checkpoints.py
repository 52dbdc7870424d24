"""The log of SQLite: moved into the database beside the writer, bounded even while a reader keeps its snapshot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.storage import checkpoints
from oncall_tui.storage.checkpoints import Checkpoints
from oncall_tui.storage.drivers import sqlite
from oncall_tui.storage.drivers.address import SqliteAddress
from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import meta

PAGE = 4096
FRAME = PAGE + 24  # https://www.sqlite.org/fileformat2.html#walformat
KIB = 1024


def log_of(store: Store) -> Path:
    assert isinstance(store.address, SqliteAddress)
    return Path(f"{store.address.path}-wal")


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


class Filling:
    """Writes rows of 64 KiB, a commit each."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.rows = 0

    def write(self, kibibytes: int) -> None:
        for _ in range(kibibytes // 64):
            with self.store.write() as conn:
                conn.execute(insert(meta).values(key=f"fill{self.rows}", value="x" * 64 * KIB))
            self.rows += 1

    def kept(self) -> int:
        with self.store.read() as conn:
            return len(conn.execute(select(meta.c.key).where(meta.c.key.like("fill%"))).all())


@pytest.fixture
def filling(file_store: Store) -> Filling:
    return Filling(file_store)


@pytest.fixture
def looking(file_store: Store) -> Iterator[Checkpoints]:
    made = Checkpoints(file_store)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "WORTH_IT", 512 * KIB)


def test_a_short_log_is_left_alone(filling: Filling, looking: Checkpoints) -> None:
    filling.write(128)
    assert not looking.look()


def test_a_log_that_has_grown_is_moved_and_written_over(filling: Filling, looking: Checkpoints) -> None:
    largest = 0
    for _ in range(10):
        filling.write(640)
        looking.look()
        largest = max(largest, size(log_of(filling.store)))
    # 6.4 MB went through a log that never held much more than one round of it.
    assert 512 * KIB <= largest < 2 * 1024 * KIB
    assert filling.kept() == filling.rows == 100


def test_it_is_not_done_twice_for_nothing(filling: Filling, looking: Checkpoints) -> None:
    filling.write(640)
    assert looking.look()
    assert not looking.look()
    filling.write(64)
    assert looking.look()


def test_a_reader_that_keeps_its_snapshot_is_waited_for_by_nobody(filling: Filling, looking: Checkpoints) -> None:
    """While it reads the log grows by what is written and no more; once it has gone the log is used again."""
    filling.write(64)
    address = filling.store.address
    assert isinstance(address, SqliteAddress)
    with closing(sqlite.connect(address.path, busy_timeout=1)) as reader:
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM meta").fetchone()
        for _ in range(4):
            filling.write(640)
            assert looking.look()
        assert reader.execute("SELECT count(*) FROM meta").fetchone() == before
        assert filling.kept() == filling.rows == 41
        held_up = size(log_of(filling.store))
        assert held_up > 4 * 640 * KIB
        reader.execute("COMMIT")
    filling.write(64)
    assert looking.look()
    filling.write(640)
    looking.look()
    filling.write(640)
    assert size(log_of(filling.store)) <= held_up + 64 * KIB + 200 * FRAME
    assert filling.kept() == filling.rows


def test_without_the_worker_commits_bound_the_log_by_themselves(filling: Filling) -> None:
    """`oncall` commands checkpoint at the end of a large commit; a worker that is down does not leave it to grow."""
    assert sqlite.AUTOCHECKPOINT_PAGES * PAGE <= sqlite.JOURNAL_LIMIT
    assert isinstance(filling.store.address, SqliteAddress)
    with closing(sqlite.connect(filling.store.address.path, busy_timeout=1)) as link:
        assert link.execute("PRAGMA wal_autocheckpoint").fetchone() == (sqlite.AUTOCHECKPOINT_PAGES,)
        assert link.execute("PRAGMA journal_size_limit").fetchone() == (sqlite.JOURNAL_LIMIT,)
        assert link.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_log_of_another_file_in_its_place_is_left_alone(
    filling: Filling, looking: Checkpoints, tmp_path: Path
) -> None:
    address = filling.store.address
    assert isinstance(address, SqliteAddress)
    filling.write(640)
    assert looking.look()
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(address.path)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{address.path}{suffix}").rename(tmp_path / f"away{suffix}")
    copy.rename(address.path)
    fresh = Filling(Store(address, busy_timeout=5.0))
    fresh.rows = filling.rows
    fresh.write(640)
    before = address.path.read_bytes()
    with pytest.raises(DatabaseAway, match="replaced"):
        looking.look()
    assert address.path.read_bytes() == before
    fresh.store.close()


def test_a_server_does_it_by_itself(server_store: Store) -> None:
    assert not Checkpoints(server_store).look()
