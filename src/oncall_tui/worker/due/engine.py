"""The engine loop: sleeps until the earliest timer, advances what is due, sleeps again."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.engine import BATCH, advance_due, advance_one, first_due, set_aside
from oncall_tui.running import THREADS, Flag, Running
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.coming import coming
from oncall_tui.storage.statements.incident.incidents import next_timer
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.crashpoints import AFTER_ESCALATION, passing
from oncall_tui.worker.due.expiring import Expiring
from oncall_tui.worker.due.releasing import Releasing
from oncall_tui.worker.parts import TO_PAGES, Pulse, step_on

log = logging.getLogger(__name__)

LOOK_AT_LEAST_EVERY = 2.0  # seconds: the safety net under the change feed
RETRY_AFTER_OUTAGE = 0.5  # seconds


class Engine:
    """Advances incidents whose timer is due, ends alerts that were not posted again, and opens what was silenced."""

    name = "engine"

    def __init__(
        self,
        store: Store,
        writer: Writer,
        directory: Directory,
        clock: Clock,
        *,
        look_every: float = LOOK_AT_LEAST_EVERY,
        running: Running = THREADS,
    ) -> None:
        self._store = store
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._look_every = look_every
        self._pulse = Pulse(running, gives_way=TO_PAGES)
        self._expiring = Expiring(store, writer, directory)
        self._releasing = Releasing(store, writer, directory)
        self.looked_at = 0.0

    def wake(self) -> None:
        """Look again now."""
        self._pulse.wake()

    def run(self, stop: Flag) -> None:
        """Advance what is due until `stop` is set; an outage of the database is waited out."""
        step_on(self, stop, rest=self._rest, after_outage=RETRY_AFTER_OUTAGE)

    def _rest(self, seconds: float) -> None:
        self._pulse.wait(min(seconds, self._look_every))

    def step(self) -> float:
        """Advance one batch of what is due; seconds until there is something to do again."""
        with self._store.glance() as seen:
            comes = coming(seen)
        due, ends, opens = comes.timer, comes.expiry, comes.silenced
        self.looked_at = self._clock.monotonic()
        now = self._clock.now()
        if due is not None and due <= now:
            due = self._advance(now)
        if ends is not None and ends <= now:
            ends = self._expiring.expire(now)
        if opens is not None and opens <= now:
            opens = self._releasing.release(now)
        first = min((at for at in (due, ends, opens) if at is not None), default=None)
        if first is None:
            return self._look_every
        return max(0.0, (first - self._clock.now()).total_seconds())

    def _advance(self, now: datetime) -> datetime | None:
        try:
            done = self._writer.submit(lambda conn: advance_due(conn, self._directory, now, BATCH)).result()
        except (DatabaseAway, WrongRevision):
            raise
        except Exception:  # one bad row must not keep the others from their pages
            log.exception("the engine failed on a batch of incidents; taking them one by one")
            return self._one_by_one(now)
        if done.count:
            passing(AFTER_ESCALATION)
        return done.next_due_at

    def _one_by_one(self, now: datetime) -> datetime | None:
        """Each due incident in a transaction of its own: one that fails is set aside and keeps no other waiting."""
        for number in self._writer.submit(lambda conn: first_due(conn, now, BATCH)).result():
            try:
                self._writer.submit(partial(advance_one, directory=self._directory, number=number, now=now)).result()
            except (DatabaseAway, WrongRevision):
                raise
            except Exception:
                log.exception("the engine failed on incident #%d: set aside", number)
                self._writer.submit(partial(set_aside, number=number, now=now)).result()
        with self._store.read() as conn:
            return next_timer(conn)
