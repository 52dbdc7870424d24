"""What senders' events do to an incident that is open (RULES, Incidents: Keys, Severity, Urgency)."""

from __future__ import annotations

from oncall_tui.domain.incident.acts import resolve, sender_acknowledged
from oncall_tui.domain.incident.causes import AlertJoined, AlertRepeated, AlertsResolved, Event
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.incident.escalation import start_all
from oncall_tui.domain.incident.reaching import reach_user
from oncall_tui.domain.incident.state import Place, State
from oncall_tui.domain.severity import Severity, Urgency, worst


def take_event(draft: Draft, cause: Event) -> None:
    """Take in what a sender says about an open incident; what comes after its end changes nothing."""
    if draft.incident.state is State.RESOLVED:
        return
    match cause:
        case AlertJoined():
            draft.say("joined", f"{cause.title}: {cause.because}", by=cause.by)
            _raise_severity(draft, cause.severity)
        case AlertRepeated():
            if cause.title is not None:
                draft.put(title=cause.title)
            if cause.description is not None:
                draft.put(description=cause.description)
            _raise_severity(draft, cause.severity)
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


def _raise_severity(draft: Draft, severity: Severity) -> None:
    """Severity is the highest seen; when urgency turns high by it, step 1 starts or the holder is paged."""
    incident = draft.incident
    highest = worst(incident.severity, severity)
    if highest is incident.severity:
        return
    draft.put(severity=highest)
    draft.say("severity", f"severity raised from {incident.severity} to {highest}")
    service = draft.world.services.get(incident.service)
    urgency = service.urgency_of(highest, draft.now) if service is not None else Urgency.HIGH
    if incident.urgency is Urgency.HIGH or urgency is Urgency.LOW:
        return
    draft.put(urgency=Urgency.HIGH)
    draft.say("urgency", "urgency is high now")
    if incident.state is State.ACKNOWLEDGED:
        _page_holder(draft)
    elif incident.hold_until is None:
        start_all(draft)


def _page_holder(draft: Draft) -> None:
    for username in draft.incident.assignees:
        user = draft.world.users.get(username)
        if user is not None and user.reachable:
            lead = draft.incident.lead
            place = Place(0, lead.step if lead else 0, lead.round if lead else 1)
            reach_user(draft, username, place, PageKind.URGENT, "its urgency is high now")
