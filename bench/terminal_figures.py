"""One program on a pseudo-terminal, here or behind an sshd: when it can be used, what it costs, how it answers keys."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from tests.support.ssh import Sshd
from tests.support.terminal import Terminal

KEYS = 30
ANSWER = 0.5  # seconds after which a key counts as not answered
PAUSE = 0.08  # between two keys


@dataclass(frozen=True, slots=True)
class Program:
    """What is started, and a text that shows that it can be used. `sshd`: it runs at the other end of that server."""

    command: Sequence[str]
    env: Mapping[str, str]
    text: str
    sshd: Sshd | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds to the awaited text, of wall and of CPU; to a repaint; bytes a cursor move; MiB resident."""

    usable: float
    cpu: float
    repaint: float
    move: float
    memory: float


class Running:
    """A program that was started and can be used."""

    def __init__(self, program: Program) -> None:
        self._folder = tempfile.TemporaryDirectory()
        noted = Path(self._folder.name) / "pid"
        # The same way in for all of them: a shell that notes which process the program will be.
        command = ["sh", "-c", 'echo $$ > "$0"; exec "$@"', str(noted), *program.command]
        env = dict(program.env)
        if program.sshd is not None:
            there = {name: value for name, value in env.items() if name not in os.environ or os.environ[name] != value}
            command = program.sshd.command(command, {"COLORTERM": "truecolor", "PATH": os.environ["PATH"], **there})
        self.terminal = Terminal(command, env, columns=80, rows=24)
        self.terminal.wait_for(program.text)
        self.usable = (time.monotonic() - self.terminal.started_at) * 1000
        self.pid = int(noted.read_text())
        self.usable_cpu = self.cpu()

    def cpu(self) -> float:
        """Milliseconds of CPU that it has used so far, ended threads included (clock_getcpuclockid(3))."""
        return time.clock_gettime((~self.pid << 3) | 2) * 1000

    def memory(self) -> float:
        """Its resident memory, MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def answer(self, key: str) -> float:
        """Milliseconds from a key to the first byte of what is drawn for it."""
        self.terminal.mark()  # what came before is no answer
        start = time.monotonic()
        self.terminal.press(key)
        return (self.terminal.next_byte_at(ANSWER) - start) * 1000

    def close(self) -> None:
        """End it."""
        self.terminal.close()
        self._folder.cleanup()


def once(program: Program, quiet: float) -> Figures:
    """Start it, press keys, end it."""
    running = Running(program)
    try:
        running.terminal.settle(quiet)
        took, weighed = [], []
        for _ in range(KEYS // 10):
            for key in ["down"] * 5 + ["up"] * 5:
                mark = running.terminal.mark()
                took.append(running.answer(key))
                running.terminal.settle(min(quiet, PAUSE))
                weighed.append(running.terminal.bytes_since(mark))
        return Figures(
            usable=running.usable,
            cpu=running.usable_cpu,
            repaint=statistics.median(took),
            move=statistics.median(weighed),
            memory=running.memory(),
        )
    finally:
        running.close()


def measured(programs: Sequence[Program], launches: int, *, quiet: float = 0.3) -> list[Figures]:
    """Each one's median of some launches, after one that warms the caches.

    They take turns, so that whatever else the machine does is shared by all of them.
    """
    rounds = [[once(program, quiet) for program in programs] for _ in range(launches + 1)][1:]
    return [_median(list(runs)) for runs in zip(*rounds, strict=True)]


def _median(runs: Sequence[Figures]) -> Figures:
    return Figures(*(statistics.median(getattr(run, one.name) for run in runs) for one in fields(Figures)))
