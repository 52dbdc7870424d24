"""When an incident wants to be looked at again, and which states may have no such time."""

from __future__ import annotations

from datetime import datetime

from oncall_tui.domain.incident.state import Fallback, Incident, Phase, State, earliest
from oncall_tui.domain.severity import Urgency

LOOKS_AGAIN = (Phase.WAITING, Phase.SILENT, Phase.NOTIFIED)
"""Who looks again when the directory changes: they wait for somebody to reach, a window's end, or support hours."""
IN_VAIN = (Fallback.UNREACHED, Fallback.FAILED)
"""So do exhausted runs whose last resort has reached nobody."""


def looks_again(incident: Incident) -> bool:
    """Whether a change of the directory may concern an open incident. Of several policies each may wait by itself."""
    own = any(run.phase is Phase.WAITING or run.fallback in IN_VAIN for run in incident.runs)
    return incident.phase in LOOKS_AGAIN or own


def due_at(incident: Incident) -> datetime | None:
    """The earliest instant at which time alone changes this incident; None when nothing ever will."""
    if incident.state is State.RESOLVED:
        return None
    rules = (pending.due_at for pending in incident.pending)
    runs = (run.due_at for run in incident.runs)
    quiet = incident.hold_until, incident.silent_until
    return earliest(*quiet, incident.urgency_at, incident.ack_ends_at, incident.snoozed_until, *rules, *runs)


def may_rest(incident: Incident) -> bool:
    """Whether this state is legal without a timer (RULES, Escalation: the last line)."""
    match incident.state:
        case State.RESOLVED:
            return True
        case State.ACKNOWLEDGED:
            return incident.ack_ends_at is None and incident.snoozed_until is None
        case _:
            return all(
                run.phase in (Phase.WAITING, Phase.NOTIFIED)
                or (run.phase is Phase.EXHAUSTED and (run.policy.remind is None or incident.urgency is Urgency.LOW))
                for run in incident.runs
            )
