"""From low to high: by a worse alert, by hand, or when support hours begin (RULES, Incidents: Urgency)."""

from __future__ import annotations

from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.incident.moves.escalation import start_all
from oncall_tui.domain.incident.moves.reaching import reach_user
from oncall_tui.domain.incident.state import Place, State, earliest
from oncall_tui.domain.severity import Severity, Urgency, worst


def raise_severity(draft: Draft, severity: Severity) -> None:
    """Severity is the highest seen, never lowered by itself; urgency follows it upwards."""
    before = draft.incident.severity
    highest = worst(before, severity)
    if highest is before:
        return
    draft.put(severity=highest)
    draft.say("severity", f"severity raised from {before} to {highest}")
    look_at_urgency(draft, "urgency is high now")


def look_at_urgency(draft: Draft, why: str) -> None:
    """Turn high if the service says so of this severity at this instant. High stays high."""
    incident = draft.incident
    if incident.urgency_fixed:
        return
    service = draft.world.services.get(incident.service)
    wanted = service.urgency_of(incident.severity, draft.now) if service is not None else Urgency.HIGH
    if incident.urgency is Urgency.LOW and wanted is Urgency.HIGH:
        _turn_high(draft, why)


def watch_support_hours(draft: Draft) -> None:
    """While urgency is low, know when support hours begin; once inside, it turns high."""
    incident = draft.incident
    if incident.urgency_at == draft.now and not draft.has_come(incident.urgency_at):
        return
    service = draft.world.services.get(incident.service)
    begins = None
    low = incident.urgency is Urgency.LOW and not incident.urgency_fixed
    if incident.state is not State.RESOLVED and low and service is not None:
        if service.support_hours is not None:
            look_at_urgency(draft, "support hours have begun: urgency is high now")
        if draft.incident.urgency is Urgency.LOW:
            begins = service.support_from(draft.now)
    if begins != incident.urgency_at:
        draft.put(urgency_at=begins)


def _turn_high(draft: Draft, why: str) -> None:
    draft.put(urgency=Urgency.HIGH)
    draft.say("urgency", why)
    incident = draft.incident
    if incident.state is State.ACKNOWLEDGED:
        ends = earliest(incident.snoozed_until, incident.ack_ends_at)
        if ends is None or ends > draft.now:  # else step 1 begins now anyway
            _page_holder(draft)
    elif not draft.incident.quiet:
        start_all(draft)


def _page_holder(draft: Draft) -> None:
    for username in draft.incident.assignees:
        user = draft.world.users.get(username)
        if user is not None and user.reachable:
            lead = draft.incident.lead
            place = Place(0, lead.step if lead else 0, lead.round if lead else 1)
            reach_user(draft, username, place, PageKind.URGENT, "its urgency is high now")
