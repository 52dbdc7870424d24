"""Posts that wait for the same commit become one job of the writer: a task, a lock and a wake for all, not for each."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from sqlalchemy import Connection

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.running import THREADS
from oncall_tui.storage.drivers.away import away
from oncall_tui.storage.together import together
from oncall_tui.storage.writer import BATCH, CAPACITY, Again, Writer

T = TypeVar("T")
S = TypeVar("S")
R = TypeVar("R")
log = logging.getLogger(__name__)

GROWS = 0.02  # seconds that a commit goes on taking in what comes meanwhile


class _Waiting(Generic[T, R]):
    __slots__ = ("_deadline", "_told", "loop", "thing", "withdrawn")

    def __init__(
        self, thing: T, loop: asyncio.AbstractEventLoop, within: float, told: Callable[[R | BaseException], None]
    ) -> None:
        self.thing = thing
        self.loop = loop
        self.withdrawn = False
        self._told: Callable[[R | BaseException], None] | None = told
        self._deadline = loop.call_later(within, self._give_up)

    def tell(self, outcome: R | BaseException) -> None:
        """Say what came of it, once."""
        told, self._told = self._told, None
        if told is not None:
            self._deadline.cancel()
            told(outcome)

    def forget(self) -> None:
        """Nobody wants to hear of it any more."""
        self._told = None
        self._deadline.cancel()

    def _give_up(self) -> None:
        self.withdrawn = True
        self.tell(DatabaseAway("the database did not answer in time", mend="send it again"))


class Gathering(Generic[T, S, R]):
    """Hands what waits to the writer, in its order, as soon as the writer can take it; nothing waits for company.

    `work` makes a result of each thing, or the error that is its alone; `services` are those that they lock. Both are
    given what `see` saw at the beginning of the job: it is looked up once, however much joins it. A job is about things
    that `weigh` no more than a batch together, or about a single heavier one.
    """

    def __init__(
        self,
        writer: Writer,
        see: Callable[[Connection], S],
        work: Callable[[Connection, S, Sequence[T]], Sequence[R | Exception]],
        services: Callable[[Connection, S, Sequence[T]], Sequence[int]],
        *,
        within: float,
        weigh: Callable[[T], int] = lambda _: 1,
    ) -> None:
        self._writer = writer
        self._see = see
        self._work = work
        self._services = services
        self._within = within
        self._weigh = weigh
        self._gate = threading.Lock()
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._coming = False

    async def written(self, thing: T) -> R:
        """What the work made of it, once it is on disk. Raises its error.

        DatabaseAway when that takes too long: it is withdrawn then, if it has not begun.
        """
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()

        def told(outcome: R | BaseException) -> None:
            if answer.done():
                return
            if isinstance(outcome, BaseException):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)

        one = self.hand_in(thing, told)
        try:
            return await answer
        finally:
            one.forget()

    def hand_in(self, thing: T, told: Callable[[R | BaseException], None]) -> _Waiting[T, R]:
        """As `written`, without anybody who awaits it: `told`, which must not raise, is called in this event loop.

        Raises DatabaseAway at once when too much waits already.
        """
        loop = asyncio.get_running_loop()
        with self._gate:
            if len(self._waiting) >= CAPACITY:
                raise DatabaseAway("too many changes wait for the database", mend="try again later", code="overload")
            one: _Waiting[T, R] = _Waiting(thing, loop, self._within, told)
            self._waiting.append(one)
            asks, self._coming = not self._coming, True
        if asks:
            # After what else has arrived by now, which then shares the commit.
            loop.call_soon(self._ask)
        return one

    def _ask(self) -> None:
        job: _Job[T, S, R] = _Job(self)
        try:
            self._writer.submit(job.work, services=job.services).add_done_callback(job.tell)
        except DatabaseAway as away:
            job.begin()
            job.fail(away)

    def taken(self) -> list[_Waiting[T, R]]:
        """What the next job is about."""
        with self._gate:
            found = self._pop(BATCH, least=1)
            self._coming = more = bool(self._waiting)
        if more:
            self._ask()
        return found

    def joining(self, room: int) -> list[_Waiting[T, R]]:
        """What has come since and may share a commit that has room for so much more; the next job is asked for."""
        with self._gate:
            return self._pop(room)

    def put_back(self, found: Sequence[_Waiting[T, R]]) -> None:
        """Let these wait for the next job after all, before all others."""
        with self._gate:
            self._waiting.extendleft(reversed(found))
            asks, self._coming = not self._coming, True
        if asks:
            self._ask()

    def weight(self, waiting: Sequence[_Waiting[T, R]]) -> int:
        """How much of a batch these are."""
        return sum(self._weigh(one.thing) for one in waiting)

    def _pop(self, room: int, *, least: int = 0) -> list[_Waiting[T, R]]:
        found: list[_Waiting[T, R]] = []
        waiting = self._waiting
        while waiting and (len(found) < least or self._weigh(waiting[0].thing) <= room):
            one = waiting.popleft()
            if not one.withdrawn:
                room -= self._weigh(one.thing)
                found.append(one)
        return found


class _Job(Generic[T, S, R]):
    """One job of the writer. What it is about is settled when it has run once, and stays so when it is tried again."""

    __slots__ = ("_apart", "_gathering", "_mine", "_settled")

    def __init__(self, gathering: Gathering[T, S, R]) -> None:
        self._gathering = gathering
        self._mine: list[_Waiting[T, R]] | None = None
        self._apart = False
        self._settled = False

    def begin(self) -> list[_Waiting[T, R]]:
        if self._mine is None:
            self._mine = self._gathering.taken()
        return self._mine

    def services(self, conn: Connection) -> Sequence[int]:
        return self._services(conn, self._gathering._see(conn)) if self.begin() else ()

    def _services(self, conn: Connection, seen: S) -> Sequence[int]:
        return self._gathering._services(conn, seen, [one.thing for one in self.begin()])

    def work(self, conn: Connection) -> Sequence[R | Exception]:
        mine = [one.thing for one in self.begin()]
        if not mine:  # they have joined the commit before, or nobody wants them any more
            return ()
        seen = self._gathering._see(conn)
        if self._apart:
            return together(conn, lambda conn, things: self._gathering._work(conn, seen, things), mine)
        try:
            # Without a savepoint, which costs PostgreSQL two round trips, until one of them turns out to need it.
            done = self._gathering._work(conn, seen, mine)
            return done if self._settled else [*done, *self._joined(conn, seen)]
        except Exception as error:
            if away(error, "") is not None or len(self.begin()) <= 1:
                raise
            self._apart = True
            raise Again from error
        finally:
            self._settled = True

    def _joined(self, conn: Connection, seen: S) -> Iterator[R | Exception]:
        """What came while the others were worked on shares their commit: a slow disk is then asked once for all."""
        gathering, mine = self._gathering, self.begin()
        until = THREADS.monotonic() + GROWS
        locked: set[int] | None = None
        while (
            (room := BATCH - gathering.weight(mine)) > 0
            and THREADS.monotonic() < until
            and (more := gathering.joining(room))
        ):
            things = [one.thing for one in more]
            if conn.dialect.name == "postgresql":
                # Whoever locks more services in mid-transaction may wait for somebody who waits for him.
                if locked is None:
                    locked = set(self._services(conn, seen))
                if not locked.issuperset(gathering._services(conn, seen, things)):
                    gathering.put_back(more)
                    return
            mine += more
            yield from gathering._work(conn, seen, things)

    def tell(self, done: Future[Sequence[R | Exception]]) -> None:
        """Called in the writer's thread: one wake of each event loop for all its answers."""
        if (error := done.exception()) is not None:
            self.fail(error)
        else:
            self._answer(done.result())

    def fail(self, error: BaseException) -> None:
        self._answer([error] * len(self.begin()))

    def _answer(self, outcomes: Sequence[R | BaseException]) -> None:
        mine = self.begin()
        for loop in {one.loop for one in mine}:
            answers = [pair for pair in zip(mine, outcomes, strict=True) if pair[0].loop is loop]
            loop.call_soon_threadsafe(_tell, answers)


def _tell(answers: Sequence[tuple[_Waiting[T, R], R | BaseException]]) -> None:
    for one, outcome in answers:
        try:
            one.tell(outcome)
        except Exception:
            # The others are on disk as well, and have to hear of it.
            log.exception("what came of a post could not be told")
