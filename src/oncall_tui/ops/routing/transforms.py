"""Transforms: the team's own Python between a payload and its incident, in processes that can be ended.

A few warmed processes are used again and again; one that hangs, dies or eats memory is killed and made anew. Whatever
happens there, the answer comes within the limit, and the event goes on without it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import entry_points
from pathlib import Path
from types import TracebackType
from typing import Any

from oncall_tui.domain.routing.routing import Wanted
from oncall_tui.domain.routing.transforming import Transformed, plain
from oncall_tui.ops.routing.transform_child import GROUP, HEADER, LONGEST_ANSWER
from oncall_tui.running import THREADS

log = logging.getLogger(__name__)

PROCESSES = 2
WITHIN = 1.0  # seconds for one answer, waiting for a process included
MEMORY = 512 << 20  # bytes of address space
READY_WITHIN = 10.0  # seconds for a process to start and load what there is
MOST_WAITING = 32
MOST_USES = 1_000  # of one process
HANGS_IN_A_ROW = 3
REST_AFTER_HANGS = 30.0  # seconds
_CHILD = Path(__file__).with_name("transform_child.py")


class _Broken(Exception):
    """The process is of no more use; the message says why, `hung` if its time was over."""

    def __init__(self, why: str, *, hung: bool = False) -> None:
        super().__init__(why)
        self.hung = hung


class Transforms:
    """A pool of processes for transforms. Safe to share between threads; close it when done."""

    def __init__(
        self, directory: Path | None = None, *, processes: int = PROCESSES, within: float = WITHIN, memory: int = MEMORY
    ) -> None:
        self.within = within
        self._directory = directory
        self._memory = memory
        self._pool = ThreadPoolExecutor(processes, thread_name_prefix="transform")
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self._gate = threading.Lock()
        self._waiting = 0
        self._hangs: dict[str, int] = {}
        self._rests: dict[str, float] = {}
        self._processes = processes
        self._closed = False

    def __enter__(self) -> Transforms:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start the processes now, if there is anything that they could run; returns at once."""
        if self._directory is not None or entry_points(group=GROUP):
            for _ in range(self._processes):
                self._pool.submit(self._make_one)

    def close(self) -> None:
        """End the processes."""
        with self._gate:
            self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for child in list(self._all):
            child.kill()

    def run(self, asked: Wanted) -> Transformed:
        """The answer, or why there is none; waits for it, `within` at the most."""
        return self.submit(asked).result()

    def submit(self, asked: Wanted) -> Future[Transformed]:
        """The answer to come: it never raises, and is there when `within` seconds are over."""
        given = {"name": asked.name, "event": plain(asked.seen)}
        began = THREADS.monotonic()
        with self._gate:
            if self._closed or self._waiting >= MOST_WAITING:
                return _at_once(Transformed(asked.name, problem="every process is busy"))
            if self._rests.get(asked.name, 0.0) > began:
                return _at_once(Transformed(asked.name, problem="it hung several times in a row and rests for a while"))
            self._waiting += 1
        return self._pool.submit(self._answer, asked.name, given, began + self.within)

    def _answer(self, name: str, given: dict[str, Any], deadline: float) -> Transformed:
        hung = False
        try:
            asked = json.dumps(given, default=str).encode("utf-8", "surrogatepass")
            if THREADS.monotonic() >= deadline:
                return Transformed(name, problem="every process is busy")
            answered = self._asked(asked, deadline)
            if "problem" in answered:
                return Transformed(name, problem=str(answered["problem"])[:500])
            return Transformed(name, answered.get("value"))
        except _Broken as broken:
            hung = broken.hung
            return Transformed(name, problem=str(broken))
        except (ValueError, TypeError, RecursionError, OSError) as error:
            return Transformed(name, problem=f"it could not be asked: {type(error).__name__}")
        finally:
            self._account(name, hung=hung)

    def _asked(self, asked: bytes, deadline: float) -> dict[str, Any]:
        with self._gate:
            child = self._idle.pop() if self._idle else None
        child = child or self._made()
        try:
            return child.ask(asked, deadline)
        finally:
            self._give_back(child)

    def _account(self, name: str, *, hung: bool) -> None:
        with self._gate:
            self._waiting -= 1
            self._hangs[name] = self._hangs.get(name, 0) + 1 if hung else 0
            if self._hangs[name] >= HANGS_IN_A_ROW:
                self._hangs[name] = 0
                self._rests[name] = THREADS.monotonic() + REST_AFTER_HANGS
                log.error("transform '%s' hangs: it is left out for %d s", name, REST_AFTER_HANGS)

    def _give_back(self, child: _Child) -> None:
        with self._gate:
            closed = self._closed
            if child.usable and not closed:
                self._idle.append(child)
                return
            self._all.discard(child)
        child.kill()
        if not closed:
            # The next one is made now, not when somebody waits for it.
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self._pool.submit(self._make_one)

    def _make_one(self) -> None:
        """Have one more process at hand, unless there are enough."""
        with self._gate:
            enough = self._closed or len(self._all) >= self._processes
        if not enough:
            self._give_back(self._made())

    def _made(self) -> _Child:
        child = _Child(self._directory, self._memory)
        with self._gate:
            self._all.add(child)
        return child


