"""The engine loop: sleeps until the earliest timer, advances what is due, sleeps again."""

from __future__ import annotations

import logging
import threading

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.engine import BATCH, advance_due
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.incidents import next_timer
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.crashpoints import AFTER_ESCALATION, passing
from oncall_tui.worker.parts import Pulse

log = logging.getLogger(__name__)

LOOK_AT_LEAST_EVERY = 2.0  # seconds: the safety net under the change feed
RETRY_AFTER_OUTAGE = 0.5  # seconds


class Engine:
    """Advances incidents whose timer is due."""

    name = "engine"

    def __init__(self, store: Store, writer: Writer, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._pulse = Pulse()
        self.looked_at = 0.0

    def wake(self) -> None:
        """Look again now."""
        self._pulse.wake()

    def run(self, stop: threading.Event) -> None:
        """Advance what is due until `stop` is set; an outage of the database is waited out."""
        while not stop.is_set():
            try:
                wait = self.step()
            except DatabaseAway as away:
                log.warning("engine: %s; trying again", away.sentence)
                wait = RETRY_AFTER_OUTAGE
            self._pulse.wait(min(wait, LOOK_AT_LEAST_EVERY))

    def step(self) -> float:
        """Advance one batch of what is due; seconds until there is something to do again."""
        with self._store.read() as conn:
            due = next_timer(conn)
        self.looked_at = self._clock.monotonic()
        now = self._clock.now()
        if due is not None and due <= now:
            done = self._writer.submit(lambda conn: advance_due(conn, self._directory, now, BATCH)).result()
            if done.count:
                passing(AFTER_ESCALATION)
            due = done.next_due_at
        if due is None:
            return LOOK_AT_LEAST_EVERY
        return max(0.0, (due - self._clock.now()).total_seconds())
