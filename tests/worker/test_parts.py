"""A pulse: a wake is heard at once by who sends pages, and a moment later by everybody else."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.running import THREADS, Flag, Pool, Queue, Task
from oncall_tui.worker.parts import Pulse, step_on


class Still:
    """Time that moves by pauses alone."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def flag(self) -> Flag:
        return threading.Event()

    def start(self, name: str, work: Any) -> Task:
        raise NotImplementedError

    def queue(self) -> Queue:
        return THREADS.queue()

    def future(self) -> Future[Any]:
        return Future()

    def pool(self, size: int, name: str) -> Pool:
        raise NotImplementedError


def woken(pulse: Pulse, seconds: float) -> None:
    pulse.wake()
    pulse.wait(seconds)


def test_the_first_wake_is_heard_at_once_and_the_next_after_a_rest() -> None:
    still = Still()
    pulse = Pulse(still, rest=0.05)
    woken(pulse, 2)
    assert still.pauses == []
    still.now += 0.02
    woken(pulse, 2)
    assert still.pauses == pytest.approx([0.03])


def test_a_loop_that_gives_way_looks_a_moment_after_each_wake() -> None:
    still = Still()
    pulse = Pulse(still, rest=0.05, gives_way=0.01)
    woken(pulse, 2)
    still.now += 1
    woken(pulse, 2)
    assert still.pauses == pytest.approx([0.01, 0.01])


def test_it_gives_way_no_longer_than_to_its_own_instant() -> None:
    """A timer due in 4 ms is not late because somebody has committed something."""
    still = Still()
    woken(Pulse(still, gives_way=0.01), 0.004)
    assert still.pauses == pytest.approx([0.004])


class Away:
    """A part that finds the database away at its second step, and stops at its fourth."""

    name = "away"

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.steps = 0

    def step(self) -> float:
        self.steps += 1
        if self.steps == 2:
            raise DatabaseAway("nobody answers", mend="wait")
        if self.steps == 4:
            self.stop.set()
        return float(self.steps)

    def wake(self) -> None:
        raise NotImplementedError

    def run(self, stop: Flag) -> None:
        raise NotImplementedError


def test_an_outage_is_said_and_waited_out_between_steps(caplog: pytest.LogCaptureFixture) -> None:
    part, rests = Away(), list[float]()
    step_on(part, part.stop, rest=rests.append, after_outage=0.5)
    assert rests == [1.0, 0.5, 3.0, 4.0]
    assert caplog.messages == ["away: nobody answers; trying again"]


def test_what_is_no_outage_ends_the_loop() -> None:
    part = Away()
    part.step = lambda: 1 / 0  # type: ignore[method-assign] # a fault of ours: the supervisor's to mend
    with pytest.raises(ZeroDivisionError):
        step_on(part, part.stop, rest=lambda _: None, after_outage=0.5)
