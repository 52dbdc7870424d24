"""The one thread of a process that writes: jobs that wait while a commit runs share the next one (group commit)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty
from typing import Any, TypeVar

from sqlalchemy import Connection

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.running import THREADS, Running
from oncall_tui.storage.drivers.away import Passing, away
from oncall_tui.storage.drivers.direct import driver, usable
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.incident.incidents import lock_services

T = TypeVar("T")
log = logging.getLogger(__name__)

Services = Callable[[Connection], Iterable[int]]
"""The ids of the services that a job is going to lock; it must not fail."""

BATCH = 256
CAPACITY = 10_000
# Where each statement is late, a commit must not grow until the most urgent page waits behind hundreds of events.
SPAN = 0.5  # seconds that a commit goes on taking in more jobs
_BETWEEN_TRIES = 0.05
_LEAST_PATIENCE = 0.25


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    services: Services | None
    future: Future[Any]
    since: float
    wanted: bool | None = None
    result: Any = None
    error: BaseException | None = None

    def begins(self) -> bool:
        """Whether its asker still wants it; from the first call on it can't be withdrawn."""
        if self.wanted is None:
            self.wanted = self.future.set_running_or_notify_cancel()
        return self.wanted


class Writer:
    """Runs jobs in write transactions, many to a commit under load, at once when nothing waits.

    `patience`: how many seconds after its submission a job may wait for a lock or a lost connection before it fails
    with DatabaseAway. `capacity`: how many jobs may wait before more are refused. A job can run more than once (when
    another of its batch fails, and after a passing fault), so it changes nothing but the database.
    """

    def __init__(
        self,
        store: Store,
        *,
        patience: float = 1.5,
        capacity: int = CAPACITY,
        batch: int = BATCH,
        running: Running = THREADS,
    ) -> None:
        self._store = store
        self._running = running
        self._patience = patience
        self._capacity = capacity
        self._batch = batch
        self._queue = running.queue()
        self._gate = threading.Lock()
        self._stopped = False
        self._wakes: list[Callable[[], None]] = []
        self._task = running.start("oncall-writer", self._run)

    def after_commit(self, wake: Callable[[], None]) -> None:
        """Call `wake` in the writer's thread after each commit, once the jobs have their answers. It must be quick."""
        self._wakes.append(wake)

    def submit(self, work: Callable[[Connection], T], *, services: Services | None = None) -> Future[T]:
        """Run `work` in a coming commit; the future has its result only when that is on disk.

        `services` names those that the job is going to lock: the jobs of one commit lock theirs together and in order.
        A job that raises is undone alone. Cancelling the future works until the job starts; later the job may still be
        committed. DatabaseAway when the writer is stopped or too much waits.
        """
        job = _Job(work, services, self._running.future(), self._running.monotonic())
        with self._gate:
            if self._stopped:
                raise DatabaseAway("the writer is stopping", mend="try again", code="stopping")
            if self._queue.qsize() >= self._capacity:
                raise DatabaseAway("too many changes wait for the database", mend="try again later", code="overload")
            self._queue.put(job)
        return job.future

    @property
    def waiting(self) -> int:
        """How many jobs wait for the next commit."""
        return self._queue.qsize()

    def stop(self) -> None:
        """Take nothing more, finish all that waits, return when the thread has ended."""
        with self._gate:
            if not self._stopped:
                self._stopped = True
                self._queue.put(None)
        if not self._task.is_current():
            self._task.join()

    def _run(self) -> None:
        going = True
        left: Sequence[_Job] = ()
        while going or left:
            jobs = left
            if not jobs:
                jobs, going = self._next_batch()
            # A job whose asker has given up is dropped.
            jobs = [job for job in jobs if not job.future.cancelled()]
            left = self._finish(jobs) if jobs else ()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        jobs: list[_Job] = []
        taken: _Job | None = self._queue.get()
        while taken is not None:
            jobs.append(taken)
            if len(jobs) >= self._batch:
                return jobs, True
            try:
                taken = self._queue.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False

    def _finish(self, jobs: Sequence[_Job]) -> Sequence[_Job]:
        """Commit jobs and tell their askers; those that there was no time for."""
        done = self._commit(jobs)
        committed = False
        for job in jobs[:done]:
            if not job.begins():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                committed = True
                job.future.set_result(job.result)
        if committed:
            for wake in self._wakes:
                try:
                    wake()
                except Exception:
                    log.exception("a wake after a commit failed")
        return jobs[done:]

    def _commit(self, jobs: Sequence[_Job]) -> int:
        """Commit the jobs together, trying again after passing faults; how many have their result or their error."""
        # The oldest job has waited longest; even it is given one fair chance at the lock.
        until = max(min(job.since for job in jobs) + self._patience, self._running.monotonic() + _LEAST_PATIENCE)
        # Savepoints cost PostgreSQL two round trips a job: they are taken only once a job of the batch has failed.
        apart = False
        while True:
            try:
                return self._attempt(jobs, apart=apart, patience=max(0.0, until - self._running.monotonic()))
            except _JobFailed as failed:
                if len(jobs) > 1:
                    apart = True
                elif not isinstance(failed.error, Again):
                    _fail(jobs, failed.error)
                    return 1
            except Passing as error:
                if self._running.monotonic() + _BETWEEN_TRIES >= until:
                    _fail(jobs, error)
                    return len(jobs)
                self._running.pause(_BETWEEN_TRIES)
            except BaseException as error:  # noqa: BLE001 - each asker gets it, and the thread lives on
                _fail(jobs, error)
                return len(jobs)

    def _attempt(self, jobs: Sequence[_Job], *, apart: bool, patience: float) -> int:
        with self._store.write(patience=patience) as conn:
            if len(jobs) > 1:
                lock_services(conn, [one for job in jobs if job.services is not None for one in job.services(conn)])
            began = self._running.monotonic()
            for done, job in enumerate(jobs):
                if done and self._running.monotonic() - began > SPAN:
                    return done
                if not job.begins():
                    continue
                job.error = None
                if apart:
                    self._run_apart(conn, job)
                else:
                    self._run_job(conn, job)
            return len(jobs)

    def _run_job(self, conn: Connection, job: _Job) -> None:
        try:
            job.result = job.work(conn)
        except BaseException as error:
            told = away(error, self._store.shown)
            if isinstance(told, Passing):
                raise told from error
            raise _JobFailed(told or error) from error

    def _run_apart(self, conn: Connection, job: _Job) -> None:
        link = driver(conn)
        link.execute("SAVEPOINT job")
        try:
            self._run_job(conn, job)
        except _JobFailed as failed:
            if not usable(conn):
                raise failed.error from failed
            job.error = failed.error
            link.execute("ROLLBACK TO SAVEPOINT job")
        link.execute("RELEASE SAVEPOINT job")
        if isinstance(job.error, Again):
            job.error = None
            self._run_apart(conn, job)


class Again(Exception):
    """Raised by a job that has to be run once more from the start, in another way; nothing of this run is kept."""


class _JobFailed(Exception):
    """A job raised `error`; leaves the transaction, which undoes it."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def _fail(jobs: Sequence[_Job], error: BaseException) -> None:
    for job in jobs:
        job.error = error
