"""News from other processes: somebody has committed something, look again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from oncall_tui.storage.drivers.address import Address, SqliteAddress

if TYPE_CHECKING:
    from oncall_tui.storage.engine import Store


class ChangeFeed:
    """Wakes one waiting thread when the database has changed. A hint: it may wake for nothing, never says what changed.

    On SQLite it also wakes on this process's own commits. When the database is away, `wait` keeps its time and the feed
    comes back by itself; the first wait afterwards reports a change, as some may have been missed.
    """

    def __init__(self, store: Store) -> None:
        self._ear = _ear_at(store.address)

    def wait(self, timeout: float) -> bool:
        """Whether something changed or `poke` was called within `timeout` seconds. One thread at a time waits."""
        return self._ear.wait(timeout)

    def poke(self) -> None:
        """Wake the waiting thread, or the next wait, from any thread."""
        self._ear.poke()

    def close(self) -> None:
        """Wake the waiting thread and let go of the connection. Safe from any thread."""
        self._ear.close()


def _ear_at(address: Address) -> _Ear:
    """Each database's own; the other's is not even loaded."""
    if isinstance(address, SqliteAddress):
        from oncall_tui.storage.drivers.file_ear import FileEar

        return FileEar(address)
    from oncall_tui.storage.drivers.server_ear import ServerEar

    return ServerEar(address)


class _Ear(Protocol):
    def wait(self, timeout: float) -> bool: ...
    def poke(self) -> None: ...
    def close(self) -> None: ...
