"""A lost connection ends the program: it does not turn for ever behind a terminal that is gone."""

from __future__ import annotations

import signal
import sys

import pytest

from oncall_tui.tui.tty.hangup import HUNG_UP
from tests.support.processes import ONCALL, oncall_environment
from tests.support.terminal import Terminal

pytestmark = pytest.mark.unmeasured


def test_a_terminal_that_goes_away_ends_the_program(sqlite_url: str) -> None:
    with Terminal(ONCALL, oncall_environment(sqlite_url), columns=80, rows=24) as terminal:
        terminal.wait_for("Nobody is set up yet")
        terminal.hang_up()
        assert terminal.process.wait(10) in (-signal.SIGHUP, HUNG_UP)


def test_who_ends_the_program_from_elsewhere_gets_the_terminal_back(sqlite_url: str) -> None:
    with Terminal(ONCALL, oncall_environment(sqlite_url), columns=80, rows=24) as terminal:
        terminal.wait_for("Nobody is set up yet")
        assert b"\x1b]2;oncall\x07" in terminal.raw
        terminal.process.terminate()
        assert terminal.wait_ended() == 0
        terminal.settle()
        written = bytes(terminal.raw)
        assert written.rfind(b"\x1b[?1049l") > written.rfind(b"\x1b[?1049h"), "the usual screen"
        assert written.rfind(b"\x1b]2;\x07") > written.rfind(b"\x1b]2;oncall\x07"), "no title of ours"
        assert written.rfind(b"\x1b[?1000l") > written.rfind(b"\x1b[?1000h"), "and mouse"


def test_also_where_sighup_is_ignored(sqlite_url: str) -> None:
    deaf = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    with Terminal([sys.executable, "-c", deaf, *ONCALL], oncall_environment(sqlite_url)) as terminal:
        terminal.wait_for("Nobody is set up yet")
        terminal.hang_up()
        assert terminal.process.wait(10) == HUNG_UP
