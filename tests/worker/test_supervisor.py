"""A part that dies is started again; one that keeps dying ends the process."""

from __future__ import annotations

import threading

from oncall_tui.clock import ManualClock
from oncall_tui.domain.errors import WrongRevision
from oncall_tui.running import Flag
from oncall_tui.worker.parts import Pulse
from oncall_tui.worker.supervisor import TOO_MANY, Supervisor
from tests.support.processes import PATIENCE
from tests.support.worlds import T0


class Part:
    """Runs what it is given each time it is started."""

    name = "part"

    def __init__(self, *runs: object) -> None:
        self.runs = list(runs)
        self.started = 0
        self.done = threading.Event()
        self.pulse = Pulse()

    def wake(self) -> None:
        self.pulse.wake()

    def run(self, stop: Flag) -> None:
        self.started += 1
        fault = self.runs.pop(0) if self.runs else None
        if isinstance(fault, Exception):
            raise fault
        self.done.set()
        while not stop.is_set():
            self.pulse.wait(PATIENCE)


def test_a_part_that_dies_is_started_again() -> None:
    part = Part(RuntimeError("a fault of ours"))
    supervisor = Supervisor((part,), ManualClock(T0), restart_after=0.0)
    supervisor.start()
    assert part.done.wait(PATIENCE)
    assert supervisor.join(PATIENCE)
    assert (part.started, supervisor.deaths, supervisor.gave_up) == (2, 1, None)


def test_a_part_that_keeps_dying_ends_the_process() -> None:
    part = Part(*(RuntimeError("again") for _ in range(TOO_MANY)))
    supervisor = Supervisor((part,), ManualClock(T0), restart_after=0.0)
    supervisor.start()
    assert supervisor.stop.wait(PATIENCE)
    assert supervisor.join(PATIENCE)
    assert (supervisor.gave_up, part.started) == ("part", TOO_MANY)


def test_a_database_of_another_version_ends_the_process_at_once() -> None:
    part = Part(WrongRevision("the database is newer"))
    supervisor = Supervisor((part,), ManualClock(T0), restart_after=0.0)
    supervisor.start()
    assert supervisor.stop.wait(PATIENCE)
    assert supervisor.join(PATIENCE)
    assert (supervisor.gave_up, part.started) == ("part", 1)


def test_a_part_that_does_not_end_is_told() -> None:
    class Stubborn(Part):
        def run(self, stop: Flag) -> None:
            self.done.wait(PATIENCE)

    part = Stubborn()
    supervisor = Supervisor((part,), ManualClock(T0))
    supervisor.start()
    assert not supervisor.join(0.05)
    part.done.set()


def test_a_wake_between_two_waits_is_not_lost() -> None:
    pulse = Pulse()
    pulse.wake()
    pulse.wait(60)
    pulse.wait(0)
