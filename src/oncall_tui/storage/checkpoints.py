"""Moving SQLite's log into the database file while others write: passive checkpoints, which block nobody.

https://www.sqlite.org/c3ref/wal_checkpoint_v2.html: PASSIVE does as much as it can without waiting for anybody.
"""

from __future__ import annotations

from pathlib import Path

from oncall_tui.storage.drivers import sqlite
from oncall_tui.storage.drivers.address import SqliteAddress
from oncall_tui.storage.drivers.away import told
from oncall_tui.storage.engine import Store

WORTH_IT = 4 * 1024 * 1024  # bytes of log


class Checkpoints:
    """One connection of its own, for one thread."""

    def __init__(self, store: Store) -> None:
        address = store.address
        self._store = store
        self._path = address.path if isinstance(address, SqliteAddress) else None
        self._link: sqlite.Link | None = None
        self._seen: tuple[int, int] = (0, 0)

    def look(self) -> bool:
        """Checkpoint if the log has grown enough; whether it was done. Raises DatabaseAway."""
        if self._path is None:
            return False
        try:
            found = Path(f"{self._path}-wal").stat()
        except FileNotFoundError:
            return False
        now = (found.st_size, found.st_mtime_ns)
        if found.st_size < WORTH_IT or now == self._seen:
            return False
        self._store.require_own_file()
        with told(self._store.shown):
            self._opened(self._path).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._seen = now
        return True

    def close(self) -> None:
        """Let go of the file."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _opened(self, path: Path) -> sqlite.Link:
        if self._link is None:
            self._link = sqlite.connect(path, busy_timeout=0.0)
        return self._link
