"""The delivery loop: claims pages that are due, sends each in a thread of its own, writes down the answer."""

from __future__ import annotations

import logging
import random
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

from oncall_tui.clock import Clock
from oncall_tui.domain.delivery.bundling import BUNDLING, Bundling
from oncall_tui.domain.errors import OncallError
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.sender import Sender
from oncall_tui.notify.words.digests import DigestFacts, digest_text
from oncall_tui.notify.words.message import Message
from oncall_tui.notify.words.texts import page_text
from oncall_tui.ops.answering.links import Links
from oncall_tui.ops.delivery import (
    Answer,
    Job,
    Providers,
    claim,
    is_something_due,
    renew,
)
from oncall_tui.ops.directory import Directory
from oncall_tui.running import THREADS, Flag, Running
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.delivery.outbox import next_due, soonest
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.crashpoints import AFTER_CLAIM, AFTER_SEND, passing
from oncall_tui.worker.parts import Pulse, step_on
from oncall_tui.worker.sending.answers import Answers
from oncall_tui.worker.sending.bulkhead import Bulkhead

log = logging.getLogger(__name__)

LOOK_AT_LEAST_EVERY = 2.0  # seconds
RETRY_AFTER_OUTAGE = 0.5  # seconds
AT_ONCE = 64  # sends under way in all …
TO_ONE_PROVIDER = 24  # … and to one provider: one that hangs leaves the others most of our threads
REST = 0.02  # seconds between two wakes: room that sends leave is filled again while the others are under way
APART = 0.05  # seconds between two claims that fill less than half of the room: each costs the same, little as it takes


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
        at_once: int = AT_ONCE,
        to_one_provider: int = TO_ONE_PROVIDER,
        bundling: Bundling = BUNDLING,
        look_every: float = LOOK_AT_LEAST_EVERY,
        jitter: random.Random | None = None,
        running: Running = THREADS,
        links: Links | None = None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._sender = sender
        self._cipher = cipher
        self._links = links or Links(cipher, None)
        self._worker = worker
        self._lease = timedelta(seconds=lease)
        self._send_timeout = send_timeout
        self._bundling = bundling
        self._look_every = look_every
        self._pool = running.pool(at_once, "send")
        self._answers = Answers(writer, directory, clock, worker, settled=self._settled, running=running)
        self._bulkhead = Bulkhead(at_once, to_one_provider)
        self._pulse = Pulse(running, rest=REST)
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._held_at = 0.0
        self._claimed_at = -APART
        self._in_vain = False
        self.looked_at = 0.0

    @property
    def in_flight(self) -> int:
        """How many messages are being sent, or their answers written down."""
        return len(self._bulkhead.jobs)

    def wake(self) -> None:
        """Look again now."""
        self._pulse.wake()

    def run(self, stop: Flag) -> None:
        """Send what is due until `stop` is set; then finish what is in flight and hand the rest back."""
        step_on(self, stop, rest=self._rest, after_outage=RETRY_AFTER_OUTAGE)
        self._pool.shutdown(wait=True)
        self._answers.finish()

    def _rest(self, seconds: float) -> None:
        until_renewal = self._lease.total_seconds() / 3 if self._bulkhead.jobs else self._look_every
        until_again = RETRY_AFTER_OUTAGE if self._answers.unwritten else self._look_every
        self._pulse.wait(min(seconds, self._look_every, until_renewal, until_again))

    def step(self) -> float:
        """Hold the leases in flight, claim what is due and start sending it; seconds until there is more to do."""
        self._answers.again()
        self._hold_leases()
        now = self._clock.now()
        providers = self._bulkhead.providers
        free = self._bulkhead.free
        something = False
        with self._store.glance() as seen:
            due = soonest(seen)
        self.looked_at = self._clock.monotonic()
        if due is not None and due <= now:
            if wait := self._until_worth_a_claim(free):
                return wait
            # A page that has just come is claimed unasked, so that it goes out at once; what may have to wait is looked
            # at first: a claim in vain is a commit in vain.
            something = not self._in_vain and not providers.full
            if not something:
                with self._store.read() as conn:
                    something = is_something_due(conn, now, providers)
                    due = next_due(conn, now)
        if something:
            self._claimed_at = self._clock.monotonic()
            jobs = self._claim(now, free, providers)
            self._in_vain = not jobs
            if jobs:
                passing(AFTER_CLAIM)
            for job in jobs:
                self._start(job)
            return 0.0
        # What is due and can't go waits for a thread or a provider that is busy: whoever ends wakes this loop.
        if due is None:
            return self._look_every
        return max(0.0, (due - self._clock.now()).total_seconds())

    def _until_worth_a_claim(self, free: int) -> float:
        """Seconds until a claim takes enough; where nothing is free, whoever ends wakes this loop."""
        if not free:
            return self._look_every
        if free >= self._bulkhead.in_all // 2:
            return 0.0
        return max(0.0, self._claimed_at + APART - self._clock.monotonic())

    def _claim(self, now: datetime, free: int, providers: Providers) -> tuple[Job, ...]:
        return self._writer.submit(
            lambda conn: claim(
                conn,
                self._directory,
                self._worker,
                now,
                self._lease,
                free,
                providers=providers,
                bundling=self._bundling,
            )
        ).result()

    def _start(self, job: Job) -> None:
        self._bulkhead.enter(job)
        self._pool.submit(self._deliver, job).add_done_callback(lambda done: self._ended(job, done))

    def _ended(self, job: Job, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            # Its lease runs out and the page is tried again: a page is never dropped for a fault of ours.
            log.error("page %s: %s", job.page, type(error).__name__, exc_info=error)
            self._bulkhead.leave(job)
        self.wake()

    def _settled(self, job: Job) -> None:
        self._bulkhead.leave(job)
        self.wake()

    def _deliver(self, job: Job) -> None:
        started_at = self._clock.now()
        result, fault = self._send(job)
        passing(AFTER_SEND)
        ended_at = self._clock.now()
        self._bulkhead.answered(job, result.outcome)
        self._answers.write(
            Answer(
                job=job,
                pages=job.pages,
                result=result,
                started_at=started_at,
                ended_at=ended_at,
                jitter=self._jitter.random(),
                fault=fault,
            )
        )

    def _send(self, job: Job) -> tuple[SendResult, bool]:
        """What the provider answered, and whether it was a fault of ours instead."""
        if job.sealed_address is None:
            return SendResult(Outcome.REFUSED, "the contact method is gone or disabled", None), False
        try:
            address = self._cipher.unseal(job.sealed_address)
        except OncallError as error:
            return SendResult(Outcome.REFUSED, error.sentence, None), False
        try:
            return self._sender.send(address, self._message(job), timeout=self._send_timeout), False
        except Exception as error:
            # A fault of ours is an attempt that failed: kept, tried again, and the next contact does not wait for it.
            log.exception("page %s could not be sent", job.page)
            return SendResult(Outcome.RETRY_LATER, f"a fault of ours: {type(error).__name__}", None), True

    def _message(self, job: Job) -> Message:
        """The job in words; a person's pages with fresh links to answer them, of which nothing is stored."""
        facts = job.facts
        now = self._clock.now()
        if isinstance(facts, DigestFacts):
            seqs = {page.number: page.place.seq for page in job.pages if page.place.user is not None}
            lines = (
                replace(line, link=self._links.link(line.number, seqs[line.number], now))
                if line.number in seqs
                else line
                for line in facts.lines
            )
            return digest_text(replace(facts, lines=tuple(lines)))
        if job.place.user is not None:
            facts = replace(facts, link=self._links.link(job.number, job.place.seq, now))
        return page_text(facts)

    def _hold_leases(self) -> None:
        """Renew every third of a lease, not at every look: each renewal is a commit, and a commit wakes this loop."""
        now = self._clock.monotonic()
        if now - self._held_at < self._lease.total_seconds() / 3:
            return
        jobs = self._bulkhead.jobs
        if jobs:
            # From when the writer takes it up: after a long wait for others it would be over before it is written.
            self._writer.submit(lambda conn: renew(conn, jobs, self._clock.now() + self._lease)).result()
        # Only now: what an outage has kept from being renewed is the first thing to be done after it.
        self._held_at = now
