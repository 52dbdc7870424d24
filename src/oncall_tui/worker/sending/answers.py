"""Answers of providers on their way into the database: those that come while a commit runs are written as one.

An answer that an outage keeps from being written is kept here under its lease and handed in again: a page that was sent
is not sent once more because the database was busy.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.ops.delivery import Answer, Job, record, record_apart
from oncall_tui.ops.directory import Directory
from oncall_tui.running import THREADS, Running
from oncall_tui.storage.writer import Writer

T = TypeVar("T")
log = logging.getLogger(__name__)

PART = 25  # pages of a digest that are written down together
AT_ONCE = 100  # pages that are written down in one go: whatever else waits for the writer is not held up for longer

Settled = Callable[[Job], None]
"""Told, in the writer's thread, of a job whose pages are all written down. It must be quick."""


@dataclass(slots=True)
class _Gathering:
    """Answers that wait for one job of the writer; once it runs, no more join."""

    answers: list[Answer] = field(default_factory=list)
    pages: int = 0
    written: Future[list[bool]] = field(init=False)

    @property
    def is_full(self) -> bool:
        """Whether what comes now has to wait until this is written; what has ended takes nothing more anyway."""
        return self.pages >= AT_ONCE and not self.written.done()


class Answers:
    """Writes answers down, many in a few statements under load, at once when nothing waits. Nobody waits for it."""

    def __init__(
        self,
        writer: Writer,
        directory: Directory,
        clock: Clock,
        worker: str,
        *,
        settled: Settled,
        running: Running = THREADS,
    ) -> None:
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._worker = worker
        self._settled = settled
        self._guard = threading.Lock()
        self._gathering: _Gathering | None = None
        self._line: deque[Answer] = deque()
        """Parts of large digests, which wait outside the writer's queue: alerts and acts would stand behind them."""
        self._left: dict[str, int] = {}
        """By a job's token, how many of its pages are still to be written."""
        self._unwritten: list[Answer] = []
        self._handed_in = 0
        self._quiet = running.flag()
        self._quiet.set()

    @property
    def waiting(self) -> int:
        """How many answers wait for the writer to take them up."""
        gathering = self._gathering
        return len(self._line) + (0 if gathering is None else len(gathering.answers))

    @property
    def unwritten(self) -> bool:
        """Whether an outage has left something to be handed in again."""
        return bool(self._unwritten)

    def write(self, answer: Answer) -> None:
        """Have the answer to all of a job's pages written down soon."""
        with self._guard:
            self._left[answer.job.token] = len(answer.pages)
        if len(answer.pages) <= PART:
            self._join(answer)
            return
        for first in range(0, len(answer.pages), PART):
            self._join(replace(answer, pages=answer.pages[first : first + PART]))

    def again(self) -> None:
        """Hand in once more what an outage kept from being written."""
        with self._guard:
            answers, self._unwritten = self._unwritten, []
        for answer in answers:
            self._join(answer)

    def finish(self) -> None:
        """Return when everything is written; what the database does not take now is sent again, and that is said."""
        self.again()
        self._quiet.wait()
        for answer in self._unwritten:
            log.warning("page %s: sent, but not marked: it will be sent again", answer.job.page)

    def _join(self, answer: Answer) -> None:
        begun = None
        with self._guard:
            gathering = self._gathering
            # One that ended without having run: the database was away.
            if gathering is None or gathering.written.done():
                begun = gathering = _Gathering()
                try:
                    gathering.written = self._submitted(partial(self._write, gathering=gathering))
                except DatabaseAway:
                    self._unwritten.append(replace(answer, again=True))
                    return
                self._gathering = gathering
            elif gathering.is_full:
                self._line.append(answer)
                return
            gathering.answers.append(answer)
            gathering.pages += len(answer.pages)
        if begun is not None:
            begun.written.add_done_callback(partial(self._written, begun))

    def _advance_line(self) -> None:
        while True:
            with self._guard:
                if not self._line or (self._gathering is not None and self._gathering.is_full):
                    return
                answer = self._line.popleft()
            self._join(answer)

    def _together(self, answers: Sequence[Answer]) -> None:
        """Hand in these answers, and no others with them."""
        gathering = _Gathering(list(answers))
        with self._guard:
            try:
                gathering.written = self._submitted(partial(self._write, gathering=gathering))
            except DatabaseAway:
                self._unwritten += [replace(answer, again=True) for answer in answers]
                return
        gathering.written.add_done_callback(partial(self._written, gathering))

    def _submitted(self, work: Callable[[Connection], T]) -> Future[T]:
        done = self._writer.submit(work)
        self._handed_in += 1
        self._quiet.clear()
        return done

    def _write(self, conn: Connection, gathering: _Gathering) -> list[bool]:
        with self._guard:
            if self._gathering is gathering:
                self._gathering = None
        return record(conn, self._directory, gathering.answers, worker=self._worker, now=self._clock.now())

    def _written(self, gathering: _Gathering, done: Future[list[bool]]) -> None:
        with self._guard:
            if self._gathering is gathering:
                self._gathering = None
            answers = gathering.answers
        error = done.exception()
        if error is None:
            for answer, ours in zip(answers, done.result(), strict=True):
                self._end(answer, ours=ours)
        elif isinstance(error, DatabaseAway | WrongRevision):
            self._keep(answers, error)
        elif len(answers) > 1:  # another of them may be to blame: each by itself
            for answer in answers:
                self._together([answer])
        else:
            self._apart(answers[0], error)
        self._advance_line()
        self._over()

    def _apart(self, answer: Answer, error: BaseException) -> None:
        """An answer that the engine fails on: each page by itself, and then without the engine."""
        log.error("the engine failed on the answer to page %s", answer.job.page, exc_info=error)
        if len(answer.pages) > 1:
            for page in answer.pages:
                self._together([replace(answer, pages=(page,))])
            return
        why, page = type(error).__name__, answer.pages[0]
        try:
            with self._guard:
                done = self._submitted(lambda conn: record_apart(conn, answer, page, worker=self._worker, error=why))
        except DatabaseAway as away:
            self._keep([answer], away)
        else:
            done.add_done_callback(partial(self._written_apart, answer))

    def _written_apart(self, answer: Answer, done: Future[bool]) -> None:
        error = done.exception()
        if error is None:
            self._end(answer, ours=done.result())
        elif isinstance(error, DatabaseAway | WrongRevision):
            self._keep([answer], error)
        else:
            # Its lease runs out and the page is tried again: a page is never dropped for a fault of ours.
            log.error("page %s can't be marked", answer.job.page, exc_info=error)
            self._end(answer, ours=True)
        self._over()

    def _keep(self, answers: Sequence[Answer], error: BaseException) -> None:
        log.warning("%d answers can't be written now (%s); they are kept", len(answers), error)
        with self._guard:
            self._unwritten += [replace(answer, again=True) for answer in answers]

    def _end(self, answer: Answer, *, ours: bool) -> None:
        job = answer.job
        if not ours:
            log.warning("page %s: its lease was lost to another worker; only the attempt is kept", job.page)
        with self._guard:
            left = self._left.get(job.token, 0) - len(answer.pages)
            if left > 0:
                self._left[job.token] = left
                return
            self._left.pop(job.token, None)
        self._settled(job)

    def _over(self) -> None:
        with self._guard:
            self._handed_in -= 1
            if self._handed_in == 0:
                self._quiet.set()
