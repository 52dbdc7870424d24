"""Rows as JSON: the shapes that the command line and REST share (the outside contract, JSON)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oncall_tui.domain.schedules import Coverage
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.ops.reading.directory_rows import ContactRow, PolicyRow, RuleRow, ServiceRow, StepRow, TeamRow, UserRow
from oncall_tui.ops.reading.incidents.story_rows import ChangeRow, IncidentDetail, PageRow, TimelineRow
from oncall_tui.ops.reading.rows import IncidentPage, IncidentRow, OnCallRow

Json = Mapping[str, Any]


def instant_or_none(at: datetime | None) -> str | None:
    """An instant as text."""
    return None if at is None else format_instant(at)


def incident_shape(row: IncidentRow) -> Json:
    """One incident."""
    return {
        "number": row.number,
        "title": row.title,
        "description": row.description,
        "state": row.state,
        "severity": row.severity.value,
        "urgency": row.urgency.value,
        "service": row.service,
        "team": row.team,
        "assignees": list(row.assignees),
        "dedup_key": row.dedup_key,
        "alerts": row.alerts,
        "labels": dict(row.labels),
        "opened_at": format_instant(row.opened_at),
        "acknowledged_at": instant_or_none(row.acknowledged_at),
        "acknowledged_by": row.acknowledged_by,
        "resolved_at": instant_or_none(row.resolved_at),
        "resolution": row.resolution,
        "step": row.step,
        "round": row.round,
        "next_at": instant_or_none(row.next.at) if row.next else None,
        "next": list(row.next.users) if row.next else [],
        "version": row.version,
    }


def incidents_shape(page: IncidentPage) -> Json:
    """A stretch of the queue, whether there is more of it, and how many each group has where it was grouped."""
    shape: dict[str, Any] = {
        "incidents": [incident_shape(row) for row in page.rows],
        "next_cursor": page.next_cursor,
        "more": page.more or page.next_cursor is not None,
    }
    if page.groups:
        shape["groups"] = [
            {"name": row.name, "triggered": row.triggered, "acknowledged": row.acknowledged, "resolved": row.resolved}
            for row in page.groups
        ]
    return shape


def detail_shape(detail: IncidentDetail) -> Json:
    """One incident with its timeline, its pages, and what was changed before it."""
    return {
        **incident_shape(detail.incident),
        "timeline": [timeline_shape(entry) for entry in detail.timeline],
        "pages": [page_shape(page) for page in detail.pages],
        "changes": [change_shape(change) for change in detail.changes],
    }


def change_shape(row: ChangeRow) -> Json:
    """Something that was changed on purpose."""
    return {
        "at": format_instant(row.at),
        "summary": row.summary,
        "source": row.source,
        "integration": row.integration,
        "details": row.details,
        "link": row.link,
    }


def timeline_shape(entry: TimelineRow) -> Json:
    """One thing that happened."""
    return {
        "at": format_instant(entry.at),
        "kind": entry.kind,
        "by": entry.by,
        "via": entry.via,
        "text": entry.text,
    }


def page_shape(page: PageRow) -> Json:
    """One page with every attempt to send it; `digest` only when it does not go out alone."""
    digest = {"digest": {"id": page.digest, "pages": list(page.bundled)}} if page.digest is not None else {}
    return {
        "id": page.id,
        "at": format_instant(page.at),
        "user": page.user,
        "contact": page.contact,
        "step": page.step,
        "round": page.round,
        "state": page.state,
        "attempts": [
            {
                "started_at": format_instant(attempt.started_at),
                "ended_at": format_instant(attempt.ended_at),
                "outcome": attempt.outcome,
                "answer": attempt.answer,
            }
            for attempt in page.attempts
        ],
        "verified": not page.unverified,
        **digest,
    }


def user_shape(row: UserRow) -> Json:
    """A person, how they are reached and by which rules; addresses are redacted before they come here."""
    return {
        "username": row.username,
        "name": row.name,
        "role": row.role,
        "email": row.email,
        "phone": row.phone,
        "timezone": row.timezone,
        "teams": list(row.teams),
        "contacts": [contact_shape(contact) for contact in row.contacts],
        "rules": [rule_shape(number, rule) for number, rule in enumerate(row.rules, 1)],
        "on_call": list(row.on_call),
    }


def contact_shape(row: ContactRow) -> Json:
    """A contact method with what it has shown of itself."""
    return {
        "name": row.name,
        "address": row.address,
        "enabled": row.enabled,
        "verified": row.verified,
        "limit": row.limit,
        "updates": row.updates,
        "last_success_at": instant_or_none(row.last_success_at),
        "last_failure_at": instant_or_none(row.last_failure_at),
        "last_answer": row.last_answer,
    }


def rule_shape(number: int, row: RuleRow) -> Json:
    """A notification rule by its place."""
    return {
        "rule": number,
        "contact": row.contact,
        "delay": format_duration(row.delay),
        "urgency": row.urgency.value if row.urgency else None,
    }


def on_call_shape(row: OnCallRow) -> Json:
    """Who is on call in one schedule; `broken` is there only when the schedule can't be resolved."""
    shape: dict[str, Any] = {
        "schedule": row.schedule,
        "users": list(row.users),
        "since": instant_or_none(row.since),
        "until": instant_or_none(row.until),
        "because": list(row.because),
    }
    return {**shape, "broken": row.broken} if row.broken is not None else shape


def step_shape(policy: str, number: int, step: StepRow) -> Json:
    """A step of a policy and whom it would reach."""
    return {
        "policy": policy,
        "step": number,
        "delay": format_duration(step.delay),
        "targets": list(step.targets),
        "users": list(step.users_now),
    }


def policy_shape(row: PolicyRow) -> Json:
    """A policy, and whom its steps would reach now."""
    return {
        "name": row.name,
        "repeat": row.repeat,
        "remind": format_duration(row.remind) if row.remind is not None else "off",
        "steps": [
            {**step_shape(row.name, number, step), "assign": step.assign} for number, step in enumerate(row.steps, 1)
        ],
        "fallback": list(row.fallback),
        "services": list(row.services),
        "teams": list(row.teams),
    }


def team_shape(row: TeamRow) -> Json:
    """A team: members and policies."""
    return {"name": row.name, "members": list(row.members), "policies": list(row.policies)}


def service_shape(row: ServiceRow) -> Json:
    """A service: healthy while nothing of it is open."""
    return {
        "name": row.name,
        "description": row.description,
        "team": row.team,
        "policies": list(row.policies),
        "healthy": row.healthy,
        "open_incidents": row.open_incidents,
        "integrations": [{"name": name, "kind": kind} for name, kind in row.integrations],
    }


def coverage_shape(schedule: str, coverage: Coverage) -> Json:
    """A schedule's shifts and gaps of a span."""
    return {
        "schedule": schedule,
        "shifts": [
            {
                "user": shift.user,
                "start": format_instant(shift.start),
                "end": format_instant(shift.end),
                "because": list(shift.because),
            }
            for shift in coverage.shifts
        ],
        "gaps": [
            {"start": format_instant(gap.start), "end": format_instant(gap.end), "planned": gap.planned}
            for gap in coverage.gaps
        ],
    }
