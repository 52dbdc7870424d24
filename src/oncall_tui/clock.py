"""The only reader of the time. Everything else is given `now`."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; for leases and life signs inside one process."""


class SystemClock:
    """The host's clock plus an offset measured from the database, so that all workers agree on what is due."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """The database's instant, as far as it was measured."""
        return self.host_now() + self._offset

    def host_now(self) -> datetime:
        """The host's own instant."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def follow(self, offset: timedelta) -> None:
        """Run ahead of the host's clock by `offset` from now on."""
        self._offset = offset


class ManualClock:
    """A clock that stands still until it is moved: for simulations, previews and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._guard = threading.Lock()

    def now(self) -> datetime:
        """The instant it was set to."""
        with self._guard:
            return self._at

    def monotonic(self) -> float:
        """The same instant in seconds."""
        return self.now().timestamp()

    def set(self, at: datetime) -> None:
        """Set it to an instant."""
        with self._guard:
            self._at = at

    def move(self, span: timedelta) -> datetime:
        """Let `span` pass; the instant after it."""
        with self._guard:
            self._at += span
            return self._at
