"""The delivery loop: claims pages that are due, sends each in a thread of its own, writes down the answer."""

from __future__ import annotations

import logging
import random
import threading
from concurrent.futures import Future
from datetime import timedelta

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway, OncallError
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.sender import Sender
from oncall_tui.notify.texts import page_text
from oncall_tui.ops.delivery import Job, claim, record, release, renew
from oncall_tui.ops.directory import Directory
from oncall_tui.running import THREADS, Flag, Running
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.outbox import next_due
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.crashpoints import AFTER_CLAIM, AFTER_SEND, passing
from oncall_tui.worker.parts import Pulse

log = logging.getLogger(__name__)

LOOK_AT_LEAST_EVERY = 2.0  # seconds
RETRY_AFTER_OUTAGE = 0.5  # seconds


class Delivery:
    """Empties the outbox."""

    name = "delivery"

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
        at_once: int = 32,
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
        self._pool = running.pool(at_once, "send")
        self._in_flight: dict[str, Job] = {}
        self._guard = threading.Lock()
        self._pulse = Pulse(running)
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._held_at = 0.0
        self.looked_at = 0.0

    def wake(self) -> None:
        """Look again now."""
        self._pulse.wake()

    def run(self, stop: Flag) -> None:
        """Send what is due until `stop` is set; then finish what is in flight and hand the rest back."""
        while not stop.is_set():
            try:
                wait = self.step()
            except DatabaseAway as away:
                log.warning("delivery: %s; trying again", away.sentence)
                wait = RETRY_AFTER_OUTAGE
            until_renewal = self._lease.total_seconds() / 3 if self._in_flight else self._look_every
            self._pulse.wait(min(wait, self._look_every, until_renewal))
        self._finish()

    def step(self) -> float:
        """Hold the leases in flight, claim what is due and start sending it; seconds until there is more to do."""
        self._hold_leases()
        with self._store.read() as conn:
            due = next_due(conn)
        self.looked_at = self._clock.monotonic()
        now = self._clock.now()
        free = self._at_once - len(self._in_flight)
        if due is not None and due <= now and free > 0:
            jobs = self._writer.submit(
                lambda conn: claim(conn, self._directory, self._worker, now, self._lease, free)
            ).result()
            if jobs:
                passing(AFTER_CLAIM)
            for job in jobs:
                self._start(job)
            if len(jobs) == free:
                return self._look_every if jobs else 0.0
            with self._store.read() as conn:
                due = next_due(conn)
        if due is None or free == 0:
            return self._look_every
        return max(0.0, (due - self._clock.now()).total_seconds())

    def _start(self, job: Job) -> None:
        with self._guard:
            self._in_flight[job.page] = job
        self._pool.submit(self._deliver, job).add_done_callback(lambda done: self._ended(job, done))

    def _ended(self, job: Job, done: Future[None]) -> None:
        with self._guard:
            self._in_flight.pop(job.page, None)
        error = done.exception()
        if isinstance(error, DatabaseAway):
            log.warning("page %s: sent, but not marked (%s): it will be sent again", job.page, error.sentence)
        elif error is not None:
            # Its lease runs out and the page is tried again: a page is never dropped for a fault of ours.
            log.error("page %s: %s", job.page, type(error).__name__, exc_info=error)
        self.wake()

    def _deliver(self, job: Job) -> None:
        started_at = self._clock.now()
        result = self._send(job)
        passing(AFTER_SEND)
        ended_at = self._clock.now()
        jitter = self._jitter.random()
        kept = self._writer.submit(
            lambda conn: record(
                conn,
                self._directory,
                job,
                result,
                worker=self._worker,
                started_at=started_at,
                ended_at=ended_at,
                jitter=jitter,
            )
        ).result()
        if not kept:
            log.warning("page %s: its lease was lost to another worker; only the attempt is kept", job.page)

    def _send(self, job: Job) -> SendResult:
        if job.sealed_address is None:
            return SendResult(Outcome.REFUSED, "the contact method is gone", None)
        try:
            address = self._cipher.unseal(job.sealed_address)
        except OncallError as error:
            return SendResult(Outcome.REFUSED, error.sentence, None)
        try:
            return self._sender.send(address, page_text(job.facts), timeout=self._send_timeout)
        except Exception as error:
            # A fault of ours is an attempt that failed: kept, tried again, and the next contact does not wait for it.
            log.exception("page %s could not be sent", job.page)
            return SendResult(Outcome.RETRY_LATER, f"a fault of ours: {type(error).__name__}", None)

    def _hold_leases(self) -> None:
        """Renew every third of a lease, not at every look: each renewal is a commit, and each commit wakes this loop."""
        now = self._clock.monotonic()
        if now - self._held_at < self._lease.total_seconds() / 3:
            return
        self._held_at = now
        with self._guard:
            jobs = list(self._in_flight.values())
        if jobs:
            until = self._clock.now() + self._lease
            self._writer.submit(lambda conn: renew(conn, jobs, until)).result()

    def _finish(self) -> None:
        """Let what is in flight end within its deadline; leases of what does not are given back."""
        self._pool.shutdown(wait=True)
        with self._guard:
            left = list(self._in_flight.values())
        if left:
            now = self._clock.now()
            self._writer.submit(lambda conn: release(conn, left, now)).result()
