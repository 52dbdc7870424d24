"""Sentry's integration platform: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/

Issue alerts (`event_alert`), metric alerts and issues, told apart by their data: the header Sentry-Hook-Resource may be
lost on the way. A post is signed with the integration's client secret: hex HMAC-SHA256 of the raw body.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from oncall_tui.domain.events import Action, cut
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import one_line
from oncall_tui.intake.payload.fields import object_of, text_of
from oncall_tui.intake.payload.made import event_from
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

SIGNATURE = "sentry-hook-signature"
RESOURCE = "sentry-hook-resource"
_RESOLVED = {"resolved", "archived", "ignored"}
_TRIGGERED = {"triggered", "created", "unresolved", "critical", "warning", "regressed", "open"}
_LEVELS = {"fatal": Severity.CRITICAL, "debug": Severity.INFO, "sample": Severity.INFO}


def read(post: Post) -> Reading | Unusable:
    """One event about an issue or a metric alert; what else Sentry tells (comments, installations) is a remark."""
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    data = object_of(value, "data", notes)
    resource = post.headers.get(RESOURCE, "").strip().lower()
    action = text_of(value, "action").strip().lower()
    if metric := object_of(data, "metric_alert", notes):
        event = _metric(metric, data, action, notes)
    elif about := object_of(data, "event", notes) or object_of(data, "error", notes):
        event = _issue(about, data, about, action, notes)
    elif issue := object_of(data, "issue", notes):
        event = _issue(issue, data, {}, action, notes)
    elif inner := object_of(value, "event", notes):
        # The older plugin: the issue's fields stand on top.
        event = _issue({**inner, **value}, {}, inner, action, notes)
    else:
        said = f"Sentry {resource or 'post'}: {action or 'nothing that opens an alert'}"
        event = event_from(Action.NOTE, notes, key="", title=said)
    return Reading(events=(event,), key=post.key or "")


def _issue(
    about: Mapping[str, Any], data: Mapping[str, Any], inner: Mapping[str, Any], action: str, notes: list[str]
) -> Any:
    key = text_of(about, "issue_id", "id").strip()
    project = about.get("project_slug", about.get("project_name", about.get("project")))
    level = text_of(about, "level").strip().lower()
    title = text_of(about, "title", "message", "culprit") or text_of(inner, "title", "message") or f"Sentry issue {key}"
    return event_from(
        _action(action, text_of(about, "status").strip().lower() if not inner else "", notes),
        notes,
        key=key or one_line(title),
        title=title,
        lines=(text_of(about, "message"), text_of(about, "culprit"), text_of(data, "triggered_rule")),
        severity=_LEVELS.get(level, level),
        labels=(
            ("project", text_of(project, "slug", "name") if isinstance(project, dict) else project),
            ("environment", about.get("environment")),
            ("level", level),
            ("rule", data.get("triggered_rule")),
        ),
        # `timestamp` is of the single event; an issue has its first one.
        started_at=about.get("firstSeen"),
        links=(about.get("web_url"), about.get("permalink"), about.get("url")),
    )


def _metric(metric: Mapping[str, Any], data: Mapping[str, Any], action: str, notes: list[str]) -> Any:
    rule = object_of(metric, "alert_rule", notes)
    number = text_of(metric, "id").strip() or text_of(rule, "id").strip()
    title = text_of(data, "description_title") or text_of(metric, "title") or f"Sentry metric alert {number}"
    return event_from(
        _action(action, "", notes),
        notes,
        key=f"metric-alert-{number}" if number else one_line(title),
        title=_without_state(title),
        lines=(text_of(data, "description_text"),),
        severity={"critical": Severity.CRITICAL, "warning": Severity.MEDIUM}.get(action, Severity.HIGH),
        labels=(("rule", rule.get("name")), ("environment", rule.get("environment"))),
        started_at=metric.get("date_started"),
        links=(data.get("web_url"),),
    )


def _without_state(title: str) -> str:
    """ "Critical: p95 is high" and "Resolved: p95 is high" are one problem with one title."""
    state, parted, rest = title.partition(": ")
    return rest if parted and state.lower() in ("critical", "warning", "resolved") else title


def _action(action: str, status: str, notes: list[str]) -> Action:
    if action in _RESOLVED:
        return Action.RESOLVE
    if action in _TRIGGERED:
        return Action.TRIGGER
    if action == "assigned":
        return Action.NOTE
    if status in _RESOLVED:
        return Action.RESOLVE
    notes.append(f"action {cut(one_line(action), 40) or 'absent'}; taken as triggered")
    return Action.TRIGGER


def verify(post: Post, secret: str) -> str | None:
    """Why the signature does not hold, None when it does."""
    given = post.headers.get(SIGNATURE, "").strip().lower()
    if not given:
        return "there is no Sentry-Hook-Signature header"
    right = hmac.new(secret.encode(), post.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()):
        return "the signature does not fit"
    return None


DIALECT = Dialect(
    kind="sentry", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key, verify=verify
)
