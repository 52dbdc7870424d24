"""What people and channels are told about shifts, and when: pure, from the one resolver."""

from __future__ import annotations

from oncall_tui.domain.notices.due import due_in, look_again_at
from oncall_tui.domain.notices.reaching import contacts_for
from oncall_tui.domain.notices.useful import worth_sending
from oncall_tui.domain.notices.values import (
    SILENT,
    ChannelNotice,
    Due,
    DueToChannel,
    Handoff,
    Moment,
    ScheduleNotices,
    ShiftNotice,
)

__all__ = [
    "SILENT",
    "ChannelNotice",
    "Due",
    "DueToChannel",
    "Handoff",
    "Moment",
    "ScheduleNotices",
    "ShiftNotice",
    "contacts_for",
    "due_in",
    "look_again_at",
    "worth_sending",
]
