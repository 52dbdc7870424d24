"""What is typed ahead on a slow line arrives at once, and means what it would have meant letter by letter."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.support.terminal import Terminal
from tests.tui.test_bytes import environment

pytestmark = pytest.mark.unmeasured


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Three hundred open incidents."""
    with Terminal([sys.executable, "-m", "tests.tui.frozen", "300", "still"], environment()) as opened:
        opened.wait_for("unless acknowledged")
        yield opened


def test_letters_after_a_key_that_asks_are_letters(terminal: Terminal) -> None:
    terminal.press("/queue\r")
    shown = terminal.wait_for("60 of 60")
    assert "/ state:open queue" in shown
    assert "300 triggered" in shown, "no letter of it was taken for a command"
    terminal.press("sbo\r")
    terminal.wait_for("assigned: bo")
    terminal.press(":note all of it\r")
    terminal.wait_for("noted: all of it")
    terminal.press("/\x15state:open\r")
    terminal.wait_for("200 of 300")


def test_each_of_a_burst_of_moves_counts(terminal: Terminal) -> None:
    terminal.press("j" * 20 + "y")
    terminal.wait_for("copied: #280")
