"""A program on a pseudo-terminal: started, typed at, read as a screen, and weighed in bytes.

    with Terminal([sys.executable, "-m", "oncall_tui"], env, columns=80, rows=24) as terminal:
        terminal.wait_for("Checkout 5xx")       # a condition, never a sleep
        mark = terminal.mark()
        terminal.press("down")
        terminal.settle()                       # until nothing has come for a while
        assert terminal.bytes_since(mark) <= 400

The screen is what a terminal would show (pyte). `raw` is every byte the program wrote, for tests of what must never
reach a terminal. `tests.support.processes.Terminal` drives a real tmux; this one can count.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

PATIENCE = 90.0  # seconds that a condition may take: a guard against hanging, never a measure of speed
QUIET = 0.08  # seconds without a byte that count as settled

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "tab": "\t",
    "backspace": "\x7f",
    "ctrl+q": "\x11",
    "ctrl+c": "\x03",
    "ctrl+p": "\x10",
    "ctrl+u": "\x15",
}

# What a terminal answers when asked who it is and what it can do; silence makes programs wait.
_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}


class Terminal:
    """The program, its screen, and every byte it wrote."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, columns: int = 80, rows: int = 24) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = bytearray()
        self.started_at = time.monotonic()
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._master = master
        settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **env}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=settings, start_new_session=True, close_fds=True
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def press(self, *keys: str) -> None:
        """Send keys by name (see KEYS), or text as it is."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    @property
    def screen(self) -> str:
        """What the screen shows now, lines without trailing blanks."""
        self._read(0)
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def cells(self) -> list[list[tuple[object, ...]]]:
        """What each cell shows now: a blank one its ground, any other its character and colours, too."""
        self._read(0)
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))
        cells = ([row[x] for x in range(self._screen.columns)] for row in rows)
        return [[(c.bg, c.reverse, *((c.data, c.fg, c.bold) if c.data.strip() else ())) for c in row] for row in cells]

    def wait_for(self, wanted: str | Callable[[str], bool], patience: float = PATIENCE) -> str:
        """The screen once it holds the text (or the condition); fails showing the screen when it never does."""
        end = time.monotonic() + patience
        while True:
            shown = self.screen
            if wanted(shown) if callable(wanted) else wanted in shown:
                return shown
            if time.monotonic() > end:
                raise AssertionError(f"waited {patience:.0f} s in vain for {wanted!r}; the screen shows:\n{shown}")
            if not self._read(0.02) and self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode} before {wanted!r}; it shows:\n{shown}")

    def wait_gone(self, unwanted: str, patience: float = PATIENCE) -> str:
        """The screen once it no longer holds the text."""
        return self.wait_for(lambda shown: unwanted not in shown, patience)

    def settle(self, quiet: float = QUIET, patience: float = PATIENCE) -> None:
        """Read until nothing has come for `quiet` seconds."""
        end = time.monotonic() + patience
        last = time.monotonic()
        while time.monotonic() - last < quiet:
            if self._read(quiet / 4):
                last = time.monotonic()
            if time.monotonic() > end:
                raise AssertionError(f"it never was quiet for {quiet} s; the screen shows:\n{self.screen}")

    def next_byte_at(self, patience: float) -> float:
        """When the next byte came, by the monotonic clock; when patience ended, if none did. It is not read yet.

        Waits in the kernel: one who looks in circles takes a processor from the program that is waited for.
        """
        select.select([self._master], [], [], patience)
        return time.monotonic()

    def mark(self) -> int:
        """A place in the stream of bytes."""
        self._read(0)
        return len(self.raw)

    def bytes_since(self, mark: int) -> int:
        """How many bytes came since the mark."""
        self._read(0)
        return len(self.raw) - mark

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def wait_ended(self, patience: float = PATIENCE) -> int:
        """Its exit status once it has ended."""
        end = time.monotonic() + patience
        while self.process.poll() is None:
            self._read(0.02)
            if time.monotonic() > end:
                raise AssertionError(f"it did not end within {patience:.0f} s; the screen shows:\n{self.screen}")
        return int(self.process.returncode)

    def hang_up(self) -> None:
        """Take the terminal away, as a lost connection does."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDONLY)

    def close(self) -> None:
        """End the program if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self._master)

    def _read(self, seconds: float) -> bool:
        """Take in what has come, waiting so long for the first byte; whether anything came."""
        came = False
        while select.select([self._master], [], [], 0 if came else seconds)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # Linux reports EIO when the last process has closed its side
                return came
            if not data:
                return came
            came = True
            self.raw += data
            for question, answer in _ANSWERS.items():
                for _ in range(data.count(question)):
                    os.write(self._master, answer)
            self._stream.feed(data)
        return came
