"""Schedules and the one resolver that says who is on call, when, and because of what (RULES, Schedules)."""

from __future__ import annotations

from oncall_tui.domain.schedules.absence import taken_off_by
from oncall_tui.domain.schedules.answers import Coverage, Gap, NamedLane, OnCallNow, Segment, Shift, Stint
from oncall_tui.domain.schedules.problems import BrokenSchedule, problems
from oncall_tui.domain.schedules.resolve import (
    HORIZON,
    lanes,
    next_change_at,
    next_on_call_at,
    on_call,
    resolve,
    stint,
    stretch,
    users_on_call,
)
from oncall_tui.domain.schedules.values import (
    FixedShift,
    Layer,
    Override,
    Restriction,
    Rotation,
    Schedule,
    Slot,
    Temporary,
)
from oncall_tui.domain.schedules.windows import within

__all__ = [
    "HORIZON",
    "BrokenSchedule",
    "Coverage",
    "FixedShift",
    "Gap",
    "Layer",
    "NamedLane",
    "OnCallNow",
    "Override",
    "Restriction",
    "Rotation",
    "Schedule",
    "Segment",
    "Shift",
    "Slot",
    "Stint",
    "Temporary",
    "lanes",
    "next_change_at",
    "next_on_call_at",
    "on_call",
    "problems",
    "resolve",
    "stint",
    "stretch",
    "taken_off_by",
    "users_on_call",
    "within",
]
