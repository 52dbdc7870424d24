"""Stored rows as entries of a config file, for the builder and for the export.

A few keys go beyond a file's: a contact's `enabled` and `verified`, who made an override and when, and a channel
target's `channel` and `display` in its `url`'s place. Secrets are not among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from oncall_tui.domain.time.durations import format_duration
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.storage.directory_rows.reading import PeopleRows, PolicyRows, ScheduleRows
from oncall_tui.storage.looking import AnyRow

Entry = dict[str, Any]


def users(rows: PeopleRows) -> Iterator[Entry]:
    """Every user."""
    for row in rows.users:
        yield {
            "username": row.username,
            "name": row.name,
            "email": row.email,
            "phone": row.phone,
            "timezone": row.timezone,
            "role": row.role,
            "handles": row.handles,
            "holidays": row.holidays,
            "contacts": [_contact(contact) for contact in rows.contacts.get(row.id, ())],
            "rules": [
                {"contact": rule.contact, "delay": _span(rule.delay_seconds), "urgency": rule.urgency}
                for rule in rows.rules.get(row.id, ())
            ],
        }


def _contact(row: AnyRow) -> Entry:
    return {
        "name": row.name,
        "limit": row.limit_text,
        "updates": row.updates,
        "enabled": row.enabled,
        "verified": row.verified_at is not None,
    }


def teams(rows: PeopleRows) -> Iterator[Entry]:
    """Every team."""
    for row in rows.teams:
        yield {
            "name": row.name,
            "members": [member.username for member in rows.members.get(row.id, ())],
            "policies": [policy.name for policy in rows.policies.get(row.id, ())],
        }


def schedule(row: AnyRow, rows: ScheduleRows) -> Entry:
    """One schedule. Raises ValueError when a row of it holds no JSON."""
    return {
        "name": row.name,
        "timezone": row.timezone,
        "layers": [{**json.loads(layer.definition), "name": layer.name} for layer in rows.layers.get(row.id, ())],
        "overrides": [_override(override) for override in rows.overrides.get(row.id, ())],
        "temporary": [
            {
                "start": format_instant(temporary.start_at),
                "end": format_instant(temporary.end_at),
                "shifts": json.loads(temporary.shifts),
                "made_by": temporary.made_by,
                "made_at": temporary.made_at,
            }
            for temporary in rows.temporaries.get(row.id, ())
        ],
        **told(row, rows),
    }


def told(row: AnyRow, rows: ScheduleRows) -> Entry:
    """Whom one schedule tells. Raises ValueError when a row of it holds no JSON."""
    return {
        "handoff": json.loads(row.handoff) if row.handoff is not None else None,
        "notices": [
            {
                "channel": notice.channel_id,
                "display": notice.display,
                "on": "change" if notice.at_time is None else None,
                "at": notice.at_time,
                "days": json.loads(notice.days) if notice.days is not None else None,
            }
            for notice in rows.notices.get(row.id, ())
        ],
    }


def _override(row: AnyRow) -> Entry:
    return {
        "users": json.loads(row.users),
        "replaces": row.replaces,
        "add": _names(row.added),
        "remove": _names(row.removed),
        "start": format_instant(row.start_at),
        "end": format_instant(row.end_at),
        "made_by": row.made_by,
        "made_at": row.made_at,
    }


def _names(text: str | None) -> list[str]:
    """One username as it is, several as a JSON list."""
    if not text:
        return []
    return list(json.loads(text)) if text.startswith("[") else [text]


def policies(rows: PolicyRows) -> Iterator[Entry]:
    """Every policy."""
    for row in rows.policies:
        yield {
            "name": row.name,
            "repeat": row.repeat,
            "remind": _span_or_off(row.remind_seconds),
            "steps": [
                {
                    "delay": _span(step.delay_seconds),
                    "assign": step.assign,
                    "targets": [_target(target) for target in rows.targets.get((row.id, step.id), ())],
                }
                for step in rows.steps.get(row.id, ())
            ],
            "fallback": [_target(target) for target in rows.targets.get((row.id, None), ())],
        }


def _target(row: AnyRow) -> Entry:
    if row.channel_id is not None:
        return {"channel": row.channel_id, "display": row.display}
    named = {"user": row.username, "schedule": row.schedule, "team": row.team}
    return {key: value for key, value in named.items() if value is not None}


def service(row: AnyRow) -> Entry:
    """One service."""
    return {
        "name": row.name,
        "description": row.description,
        "team": row.team,
        "policy": row.policy,
        "grouping": row.grouping,
        "group_labels": row.group_labels,
        "group_window": _span(row.group_window_seconds),
        "urgency": row.urgency,
        "support_hours": row.support_hours,
        "ack_timeout": _span_or_off(row.ack_timeout_seconds),
        "hold_for": _span(row.hold_for_seconds),
        "runbook": row.runbook,
        "labels": row.labels,
    }


def integration(row: AnyRow) -> Entry:
    """One integration, without its key."""
    return {
        "name": row.name,
        "kind": row.kind,
        "service": row.service,
        "enabled": row.enabled,
        "rules": row.rules,
        "options": row.options or None,
    }


def rule(row: AnyRow) -> Entry:
    """One rule for all integrations."""
    definition: Mapping[str, Any] = row.definition
    return {"name": row.name, **definition}


def defined(row: AnyRow, **more: str) -> Entry:
    """One heartbeat or maintenance window."""
    definition: Mapping[str, Any] = row.definition
    return {"name": row.name, **more, **definition}


def _span(seconds: float) -> str:
    return format_duration(timedelta(seconds=seconds))


def _span_or_off(seconds: float | None) -> str:
    return "off" if seconds is None else _span(seconds)
