"""The only reader of the time. Everything else is given `now`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

AGREES = timedelta(milliseconds=20)


def _host_now() -> datetime:
    return datetime.now(UTC)


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; for leases and life signs inside one process."""


class SystemClock:
    """The host's clock; or, once it follows the database's, that one, so that all workers agree on what is due.

    A followed instant is carried on by the monotonic clock: when somebody sets the host's clock, nothing falls due.
    """

    def __init__(
        self, wall: Callable[[], datetime] = _host_now, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._followed: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The database's instant as far as it was measured, else the host's."""
        if self._followed is None:
            return self._wall()
        instant, measured = self._followed
        return instant + timedelta(seconds=self._monotonic() - measured)

    def host_now(self) -> datetime:
        """The host's own instant."""
        return self._wall()

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return self._monotonic()

    def follow(self, instant: datetime) -> None:
        """Go on from this instant, just measured, unless the clock agrees with it to 20 ms: small steps help nobody."""
        if self._followed is None or abs(instant - self.now()) > AGREES:
            self._followed = (instant, self._monotonic())


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
