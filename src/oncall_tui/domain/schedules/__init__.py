"""Who is on call: one resolver for engine, calendar, command line and feeds."""

from oncall_tui.domain.schedules.model import (
    BrokenSchedule,
    Coverage,
    FixedShift,
    Gap,
    Layer,
    Override,
    Restriction,
    Rotation,
    Schedule,
    Shift,
    Slot,
    Temporary,
)
from oncall_tui.domain.schedules.problems import problems
from oncall_tui.domain.schedules.resolve import (
    Lane,
    OnCallNow,
    lanes,
    next_change_at,
    next_on_call_at,
    on_call,
    resolve,
    users_on_call,
)
from oncall_tui.domain.schedules.windows import within

__all__ = [
    "BrokenSchedule",
    "Coverage",
    "FixedShift",
    "Gap",
    "Lane",
    "Layer",
    "OnCallNow",
    "Override",
    "Restriction",
    "Rotation",
    "Schedule",
    "Shift",
    "Slot",
    "Temporary",
    "lanes",
    "next_change_at",
    "next_on_call_at",
    "on_call",
    "problems",
    "resolve",
    "users_on_call",
    "within",
]
