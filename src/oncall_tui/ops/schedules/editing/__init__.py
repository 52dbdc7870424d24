"""Making, editing and deleting schedules: previewed first, saved only over what the editor saw."""

from __future__ import annotations

from oncall_tui.domain.schedules.editing.effects import Moved, SchedulePreview
from oncall_tui.ops.schedules.editing.deleting import Deletion, delete_schedule
from oncall_tui.ops.schedules.editing.entries import layer_entry, read_layer
from oncall_tui.ops.schedules.editing.saving import SPAN, preview_schedule, save_schedule

__all__ = [
    "SPAN",
    "Deletion",
    "Moved",
    "SchedulePreview",
    "delete_schedule",
    "layer_entry",
    "preview_schedule",
    "read_layer",
    "save_schedule",
]
