"""A new page for whoever sits here: a bell, the window's title, and a notification when nobody looks."""

from __future__ import annotations

import os

from textual import events

from oncall_tui.tui.commands.commanding import CommandingApp
from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.tty.terminal import BELL, notifying, titled


class RingingApp(CommandingApp):
    """Tells each page of mine once. What was there when the terminal was opened was told by other means."""

    _told_of: frozenset[int] | None = None
    _title = ""
    _looked_at = True

    def on_app_blur(self, _: events.AppBlur) -> None:
        self._looked_at = False

    def on_app_focus(self, _: events.AppFocus) -> None:
        self._looked_at = True

    def forget_title(self) -> None:
        """Leave no title behind that tells of fires when nobody looks any more."""
        if self._title:
            self.write_out(titled(""))

    def ring(self, snapshot: Snapshot) -> None:
        """Tell what is new since the snapshot before."""
        numbers = frozenset(number for number, _ in snapshot.mine)
        new = [] if self._told_of is None else [one for one in snapshot.mine if one[0] not in self._told_of]
        self._told_of = numbers
        if new:
            self.write_out(BELL)
            if not self._looked_at:
                more = f" and {len(new) - 1} more" if len(new) > 1 else ""
                self.write_out(notifying(f"oncall #{new[0][0]} {new[0][1]}{more}", os.environ))
        burning = sum(snapshot.status.triggered.values())
        title = f"oncall: {burning} triggered" if burning else "oncall"
        if title != self._title:
            self._title = title
            self.write_out(titled(title))
