"""News from other processes: somebody has committed something, look again."""

from __future__ import annotations

from typing import Protocol

from oncall_tui.storage.drivers.address import SqliteAddress
from oncall_tui.storage.drivers.file_ear import FileEar
from oncall_tui.storage.drivers.server_ear import ServerEar
from oncall_tui.storage.engine import Store


class ChangeFeed:
    """Wakes one waiting thread when the database has changed. A hint: it may wake for nothing, never says what changed.

    On SQLite it also wakes on this process's own commits. When the database is away, `wait` keeps its time and the feed
    comes back by itself; the first wait afterwards reports a change, as some may have been missed.
    """

    def __init__(self, store: Store) -> None:
        address = store.address
        self._ear: _Ear = FileEar(address) if isinstance(address, SqliteAddress) else ServerEar(address)

    def wait(self, timeout: float) -> bool:
        """Whether something changed or `poke` was called within `timeout` seconds. One thread at a time waits."""
        return self._ear.wait(timeout)

    def poke(self) -> None:
        """Wake the waiting thread, or the next wait, from any thread."""
        self._ear.poke()

    def close(self) -> None:
        """Wake the waiting thread and let go of the connection. Safe from any thread."""
        self._ear.close()


class _Ear(Protocol):
    def wait(self, timeout: float) -> bool: ...
    def poke(self) -> None: ...
    def close(self) -> None: ...
