"""Whether an open incident has the timer that its state demands (RULES, Escalation)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.incident.state import Incident
from oncall_tui.domain.incident.timers import due_at, may_rest


class Flaw(StrEnum):
    """What is wrong with an incident's timer, in words."""

    MISSING = "its timer was missing"
    LATE = "its timer stood later than it is due"
    SHOWN_WRONG = "it was shown with another due time than its own"
    STUCK = "nothing would ever have happened to it again"


def flaw_of(
    incident: Incident, *, timer: datetime | None, shown: datetime | None, now: datetime, put_off: timedelta
) -> Flaw | None:
    """What is wrong with the timer, if anything is; `shown` is the due time kept for queries.

    A timer earlier than needed is right: somebody wants the incident looked at again. One that is later is right only
    for an incident that is due and was put off, which is by `put_off` at the most.
    """
    due = due_at(incident)
    if due is None:
        if not may_rest(incident):
            return Flaw.STUCK
    elif timer is None:
        return Flaw.MISSING
    elif timer > due and (due > now or timer > now + put_off):
        return Flaw.LATE
    return Flaw.SHOWN_WRONG if shown != due else None
