"""How loops run beside each other: threads of this process here, actors of one scheduler in a simulation.

Whoever waits, sleeps, queues or starts something does it through `Running`, so that the very loops of the worker can be
driven step by step, in an order that a seed decides, under a clock that only the scheduler moves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Protocol


class Task(Protocol):
    """Something that runs beside its starter."""

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, `timeout` seconds at most."""

    def is_current(self) -> bool:
        """Whether the caller runs inside it."""


class Flag(Protocol):
    """An event that one can wait for."""

    def set(self) -> None:
        """Let every wait end."""

    def clear(self) -> None:
        """Let the next wait wait again."""

    def is_set(self) -> bool:
        """Whether it is set."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, `timeout` seconds at most; whether it is set."""


class Queue(Protocol):
    """First in, first out; `get` waits, `get_nowait` raises queue.Empty."""

    def put(self, item: Any) -> None:
        """Add an item."""

    def get(self) -> Any:
        """Take the oldest item, waiting for one."""

    def get_nowait(self) -> Any:
        """Take the oldest item; raises queue.Empty when there is none."""

    def qsize(self) -> int:
        """How many wait."""


class Pool(Protocol):
    """Runs a limited number of tasks at once."""

    def submit(self, work: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Run it as soon as there is room."""

    def shutdown(self, wait: bool = True) -> None:
        """Take nothing more; return when what is under way has ended."""


class Running(Protocol):
    """Everything that makes a caller wait."""

    def start(self, name: str, work: Callable[[], None]) -> Task:
        """Run `work` beside the caller; it does not keep the process alive."""

    def flag(self) -> Flag:
        """A new flag, not set."""

    def queue(self) -> Queue:
        """A new empty queue."""

    def future(self) -> Future[Any]:
        """A new future whose `result` waits."""

    def pool(self, size: int, name: str) -> Pool:
        """A new pool of `size` tasks at once."""

    def pause(self, seconds: float) -> None:
        """Sleep."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""


class _Thread:
    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=work, name=name, daemon=True)
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def is_current(self) -> bool:
        return threading.current_thread() is self._thread


class Threads:
    """The real thing."""

    def start(self, name: str, work: Callable[[], None]) -> Task:
        """Run `work` in a daemon thread."""
        return _Thread(name, work)

    def flag(self) -> Flag:
        """A threading.Event."""
        return threading.Event()

    def queue(self) -> Queue:
        """A SimpleQueue."""
        return SimpleQueue()

    def future(self) -> Future[Any]:
        """A plain Future."""
        return Future()

    def pool(self, size: int, name: str) -> Pool:
        """A ThreadPoolExecutor."""
        return ThreadPoolExecutor(size, thread_name_prefix=name)

    def pause(self, seconds: float) -> None:
        """Sleep in this thread."""
        time.sleep(seconds)

    def monotonic(self) -> float:
        """The host's monotonic clock."""
        return time.monotonic()


THREADS: Running = Threads()
