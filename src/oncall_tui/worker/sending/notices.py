"""The notices loop: works out what is to be told, and sends it; in threads of its own, so that no page ever waits."""

from __future__ import annotations

import logging
import random
import threading
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway, OncallError
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.sender import Sender
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.notices.delivering import NoticeJob, claim, record, release, renew
from oncall_tui.ops.notices.handoffs import look, tell
from oncall_tui.running import THREADS, Flag, Running
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.directory_rows.revision import revision
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.delivery.notices import next_due
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.crashpoints import AFTER_NOTICE_SENT, passing
from oncall_tui.worker.parts import TO_PAGES, Pulse, step_on

log = logging.getLogger(__name__)

LOOK_AT_LEAST_EVERY = 5.0  # seconds
LOOK_AT_MOST_EVERY = 0.2  # seconds: every commit wakes this loop, and in a storm pages need the time more
RETRY_AFTER_OUTAGE = 1.0  # seconds
AT_ONCE = 4


class Notices:
    """Tells people and channels what is no page."""

    name = "notices"

    def __init__(  # noqa: PLR0913 - the parts it works with, each handed in
        self,
        store: Store,
        writer: Writer,
        directory: Directory,
        clock: Clock,
        sender: Sender,
        cipher: Cipher,
        *,
        worker: str,
        lease: float,
        send_timeout: float,
        at_once: int = AT_ONCE,
        look_every: float = LOOK_AT_LEAST_EVERY,
        jitter: random.Random | None = None,
        running: Running = THREADS,
    ) -> None:
        self._store = store
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._sender = sender
        self._cipher = cipher
        self._worker = worker
        self._lease = timedelta(seconds=lease)
        self._send_timeout = send_timeout
        self._at_once = at_once
        self._look_every = look_every
        self._pool = running.pool(at_once, "tell")
        self._in_flight: dict[int, NoticeJob] = {}
        self._guard = threading.Lock()
        self._pulse = Pulse(running, gives_way=TO_PAGES)
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._held_at = clock.now()
        self._revision = -1
        self._look_at = clock.now()
        self.looked_at = 0.0

    def wake(self) -> None:
        """Look again now."""
        self._pulse.wake()

    def run(self, stop: Flag) -> None:
        """Tell what is due until `stop` is set; then finish what is in flight and hand the rest back."""
        step_on(self, stop, rest=partial(self._rest, stop), after_outage=RETRY_AFTER_OUTAGE)
        self._finish()

    def _rest(self, stop: Flag, seconds: float) -> None:
        until_renewal = self._lease.total_seconds() / 3 if self._in_flight else self._look_every
        self._pulse.wait(min(seconds, self._look_every, until_renewal))
        stop.wait(LOOK_AT_MOST_EVERY)

    def step(self) -> float:
        """Hold leases, queue what schedules tell by now, start sending what is due; seconds until there is more."""
        self._hold_leases()
        with self._store.glance() as seen:
            at, due = revision(seen.look), next_due(seen)
        self.looked_at = self._clock.monotonic()
        if at != self._revision or self._clock.now() >= self._look_at:
            self._work_out()
            with self._store.glance() as seen:
                due = next_due(seen)
        now = self._clock.now()
        free = self._at_once - len(self._in_flight)
        if due is not None and due <= now and free > 0:
            jobs = self._writer.submit(lambda conn: claim(conn, self._worker, now, self._lease, free)).result()
            for job in jobs:
                self._start(job)
            if len(jobs) == free:
                return self._look_every  # whichever ends first wakes this
            with self._store.glance() as seen:
                due = next_due(seen)
        return self._until(self._look_at if due is None or free == 0 else min(due, self._look_at))

    def _until(self, at: datetime) -> float:
        return max(0.0, (at - self._clock.now()).total_seconds())

    def _work_out(self) -> None:
        """What schedules tell: read and worded outside the writer, where pages are written, and then kept at once."""
        now = self._clock.now()
        with self._store.read() as conn:
            looked = look(conn, self._directory.world(conn), now)
        if not looked.tellings or self._writer.submit(lambda conn: tell(conn, looked, now)).result():
            self._revision, self._look_at = looked.revision, looked.next_at

    def _start(self, job: NoticeJob) -> None:
        with self._guard:
            self._in_flight[job.notice] = job
        self._pool.submit(self._deliver, job).add_done_callback(lambda done: self._ended(job, done))

    def _ended(self, job: NoticeJob, done: Future[None]) -> None:
        with self._guard:
            self._in_flight.pop(job.notice, None)
        error = done.exception()
        if isinstance(error, DatabaseAway):
            log.warning("notice %d: sent, but not marked (%s): it may be sent again", job.notice, error.sentence)
        elif error is not None:
            log.error("notice %d: %s", job.notice, type(error).__name__, exc_info=error)
        self.wake()

    def _deliver(self, job: NoticeJob) -> None:
        started_at = self._clock.now()
        result = self._send(job)
        passing(AFTER_NOTICE_SENT)
        ended_at = self._clock.now()
        jitter = self._jitter.random()
        kept = self._writer.submit(
            lambda conn: record(
                conn, job, result, worker=self._worker, started_at=started_at, ended_at=ended_at, jitter=jitter
            )
        ).result()
        if not kept:
            log.warning("notice %d: its lease was lost to another worker; only the attempt is kept", job.notice)

    def _send(self, job: NoticeJob) -> SendResult:
        if job.sealed_address is None:
            return SendResult(Outcome.REFUSED, "the contact method is gone or disabled", None)
        try:
            address = self._cipher.unseal(job.sealed_address)
        except OncallError as error:
            return SendResult(Outcome.REFUSED, error.sentence, None)
        try:
            return self._sender.send(address, job.message, timeout=self._send_timeout)
        except Exception as error:
            # A fault of ours is an attempt that failed: kept and tried again.
            log.exception("notice %d could not be sent", job.notice)
            return SendResult(Outcome.RETRY_LATER, f"a fault of ours: {type(error).__name__}", None)

    def _hold_leases(self) -> None:
        """Every third of a lease: each renewal is a commit, and a commit wakes every loop."""
        with self._guard:
            jobs = list(self._in_flight.values())
        now = self._clock.now()
        if not jobs or now - self._held_at < self._lease / 3:
            return
        self._held_at = now
        self._writer.submit(lambda conn: renew(conn, jobs, now + self._lease)).result()

    def _finish(self) -> None:
        """Let what is in flight end within its deadline; leases of what does not are given back."""
        self._pool.shutdown(wait=True)
        with self._guard:
            left = list(self._in_flight.values())
        if left:
            now = self._clock.now()
            self._writer.submit(lambda conn: release(conn, left, now)).result()
