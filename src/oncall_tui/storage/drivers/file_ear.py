"""Hears commits in an SQLite file: `PRAGMA data_version` moves when another connection has committed."""

from __future__ import annotations

import sqlite3
import threading
import time

from oncall_tui.storage.drivers import sqlite
from oncall_tui.storage.drivers.address import SqliteAddress

POLL_SECONDS = 0.15


class FileEar:
    """Polls on a connection of its own; a poll costs a few microseconds and no lock."""

    def __init__(self, address: SqliteAddress) -> None:
        self._path = address.path
        self._link: sqlite.Link | None = None
        self._file: sqlite.Identity | None = None
        self._seen: int | None = None
        self._lost = False
        self._poked = threading.Event()
        self._closed = False
        self._gate = threading.Lock()
        self._moved()  # from here on every commit counts

    def wait(self, timeout: float) -> bool:
        """Whether something was committed, or `poke` called, within `timeout` seconds."""
        until = time.monotonic() + timeout
        while not self._closed:
            if self._poked.is_set():
                self._poked.clear()
                return not self._closed
            if self._moved():
                return True
            left = until - time.monotonic()
            if left <= 0:
                break
            self._poked.wait(min(left, POLL_SECONDS))
        return False

    def poke(self) -> None:
        """Wake the waiting thread."""
        self._poked.set()

    def close(self) -> None:
        """Wake the waiting thread and let go of the file."""
        self._closed = True
        self._poked.set()
        with self._gate:
            self._drop()

    def _moved(self) -> bool:
        with self._gate:
            if self._closed:
                return False
            try:
                version = self._version()
            except sqlite3.Error:
                self._drop()
                version = None
            if version is None:
                self._lost = True
                return False
            moved = self._lost or (self._seen is not None and version != self._seen)
            self._seen, self._lost = version, False
            return moved

    def _version(self) -> int | None:
        """Moves with each commit; None while the file that was heard first is not there.

        Another one in its place is left alone: it may be half copied, and who closes a file last works its log into it.
        """
        found = sqlite.identity(self._path)
        if found is None or self._file not in (None, found):
            return None
        if self._link is None:
            self._link = sqlite.reader(self._path, busy_timeout=POLL_SECONDS)
            self._file = found
            self._seen = None
        version: int = self._link.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