class _Child:
    """One process, used by one thread."""

    def __init__(self, directory: Path | None, memory: int) -> None:
        self.usable = True
        self._uses = 0
        self._ready = False
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
            # It is isolated (-I), yet has to find the packages that the worker finds, wherever they were installed.
            [sys.executable, "-I", str(_CHILD), str(directory.resolve()) if directory else "", str(memory), *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Nothing of ours: the environment may hold the secret key.
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"},
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asks, self._answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._asks, False)
        os.set_blocking(self._answers, False)
        self._starts_by = THREADS.monotonic() + READY_WITHIN

    def ask(self, asked: bytes, deadline: float) -> dict[str, Any]:
        """The answer to a frame. Raises _Broken, and is of no more use then."""
        try:
            if not self._ready:
                self._wait_until_ready(deadline)
            self._write(HEADER.pack(len(asked)) + asked, deadline)
            answered = self._frame(deadline)
        except _Broken as broken:
            if self._ready or THREADS.monotonic() >= self._starts_by or not broken.hung:
                self.kill()
            raise
        self._uses += 1
        if answered.get("retire") is True or self._uses >= MOST_USES:
            self.kill()
        return answered

    def kill(self) -> None:
        """End it and whatever it has started."""
        self.usable = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not sent yet is lost with the process
                    pipe.close()

    def _wait_until_ready(self, deadline: float) -> None:
        try:
            self._frame(min(deadline, self._starts_by))
        except _Broken as broken:
            if not broken.hung:
                raise
            raise _Broken("its process is still starting", hung=True) from None
        self._ready = True

    def _write(self, data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            self._wait(self._asks, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(self._asks, rest) :]
            except BlockingIOError:
                continue
            except OSError:
                raise _Broken("its process died") from None

    def _frame(self, deadline: float) -> dict[str, Any]:
        (length,) = HEADER.unpack(self._read(HEADER.size, deadline))
        if length > LONGEST_ANSWER + 64:
            raise _Broken("its process answered rubbish")
        try:
            answered = json.loads(self._read(length, deadline))
        except (ValueError, RecursionError):
            raise _Broken("its process answered rubbish") from None
        if not isinstance(answered, dict):
            raise _Broken("its process answered rubbish")
        return answered

    def _read(self, count: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            self._wait(self._answers, select.POLLIN, deadline)
            try:
                part = os.read(self._answers, count - len(parts))
            except BlockingIOError:
                continue
            if not part:
                raise _Broken("its process died: out of memory, or ended by itself")
            parts += part
        return bytes(parts)

    def _wait(self, end: int, wanted: int, deadline: float) -> None:
        left = deadline - THREADS.monotonic()
        ready = select.poll()
        ready.register(end, wanted)
        if left <= 0 or not ready.poll(left * 1_000):
            raise _Broken("it did not answer in time", hung=True)


def _at_once(answer: Transformed) -> Future[Transformed]:
    done: Future[Transformed] = Future()
    done.set_result(answer)
    return done
