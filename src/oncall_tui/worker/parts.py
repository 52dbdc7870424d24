"""A part of the worker: one loop in one thread, woken by others, watched by the supervisor."""

from __future__ import annotations

from typing import Protocol

from oncall_tui.running import THREADS, Flag, Running


class Part(Protocol):
    """Something the supervisor keeps running."""

    name: str

    def run(self, stop: Flag) -> None:
        """Work until `stop` is set."""

    def wake(self) -> None:
        """Look again now: something may have changed."""


class Pulse:
    """A flag to sleep on: `wait` returns at a wake or a time-out, and a wake that came in between is not lost."""

    def __init__(self, running: Running = THREADS) -> None:
        self._flag = running.flag()

    def wake(self) -> None:
        """End the current or the next wait."""
        self._flag.set()

    def wait(self, seconds: float) -> None:
        """Sleep until woken, `seconds` at most."""
        if seconds > 0:
            self._flag.wait(seconds)
        self._flag.clear()
