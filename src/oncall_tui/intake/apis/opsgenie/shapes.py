"""Alerts, notes, logs and requests as Opsgenie's clients know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from oncall_tui.domain.severity import Severity
from oncall_tui.intake.sources.paging.opsgenie import OWN_LABELS
from oncall_tui.intake.sources.paging.opsgenie_ids import Came, Did, RequestId, alert_id
from oncall_tui.ops.sent_alerts import Line, SentAlert

Json = Mapping[str, Any]

PRIORITIES = {
    Severity.CRITICAL: "P1",
    Severity.HIGH: "P2",
    Severity.MEDIUM: "P3",
    Severity.LOW: "P4",
    Severity.INFO: "P5",
}
_ACTIONS = {
    Did.CREATE: ("Create", "Created alert"),
    Did.ACKNOWLEDGE: ("Acknowledge", "Alert acknowledged"),
    Did.UNACKNOWLEDGE: ("UnAcknowledge", "Alert unacknowledged"),
    Did.CLOSE: ("Close", "Closed alert"),
    Did.SNOOZE: ("Snooze", "Alert snoozed"),
    Did.NOTE: ("AddNote", "Added note to alert"),
    Did.ASSIGN: ("AssignOwnership", "Assigned alert"),
    Did.ESCALATE: ("EscalateToNext", "Escalated alert to next"),
    Did.RESPONDERS: ("AddResponder", "Noted the responder on the alert"),
    Did.TEAM: ("AddTeam", "Noted the team on the alert"),
    Did.TAGS: ("AddTags", "Added tags to alert"),
    Did.UNTAG: ("RemoveTags", "Removed tags from alert"),
    Did.DETAILS: ("AddDetails", "Added details to alert"),
    Did.UNDETAIL: ("RemoveDetails", "Removed details from alert"),
    Did.ACTION: ("ExecuteCustomAction", "Noted the action on the alert"),
    Did.MESSAGE: ("UpdateMessage", "Updated message of alert"),
    Did.DESCRIPTION: ("UpdateDescription", "Updated description of alert"),
    Did.PRIORITY: ("UpdatePriority", "Updated priority of alert"),
    Did.DELETE: ("Delete", "Closed alert"),
    Did.PING: ("Ping", "PONG - Heartbeat received"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at: datetime) -> str:
    """An instant to the millisecond, as Opsgenie writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def short_shape(alert: SentAlert) -> Json:
    """An alert of a list."""
    shape: dict[str, Any] = {
        "id": alert_id(alert.id),
        "tinyId": str(alert.id),
        "alias": alert.key,
        "message": alert.title,
        "status": "open" if alert.open else "closed",
        "acknowledged": alert.acknowledged_by is not None,
        "isSeen": alert.acknowledged_by is not None,
        "tags": tags_of(alert),
        "snoozed": alert.snoozed_until is not None,
        "count": alert.count,
        "lastOccurredAt": moment(alert.last_seen_at),
        "createdAt": moment(alert.first_seen_at),
        "updatedAt": moment(alert.closed_at or alert.last_seen_at),
        "source": alert.labels.get("source", ""),
        "owner": ", ".join(alert.assignees) if alert.acknowledged_by is not None else "",
        "priority": PRIORITIES[alert.severity],
        "responders": [],
        "integration": {"id": alert.integration, "name": alert.integration, "type": "API"},
        "report": _report(alert),
    }
    if alert.snoozed_until is not None:
        shape["snoozedUntil"] = moment(alert.snoozed_until)
    return shape


def full_shape(alert: SentAlert) -> Json:
    """One alert with everything."""
    return {
        **short_shape(alert),
        "actions": [],
        "entity": alert.labels.get("entity", ""),
        "description": alert.description,
        "details": {name: value for name, value in alert.labels.items() if name not in OWN_LABELS},
    }


def tags_of(alert: SentAlert) -> list[str]:
    """Its tags, in their order."""
    return [tag for tag in alert.labels.get("tags", "").split(", ") if tag]


def _report(alert: SentAlert) -> Json:
    report: dict[str, Any] = {}
    if alert.acknowledged_at is not None:
        report["ackTime"] = _milliseconds(alert.acknowledged_at - alert.first_seen_at)
        report["acknowledgedBy"] = alert.acknowledged_by
    if alert.closed_at is not None:
        report["closeTime"] = _milliseconds(alert.closed_at - alert.first_seen_at)
        report["closedBy"] = alert.closed_by or ""
    return report


def _milliseconds(span: timedelta) -> int:
    return max(0, int(span / timedelta(milliseconds=1)))


def notes_shape(lines: Iterable[Line]) -> Sequence[Json]:
    """What was written down, the newest first."""
    return [
        {"note": line.text, "owner": line.by or "", "createdAt": moment(line.at), "offset": str(line.id)}
        for line in reversed([*lines])
        if line.kind == "note"
    ]


def logs_shape(lines: Iterable[Line]) -> Sequence[Json]:
    """The timeline, the newest first."""
    return [
        {
            "log": line.text,
            "type": "alertRecipient" if line.kind == "paged" else "system",
            "owner": line.by or "System",
            "createdAt": moment(line.at),
            "offset": str(line.id),
        }
        for line in reversed([*lines])
    ]


def status_shape(request: RequestId, alert: SentAlert | None) -> Json:
    """What became of a request."""
    action, done = _ACTIONS[request.did]
    success = request.came is Came.DONE
    if request.came is Came.NO_ALERT:
        done = "Alert does not exist. There is no open alert"  # Zabbix asks again until it reads the latter
    elif request.came is Came.REFUSED:
        done = "The alert is not in a state for it: see its logs"
    elif request.did is Did.CREATE and alert is None:
        done = "Taken; it opened no alert"
    at = _EPOCH + timedelta(seconds=request.at) if request.at else None
    if at is None and alert is not None:
        at = alert.first_seen_at
    return {
        "success": success,
        "isSuccess": success,
        "action": action,
        "status": done,
        **({"processedAt": moment(at)} if at is not None else {}),
        "integrationId": alert.integration if alert is not None else "",
        "alertId": alert_id(alert.id) if alert is not None else "",
        "alias": alert.key if alert is not None else "",
    }
