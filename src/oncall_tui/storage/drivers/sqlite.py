"""SQLite connections: WAL, foreign keys, full durability, explicit transactions, deadlines for readers."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from sqlalchemy import Engine

# Pages of 4 KiB: the worker's checkpoint thread works at 4 MiB, a commit only pitches in when that is not enough.
AUTOCHECKPOINT_PAGES = 16_000
JOURNAL_LIMIT = 64 * 1024 * 1024
NEAR_ENOUGH = 0.05  # seconds: to set the patience anew costs a statement
_READERS = 6
_STEPS_BETWEEN_LOOKS = 20_000

Identity = tuple[int, int]


def create_file(path: Path) -> None:
    """Make an empty database file for its owner alone, with its directory; an existing one is left as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def identity(path: Path) -> Identity | None:
    """Which file is at this path now (device and inode); None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Link(sqlite3.Connection):
    """A connection whose statements can be given an end: a reader left running halves SQLite's writes."""

    _until: float | None = None
    _waits: float = math.inf

    def end_after(self, seconds: float | None) -> None:
        """Let statements run for this long from now and interrupt what goes on; None: without end."""
        self._until = None if seconds is None else time.monotonic() + seconds
        self.set_progress_handler(None if seconds is None else self._over, _STEPS_BETWEEN_LOOKS)

    def wait_for_lock(self, seconds: float) -> None:
        """Wait this long, give or take `NEAR_ENOUGH`, when another process holds the lock."""
        if abs(seconds - self._waits) > NEAR_ENOUGH:
            self.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")
            self._waits = seconds

    def _over(self) -> int:
        return int(self._until is not None and time.monotonic() > self._until)


def connect(path: Path, *, busy_timeout: float, making: bool = False) -> Link:
    """A connection that can write to a file that must exist; only when `making` is said may it begin an empty one."""
    with _opened(path, busy_timeout=busy_timeout) as link:
        if making or link.execute("PRAGMA page_count").fetchone() != (0,):
            _into_wal(link, busy_timeout)
        link.execute("PRAGMA synchronous=FULL")
        link.execute("PRAGMA foreign_keys=ON")
        link.execute(f"PRAGMA wal_autocheckpoint={AUTOCHECKPOINT_PAGES}")
        link.execute(f"PRAGMA journal_size_limit={JOURNAL_LIMIT}")
        link.execute("PRAGMA cache_size=-16000")
    return link


def reader(path: Path, *, busy_timeout: float) -> Link:
    """A connection that leaves the file as it finds it: it may be one that somebody is just copying to this place."""
    with _opened(path, busy_timeout=busy_timeout) as link:
        link.execute("PRAGMA query_only=ON")
        # Each commit of another connection empties a reader's cache: a big one is only memory of every open terminal.
        link.execute("PRAGMA cache_size=-2000")
    return link


@contextmanager
def _opened(path: Path, *, busy_timeout: float) -> Iterator[Link]:
    """A connection without implicit transactions; closed when what is done first with it fails."""
    link = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",  # never makes a file where one was deleted
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
        factory=Link,
    )
    try:
        yield link
    except BaseException:
        link.close()
        raise


def _into_wal(link: Link, busy_timeout: float) -> None:
    # SQLite does not call its busy handler for this switch, so several processes starting on a new file collide here.
    deadline = time.monotonic() + busy_timeout
    while True:
        try:
            link.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)


def write_engine(path: Path, *, busy_timeout: float) -> Engine:
    """The one connection that writes."""
    return _engine(lambda: connect(path, busy_timeout=busy_timeout), size=1, timeout=busy_timeout)


def read_engine(path: Path, *, busy_timeout: float) -> Engine:
    """A few connections that can only read."""
    return _engine(lambda: reader(path, busy_timeout=busy_timeout), size=_READERS, timeout=busy_timeout)


def lone_engine(path: Path, *, busy_timeout: float) -> Engine:
    """An engine without a pool, for a migration: its connection can have its pragmas changed."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    return create_engine(
        "sqlite+pysqlite://",
        creator=lambda: connect(path, busy_timeout=busy_timeout, making=True),
        poolclass=NullPool,
        hide_parameters=True,
    )


def _engine(creator: Callable[[], Link], *, size: int, timeout: float) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import QueuePool

    return create_engine(
        "sqlite+pysqlite://",
        creator=creator,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=timeout,
        hide_parameters=True,
    )
