"""A part of the worker: one loop in one thread, woken by others, watched by the supervisor."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.running import THREADS, Flag, Running

log = logging.getLogger(__name__)


class Part(Protocol):
    """Something the supervisor keeps running."""

    name: str

    def run(self, stop: Flag) -> None:
        """Work until `stop` is set."""

    def wake(self) -> None:
        """Look again now: something may have changed."""


REST = 0.05  # seconds
TO_PAGES = 0.01  # seconds for which other loops give way to a page that a commit has made


class Pulse:
    """A flag to sleep on: `wait` returns at a wake or a time-out, and a wake that came in between is not lost.

    Wakes that follow each other more closely than `rest` are one: under a storm of commits a loop looks twenty times a
    second, not after each of them. The first one after a rest is heard at once, or after `gives_way` seconds: all loops
    are woken together, and a page should not wait for what others look at meanwhile.
    """

    def __init__(self, running: Running = THREADS, *, rest: float = REST, gives_way: float = 0.0) -> None:
        self._running = running
        self._rest = rest
        self._gives_way = gives_way
        self._flag = running.flag()
        self._woken_at = -rest

    def wake(self) -> None:
        """End the current or the next wait."""
        self._flag.set()

    def wait(self, seconds: float) -> None:
        """Sleep until woken, `seconds` at most."""
        until = self._running.monotonic() + seconds
        if seconds > 0 and self._flag.wait(seconds):
            now = self._running.monotonic()
            rest = min(max(self._woken_at + self._rest - now, self._gives_way), until - now)
            if rest > 0:
                self._running.pause(rest)
            self._woken_at = self._running.monotonic()
        self._flag.clear()


class Stepping(Part, Protocol):
    """A part whose loop is one step after the other."""

    def step(self) -> float:
        """Do what is to be done now; seconds until there is more. Raises DatabaseAway."""


def step_on(part: Stepping, stop: Flag, *, rest: Callable[[float], None], after_outage: float) -> None:
    """Step, rest, and step again until `stop` is set; an outage of the database is said and waited out.

    `rest` is given the seconds until there is more to do, and sleeps no longer.
    """
    while not stop.is_set():
        try:
            wait = part.step()
        except DatabaseAway as away:
            log.warning("%s: %s; trying again", part.name, away.sentence)
            wait = after_outage
        rest(wait)
