"""The worker says that it lives, and measures its clock against the database's."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from oncall_tui import __version__
from oncall_tui.clock import SystemClock
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.running import Flag
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements import workers
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.parts import Pulse

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds
WORST_SKEW = 5.0  # seconds; above, it is said


class LifeSigns:
    """A row that a glance can trust: `seen_at` is at most a few seconds old while this process works.

    `looks` tells when other loops last looked, by column, in monotonic seconds; 0 is never.
    """

    name = "life signs"

    def __init__(  # noqa: PLR0913 - the parts it works with, each handed in
        self,
        store: Store,
        writer: Writer,
        clock: SystemClock,
        worker: str,
        listen: str,
        *,
        looks: Callable[[], Mapping[str, float]] = dict,
        every: float = EVERY,
    ) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._worker = worker
        self._listen = listen
        self._looks = looks
        self._every = every
        self._pulse = Pulse()

    def wake(self) -> None:
        """Nothing that others do changes when the next sign is due."""

    def run(self, stop: Flag) -> None:
        """Give a sign every few seconds until `stop` is set, then say goodbye."""
        while not stop.is_set():
            try:
                self.step()
            except DatabaseAway as away:
                log.warning("life signs: %s; trying again", away.sentence)
            stop.wait(self._every)
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        now = self._clock.now()
        try:
            self._writer.submit(lambda conn: workers.goodbye(conn, self._worker, now)).result()
        except DatabaseAway as away:
            log.warning("life signs: %s; others will see this worker fall silent", away.sentence)

    def measure(self) -> None:
        """Follow the database's clock, and say so when the host's is far off it. Raises DatabaseAway."""
        instant = self._store.database_now()
        skew = (instant - self._clock.host_now()).total_seconds()
        self._clock.follow(instant)
        if abs(skew) > WORST_SKEW:
            log.warning("this host's clock is %.1f s off the database's", skew)

    def step(self) -> None:
        """Measure the clock and write the row."""
        self.measure()
        now = self._clock.now()
        sign = {
            "id": self._worker,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "version": __version__,
            "listen": self._listen,
        }
        looks = {column: self._instant(at, now) for column, at in self._looks().items()}
        self._writer.submit(lambda conn: workers.sign(conn, sign, looks, now)).result()

    def _instant(self, at: float, now: datetime) -> datetime | None:
        return now - timedelta(seconds=self._clock.monotonic() - at) if at else None
