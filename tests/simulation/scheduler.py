"""One thread, many actors, one seed: who runs next is drawn, and time passes only when nobody can run.

Every wait of the product's loops goes through `oncall_tui.running.Running`; here each is a switch to the scheduler, so
a seed decides the order of everything, and a process can be killed at any of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty
from typing import Any

import greenlet


class Killed(BaseException):
    """The process of this actor is no more. Nothing catches it but what unwinds a stack."""


class Stuck(AssertionError):
    """Actors run for ever without time passing."""


class Process:
    """A group of actors that die together.

    After `dies_in` more waits and commits it is killed; until `stopped_until` none of its actors runs (SIGSTOP).
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.dies_in: int | None = None
        self.stopped_until = 0.0
        self.stands_still_sending = 0.0

    def passing(self) -> None:
        """A place at which the process may die."""
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                self.alive = False
        if not self.alive:
            raise Killed(self.name)


class Actor:
    """One line of work: ready when its condition holds or its time has come."""

    __slots__ = ("name", "process", "ready", "thread", "until")

    def __init__(self, name: str, process: Process, thread: greenlet.greenlet) -> None:
        self.name = name
        self.process = process
        self.thread = thread
        self.ready: Callable[[], bool] | None = None
        self.until: float | None = 0.0


class Scheduler:
    """Runs actors in an order drawn from `chance`; `now` is in seconds since the beginning."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.now = 0.0
        self.steps = 0
        self._actors: list[Actor] = []
        self._processes: set[Process] = set()
        self._current: Actor | None = None
        self._hub = greenlet.getcurrent()

    def spawn(self, process: Process, name: str, work: Callable[[], object]) -> Actor:
        """Add an actor; it runs from the next step on."""

        def run() -> None:
            try:
                work()
            except Killed:
                if process.alive:
                    raise

        actor = Actor(name, process, greenlet.greenlet(run, parent=self._hub))
        self._actors.append(actor)
        self._processes.add(process)
        return actor

    def wait(self, ready: Callable[[], bool] | None = None, until: float | None = None) -> None:
        """Let others run until `ready` holds or `until` has come; with neither, others get one turn."""
        actor = self._current
        assert actor is not None, "only actors wait"
        actor.process.passing()
        actor.ready = ready
        actor.until = self.now if ready is None and until is None else until
        self._hub.switch()
        actor.process.passing()

    @property
    def current(self) -> Actor | None:
        """Who runs."""
        return self._current

    def run(self, until: float) -> None:
        """Run everybody until the virtual instant `until`."""
        still = 0
        while True:
            if not all(process.alive for process in self._processes):
                self._bury()
            now = self.now
            able = []
            coming = until
            # Written out: it is asked of every actor at every step.
            for actor in self._actors:
                due, stopped_until = actor.until, actor.process.stopped_until
                if stopped_until > now:
                    due = stopped_until if due is None or due < stopped_until else due
                elif (due is not None and due <= now) or (actor.ready is not None and actor.ready()):
                    able.append(actor)
                    continue
                if due is not None and due < coming:
                    coming = due
            if able:
                still += 1
                if still > 3_000:
                    raise Stuck(f"at {self.now:.3f} s: {sorted({actor.name for actor in able})}")
                self._step(self.chance.choice(able))
                continue
            still = 0
            self.now = coming
            if coming >= until:
                return

    def _step(self, actor: Actor) -> None:
        self.steps += 1
        self._current = actor
        try:
            actor.thread.switch()
        finally:
            self._current = None
        if actor.thread.dead:
            self._actors.remove(actor)

    def _bury(self) -> None:
        self._processes = {process for process in self._processes if process.alive}
        for actor in [actor for actor in self._actors if not actor.process.alive]:
            self._current = actor
            if not actor.thread.dead and actor.thread:
                actor.thread.throw(Killed(actor.process.name))
            self._current = None
            self._actors.remove(actor)

    def end(self) -> None:
        """Kill whoever is left."""
        for actor in self._actors:
            actor.process.alive = False
        self._bury()


class Actors:
    """`Running` for one process of the simulation."""

    def __init__(self, scheduler: Scheduler, process: Process) -> None:
        self._scheduler = scheduler
        self._process = process

    def start(self, name: str, work: Callable[[], None]) -> ActorTask:
        return ActorTask(self._scheduler, self._scheduler.spawn(self._process, name, work))

    def flag(self) -> ActorFlag:
        return ActorFlag(self._scheduler)

    def queue(self) -> ActorQueue:
        return ActorQueue(self._scheduler)

    def future(self) -> Future[Any]:
        return ActorFuture(self._scheduler)

    def pool(self, size: int, name: str) -> ActorPool:
        return ActorPool(self, self._scheduler, size, name)

    def pause(self, seconds: float) -> None:
        self._scheduler.wait(until=self._scheduler.now + seconds)

    def monotonic(self) -> float:
        return self._scheduler.now


class ActorTask:
    """An actor to wait for."""

    def __init__(self, scheduler: Scheduler, actor: Actor) -> None:
        self._scheduler = scheduler
        self._actor = actor

    def join(self, timeout: float | None = None) -> None:
        until = None if timeout is None else self._scheduler.now + timeout
        self._scheduler.wait(lambda: self._actor.thread.dead, until)

    def is_current(self) -> bool:
        return self._scheduler.current is self._actor


class ActorFlag:
    """An event in virtual time."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._set = False

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float | None = None) -> bool:
        until = None if timeout is None else self._scheduler.now + timeout
        self._scheduler.wait(self.is_set, until)
        return self._set


class ActorQueue:
    """A queue in virtual time."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._items: list[Any] = []

    def put(self, item: Any) -> None:
        self._items.append(item)

    def get(self) -> Any:
        while not self._items:
            self._scheduler.wait(lambda: bool(self._items))
        return self._items.pop(0)

    def get_nowait(self) -> Any:
        if not self._items:
            raise Empty
        return self._items.pop(0)

    def qsize(self) -> int:
        return len(self._items)


class ActorFuture(Future[Any]):
    """A future whose asker lets others run."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler

    def result(self, timeout: float | None = None) -> Any:
        self._scheduler.wait(self.done, None if timeout is None else self._scheduler.now + timeout)
        try:
            return super().result(timeout=0)
        except Killed:
            # The asker lives in another process than the one that died: the line just goes dead.
            raise TimeoutError from None


class ActorPool:
    """So many actors at once."""

    def __init__(self, actors: Actors, scheduler: Scheduler, size: int, name: str) -> None:
        self._actors = actors
        self._scheduler = scheduler
        self._size = size
        self._name = name
        self._busy = 0

    def submit(self, work: Callable[..., Any], /, *args: Any) -> Future[Any]:
        future = self._actors.future()

        def run() -> None:
            while self._busy >= self._size:
                self._scheduler.wait(lambda: self._busy < self._size)
            self._busy += 1
            try:
                result = work(*args)
            except Exception as error:
                self._busy -= 1
                future.set_exception(error)
            else:
                self._busy -= 1
                future.set_result(result)

        self._actors.start(self._name, run)
        return future

    def shutdown(self, wait: bool = True) -> None:
        while wait and self._busy:
            self._scheduler.wait(lambda: not self._busy)
