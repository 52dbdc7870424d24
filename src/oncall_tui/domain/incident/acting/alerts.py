"""What senders' events do to an incident that is open (RULES, Incidents: Keys, Severity)."""

from __future__ import annotations

from oncall_tui.domain.incident.acting.acts import sender_acknowledged
from oncall_tui.domain.incident.acting.ending import resolve
from oncall_tui.domain.incident.causes import AlertJoined, AlertRepeated, AlertsResolved, Event
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.moves.urgency import raise_severity
from oncall_tui.domain.incident.state import State


def take_event(draft: Draft, cause: Event) -> None:
    """Take in what a sender says about an open incident; what comes after its end changes nothing."""
    if draft.incident.state is State.RESOLVED:
        return
    match cause:
        case AlertJoined():
            draft.say("joined", f"{cause.title}: {cause.because}", by=cause.by)
            raise_severity(draft, cause.severity)
        case AlertRepeated():
            # What a person wrote stays: the sender knows less by now.
            if cause.title is not None and "title" not in draft.incident.edited:
                draft.put(title=cause.title)
            if cause.description is not None and "description" not in draft.incident.edited:
                draft.put(description=cause.description)
            worse = cause.was is None or cause.severity.rank > cause.was.rank
            if worse or "severity" not in draft.incident.edited:
                raise_severity(draft, cause.severity)
        case AlertsResolved():
            _alerts_resolved(draft, cause)
        case _:
            sender_acknowledged(draft, cause.by)


def _alerts_resolved(draft: Draft, cause: AlertsResolved) -> None:
    if cause.remaining:
        for title in cause.titles:
            draft.say("alert_resolved", f"{title}: resolved by its sender, {cause.remaining} still open", by=cause.by)
    else:
        resolve(draft, f"integration {cause.by}", "fixed", f"resolved by integration {cause.by}")
