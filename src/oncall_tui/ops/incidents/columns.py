"""What queries look at of an incident beside its document, and whether a change shows there."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import Any

from oncall_tui.domain.incident import Incident
from oncall_tui.ops.incidents.codec import encode

_STANDS = (
    *("severity", "urgency", "state", "silent_until", "assignees", "acknowledged_at", "acknowledged_by", "resolved_at"),
    *("resolved_by", "resolution", "merged_into", "version"),
)
_shown = attrgetter("title", "description", "labels", *_STANDS)
stands = attrgetter("runs", *_STANDS)
"""All that `columns` looks at beside an incident's words."""


def is_hidden(row: dict[str, Any]) -> bool:
    """Whether queries see nothing of the change but its next instant, as of most answers of providers."""
    return "state" not in row


def looks_the_same(before: Incident, after: Incident) -> bool:
    """Whether `columns` would give the same for both, the document and the next instant aside."""
    return before.runs is after.runs and _shown(before) == _shown(after)


def columns(incident: Incident, next_due_at: datetime | None) -> dict[str, Any]:
    """An incident's document, and what queries look at beside it."""
    lead = incident.lead
    return {
        "document": encode(incident),
        "title": incident.title,
        "description": incident.description,
        "severity": incident.severity.value,
        "severity_rank": incident.severity.rank,
        "urgency": incident.urgency.value,
        "state": incident.state.value,
        "phase": incident.phase.value,
        "step": lead.step if lead else 0,
        "round": lead.round if lead else 1,
        "assignees": list(incident.assignees),
        "labels": dict(incident.labels),
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
        "resolution": incident.resolution,
        "merged_into": incident.merged_into,
        "next_due_at": next_due_at,
        "version": incident.version,
    }
