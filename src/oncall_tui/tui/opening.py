"""The terminal put together: on a real database and a real terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.ops_backend import OpsBackend
from oncall_tui.tui.remembering import Memory, usual_place
from oncall_tui.tui.tty.escaping import read_escapes_alone
from oncall_tui.tui.tty.hangup import end_when_the_terminal_is_gone
from oncall_tui.tui.tty.patience import wait_patiently
from oncall_tui.tui.tty.quiet_logs import kept_off_the_screen

if TYPE_CHECKING:
    from oncall_tui.settings import Settings


def run(settings: Settings, *, prepare: Callable[[Settings], None] | None = None, remembers: bool = True) -> None:
    """Open the terminal on the configured database until somebody quits; `prepare` makes a missing one.

    `remembers`: how the screen is left is kept for the next run.
    """
    end_when_the_terminal_is_gone(sys.stdin.fileno())
    read_escapes_alone()
    wait_patiently()
    with kept_off_the_screen():
        OncallApp(
            OpsBackend(settings, prepare=prepare),
            keymap=settings.keymap,
            theme=settings.theme,
            memory=Memory(usual_place(settings.user or "")) if remembers else None,
        ).run()
