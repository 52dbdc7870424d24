"""A lost connection ends the program: it does not turn for ever behind a terminal that is gone."""

from __future__ import annotations

import signal

from tests.support.processes import ONCALL, oncall_environment
from tests.support.terminal import Terminal


def test_a_terminal_that_goes_away_ends_the_program(sqlite_url: str) -> None:
    with Terminal(ONCALL, oncall_environment(sqlite_url), columns=80, rows=24) as terminal:
        terminal.wait_for("Nobody is set up yet")
        terminal.hang_up()
        assert terminal.process.wait(10) == -signal.SIGHUP
