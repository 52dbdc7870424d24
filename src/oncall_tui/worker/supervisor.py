"""Keeps the worker's parts running: one that dies of a fault of ours is logged, counted and started again."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import WrongRevision
from oncall_tui.worker.parts import Part

log = logging.getLogger(__name__)

RESTART_AFTER = 1.0  # seconds
TOO_MANY = 5  # deaths of one part …
WITHIN = 60.0  # … in so many seconds end the process: whoever started it starts it anew


class Supervisor:
    """Runs parts in threads until told to stop."""

    def __init__(self, parts: Sequence[Part], clock: Clock, restart_after: float = RESTART_AFTER) -> None:
        self._parts = parts
        self._restart_after = restart_after
        self._clock = clock
        self.stop = threading.Event()
        self.gave_up: str | None = None
        self.deaths = 0
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start every part."""
        for part in self._parts:
            thread = threading.Thread(target=self._keep, args=(part,), name=part.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake_all(self) -> None:
        """Something was committed: every part looks again."""
        for part in self._parts:
            part.wake()

    def join(self, timeout: float) -> bool:
        """Stop every part and wait for it; whether all ended in time."""
        self.stop.set()
        self.wake_all()
        deadline = self._clock.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - self._clock.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _keep(self, part: Part) -> None:
        recent: deque[float] = deque(maxlen=TOO_MANY)
        while not self.stop.is_set():
            try:
                part.run(self.stop)
            except WrongRevision as error:
                # Another version has migrated the database: nothing of ours fits it any more, and no retry will help.
                log.error("%s: %s", part.name, error.sentence)
                self.gave_up = part.name
                self.stop.set()
            except Exception:
                self.deaths += 1
                log.exception("%s died; starting it again", part.name)
                recent.append(self._clock.monotonic())
                if len(recent) == TOO_MANY and recent[-1] - recent[0] < WITHIN:
                    self.gave_up = part.name
                    self.stop.set()
                    return
                self.stop.wait(self._restart_after)
