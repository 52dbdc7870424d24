"""Why somebody whom the layers put on call is not: the override, or the temporary schedule, that takes them off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.schedules.plan import told
from oncall_tui.domain.schedules.problems import BrokenSchedule
from oncall_tui.domain.schedules.resolve import users_on_call
from oncall_tui.domain.schedules.values import Schedule


def taken_off_by(schedule: Schedule, user: str, at: datetime) -> str | None:
    """What takes a person off call at an instant, in words; None when nothing does, or the schedule is broken."""
    try:
        if user in users_on_call(schedule, at):
            return None
        for place in range(len(schedule.overrides) - 1, -1, -1):
            override = schedule.overrides[place]
            others = (*schedule.overrides[:place], *schedule.overrides[place + 1 :])
            covers = override.start <= at < override.end
            if covers and user in users_on_call(replace(schedule, overrides=others), at):
                return told(override)
        if schedule.temporaries and user in users_on_call(replace(schedule, temporaries=()), at):
            return "a temporary schedule takes its place"
    except BrokenSchedule:
        return None
    return None
