"""Editing schedules: every function gives a new schedule, and nobody who is on call moves unless that is asked for.

Whose turn it is follows from the anchor alone. So an edit that keeps who is on turns the list of slots round until the
current turn falls to the same slot: each handoff stays where it is, and the order goes on from there.
"""

from __future__ import annotations

from oncall_tui.domain.schedules.editing.effects import Moved, SchedulePreview, effects
from oncall_tui.domain.schedules.editing.layers import (
    add_layer,
    change_layer,
    move_layer,
    remove_layer,
    rename,
    rename_layer,
    set_timezone,
)
from oncall_tui.domain.schedules.editing.participants import (
    add_participant,
    move_slot,
    remove_participant,
    remove_slot,
    replace_participant,
    set_participants,
)
from oncall_tui.domain.schedules.editing.places import current_place, layer_named, order_from_now

__all__ = [
    "Moved",
    "SchedulePreview",
    "add_layer",
    "add_participant",
    "change_layer",
    "current_place",
    "effects",
    "layer_named",
    "move_layer",
    "move_slot",
    "order_from_now",
    "remove_layer",
    "remove_participant",
    "remove_slot",
    "rename",
    "rename_layer",
    "replace_participant",
    "set_participants",
    "set_timezone",
]
