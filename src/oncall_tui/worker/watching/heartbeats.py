"""The heartbeats loop of a worker that takes events in: who can't hear must not say that somebody is silent."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.domain.time.durations import short_span
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.heartbeats import look, names_due, put_off, services_due, stay_open
from oncall_tui.running import THREADS, Flag, Running
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.intake.heartbeats import next_due
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.parts import TO_PAGES, Pulse, step_on

log = logging.getLogger(__name__)

SAY_EVERY = 5.0  # seconds; an absence is told by the lack of this
LOOK_AT_MOST_EVERY = 0.2  # seconds: every commit wakes this loop
RETRY_AFTER_OUTAGE = 1.0  # seconds


class Heartbeats:
    """Says that we are there to hear, and opens incidents for those who should have been heard."""

    name = "heartbeats"

    def __init__(
        self, store: Store, writer: Writer, directory: Directory, clock: Clock, *, running: Running = THREADS
    ) -> None:
        self._store = store
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._pulse = Pulse(running, gives_way=TO_PAGES)
        self._said_at: float | None = None

    def wake(self) -> None:
        """Look again: a sign may have moved what is due next."""
        self._pulse.wake()

    def run(self, stop: Flag) -> None:
        """Watch until `stop` is set; an outage of the database is waited out."""
        step_on(self, stop, rest=partial(self._rest, stop), after_outage=RETRY_AFTER_OUTAGE)

    def _rest(self, stop: Flag, seconds: float) -> None:
        self._pulse.wait(min(seconds, SAY_EVERY))
        stop.wait(LOOK_AT_MOST_EVERY)

    def step(self) -> float:
        """Say that we are there, then look at who is due; seconds until there is more to do. Raises DatabaseAway."""
        now = self._clock.now()
        with self._store.read() as conn:
            count, due = next_due(conn, now)
        if not count:
            return SAY_EVERY
        if self._said_at is None or self._clock.monotonic() - self._said_at >= SAY_EVERY or (due and due <= now):
            # Always before looking: what fell due while nobody was there is excused first.
            self._say(now)
            with self._store.read() as conn:
                _, due = next_due(conn, now)
        if due is not None and due <= now:
            self._look(now)
            with self._store.read() as conn:
                _, due = next_due(conn, now)
        return SAY_EVERY if due is None else max(0.0, (due - self._clock.now()).total_seconds())

    def _say(self, now: datetime) -> None:
        absence = self._writer.submit(lambda conn: stay_open(conn, now)).result()
        self._said_at = self._clock.monotonic()
        if absence is not None:
            log.warning("nobody could hear heartbeats for %s: those that were due got more time", short_span(absence))

    def _look(self, now: datetime) -> None:
        try:
            self._writer.submit(
                lambda conn: look(conn, self._directory.world(conn), now), services=lambda conn: services_due(conn, now)
            ).result()
        except (DatabaseAway, WrongRevision):
            raise
        except Exception:  # one bad row must not keep the others from being heard of
            log.exception("a look at the heartbeats failed; taking them one by one")
            self._one_by_one(now)

    def _one_by_one(self, now: datetime) -> None:
        for name in self._writer.submit(lambda conn: names_due(conn, now)).result():
            try:
                self._writer.submit(partial(self._look_at, name=name, now=now)).result()
            except (DatabaseAway, WrongRevision):
                raise
            except Exception:
                log.exception("heartbeat %s can't be looked at: put off", name)
                self._writer.submit(partial(put_off, name=name, now=now)).result()

    def _look_at(self, conn: Connection, name: str, now: datetime) -> int:
        return look(conn, self._directory.world(conn), now, name)
