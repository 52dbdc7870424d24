"""The terminal over a real OpenSSH, as terminals call themselves there: drawn, obeyed, and left as it was."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.house import House
from tests.support.processes import ONCALL, oncall_environment
from tests.support.ssh import Sshd
from tests.support.terminal import Terminal
from tests.tui.seeded import CONFIG

pytestmark = [pytest.mark.system("sshd"), pytest.mark.system("ssh"), pytest.mark.timeout(300)]

TERMS = ("xterm-256color", "screen", "linux", "vt100")
REST = 0.4  # seconds, longer than the story waits for a resting cursor
ROOT = Path(__file__).parents[2]


class Box:
    """The shared box: a database with an incident for each terminal, and the way in."""

    def __init__(self, folder: Path) -> None:
        self.url = str(folder / "oncall.db")
        self.house = House(self.url, CONFIG, folder, at=datetime.now(UTC))
        for term in TERMS:
            self.house.post(key=term, title=f"Problem seen from {term}", integration="prometheus")
        self.sshd = Sshd(folder)

    def terminal(self, term: str) -> Terminal:
        """`oncall` at the other end of a new connection."""
        here = {"TERM": term, "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
        wanted = oncall_environment(self.url, {"ONCALL_USER": "ana", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"})
        there = {name: wanted[name] for name in wanted if name.startswith(("ONCALL_", "PYTHON", "NO_", "XDG_"))}
        return Terminal(self.sshd.command(ONCALL, there), here)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    made = Box(tmp_path_factory.mktemp("box"))
    try:
        yield made
    finally:
        made.sshd.stop()
        made.house.store.close()


def weighed(terminal: Terminal, key: str, done: Callable[[str], bool]) -> int:
    """The bytes that a key costs on the line, until its answer is there and nothing follows any more."""
    mark = terminal.mark()
    terminal.press(key)
    terminal.wait_for(lambda shown: terminal.bytes_since(mark) > 0 and done(shown))
    terminal.settle(REST)
    return terminal.bytes_since(mark)


@pytest.mark.parametrize("term", TERMS)
def test_a_session(box: Box, term: str) -> None:
    number = TERMS.index(term) + 1
    with box.terminal(term) as terminal:
        terminal.wait_for(lambda shown: "! TRIG" in shown and "a ack" in shown)
        assert "1 Incidents  2 Schedule" in terminal.screen
        terminal.wait_for("next: ")
        terminal.settle(REST)
        assert 0 < weighed(terminal, "down", lambda shown: True) <= 700, (
            "a step of the cursor, and the story that follows"
        )
        assert weighed(terminal, "2", lambda shown: "payments-primary" in shown) <= 8_000
        assert weighed(terminal, "1", lambda shown: "state:open" in shown) <= 8_000
        terminal.press(f"/seen from {term}\r")
        terminal.wait_for(f"#{number}  Problem seen from {term}")
        terminal.settle(REST)
        assert weighed(terminal, "a", lambda shown: f"#{number} acknowledged" in shown) <= 600
        assert box.house.column(number, "acknowledged_by") == "ana"
        terminal.press("q")
        assert terminal.wait_ended() == 0
    left = bytes(terminal.raw)
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1000h", b"\x1b[?1000l")):
        assert on in left
        assert left.rindex(off) > left.rindex(on), "what was switched on is off again"
