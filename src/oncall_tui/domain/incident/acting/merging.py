"""Two incidents that are one: the source ends, the target goes on with its alerts (RULES, Escalation: Merge)."""

from __future__ import annotations

from oncall_tui.domain.errors import LostRace, Refused
from oncall_tui.domain.incident.acting.ending import resolve
from oncall_tui.domain.incident.causes import Absorb, Merge
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.moves.urgency import raise_severity
from oncall_tui.domain.incident.state import State


def merge(draft: Draft, cause: Merge) -> None:
    """The source resolves as merged: nothing of it is paged any more."""
    if cause.into == draft.incident.number:
        raise Refused(f"#{cause.into} can't be merged into itself", mend="name another incident")
    resolve(draft, cause.by, "merged", f"merged into #{cause.into}")
    draft.put(merged_into=cause.into)


def absorb(draft: Draft, cause: Absorb) -> None:
    """The target keeps state, service and policy, and takes the higher severity."""
    incident = draft.incident
    if incident.state is State.RESOLVED:
        raise LostRace(
            f"#{incident.number} is resolved: nothing can be merged into it", mend="merge into one that is open"
        )
    draft.say("absorbed", f"#{cause.number} was merged into this: {cause.title}", by=cause.by)
    raise_severity(draft, cause.severity)
