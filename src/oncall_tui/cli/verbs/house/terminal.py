"""`oncall` without a verb: the terminal UI."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.opening import make_database, settings_of_flags

if TYPE_CHECKING:
    from oncall_tui.settings import Settings


def open_terminal() -> None:
    """Open the UI on the configured database, which is made if it is a SQLite one that is not there yet."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("the terminal UI needs a terminal; see 'oncall incidents' for a list")
    settings = settings_of_flags()
    run_terminal(settings)


def run_terminal(settings: Settings, *, remembers: bool = True) -> None:
    """Open the UI with these settings; it makes the database itself, after its first paint."""
    from oncall_tui.tui import starting

    starting.begin()
    from oncall_tui.tui.opening import run

    run(settings, prepare=make_database, remembers=remembers)
