"""Watching the watcher: does every open incident go on, do pages leave in time, and who says so."""

from __future__ import annotations

from oncall_tui.ops.watching.alarms import Alarm, alarms
from oncall_tui.ops.watching.auditing import Batch, look, mend
from oncall_tui.ops.watching.lag import Lag, lag
from oncall_tui.ops.watching.reading import Watching, watching
from oncall_tui.ops.watching.reporting import report_mended
from oncall_tui.ops.watching.verdict import is_alive, red

__all__ = [
    "Alarm",
    "Batch",
    "Lag",
    "Watching",
    "alarms",
    "is_alive",
    "lag",
    "look",
    "mend",
    "red",
    "report_mended",
    "watching",
]
