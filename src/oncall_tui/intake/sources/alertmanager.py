"""Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

Each fingerprint is an alert, the group is the incident's key: a firing group may hold resolved alerts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from oncall_tui.domain.events import Action, Event
from oncall_tui.intake.payload.decoding import NotJson, decode_json, one_line, shown
from oncall_tui.intake.payload.fields import (
    description_from,
    key_from,
    labels_from,
    link_from,
    object_of,
    severity_from,
    text_of,
    title_from,
)
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources.answers import unknown_key, unusable

VERSION = "4"
ALERTS = 3_000  # more than 1 MiB of real ones holds; a bound on the work that one post makes
_TITLES = ("summary", "title", "message")
_DESCRIPTIONS = ("description", "message")
_NOT_TELLING = {"alertname", "severity", "monitor", "prometheus"}


def read(post: Post) -> Reading | Unusable:
    """One event an alert: those that fire first, so that an incident does not close between two of its alerts."""
    try:
        value, odd = decode_json(post.body)
    except NotJson as error:
        return Unusable(errors=(f"the body is not JSON: {error}",), malformed=True)
    if not isinstance(value, dict):
        return Unusable(errors=("the body must be a JSON object",))
    alerts = value.get("alerts")
    if not isinstance(alerts, list):
        return Unusable(errors=("alerts must be a list",))
    objects = [alert for alert in alerts if isinstance(alert, dict)]
    if alerts and not objects:
        return Unusable(errors=("alerts holds no objects",))
    notes = [*odd, *_group_notes(value, len(alerts), len(objects))]
    group_key = _group_key(value)
    events = [_event(alert, value, group_key, notes) for alert in objects[:ALERTS]]
    return Reading(events=tuple(sorted(events, key=lambda event: event.action is Action.RESOLVE)), key=post.key or "")


def _group_notes(group: Mapping[str, object], entries: int, objects: int) -> Iterator[str]:
    if entries > objects:
        yield f"{entries - objects} entries of alerts were no objects; left out"
    if objects > ALERTS:
        yield f"{objects - ALERTS} alerts beyond {ALERTS} were left out"
    version = text_of(group, "version")
    if version != VERSION:
        yield f"version {one_line(version)[:20] or 'absent'}; read as version {VERSION}"
    truncated = group.get("truncatedAlerts")
    if isinstance(truncated, int) and truncated > 0:
        yield f"{truncated} more alerts of this group were cut off by Alertmanager (truncatedAlerts)"


def _group_key(group: Mapping[str, object]) -> str | None:
    key = text_of(group, "groupKey")
    if not key and (labels := group.get("groupLabels")):
        key = f"groupLabels: {shown(labels)}"
    return key_from(key) or None


def _event(
    alert: Mapping[str, object], group: Mapping[str, object], group_key: str | None, group_notes: Sequence[str]
) -> Event:
    notes = list(group_notes)
    labels = object_of(alert, "labels", notes) or object_of(group, "commonLabels", notes)
    annotations = object_of(alert, "annotations", notes) or object_of(group, "commonAnnotations", notes)
    return Event(
        action=_action(alert, group, notes),
        dedup_key=_fingerprint(alert, labels, notes),
        title=title_from(text_of(annotations, *_TITLES) or _title_of(labels), notes),
        description=description_from("\n".join(_description(annotations)), notes),
        severity=severity_from(labels.get("severity"), notes),
        labels=labels_from(labels.items(), notes),
        group_key=group_key,
        started_at=moment_from(alert.get("startsAt"), "startsAt", notes),
        link=link_from(alert.get("generatorURL")) or link_from(group.get("externalURL")),
        notes=tuple(notes),
    )


def _action(alert: Mapping[str, object], group: Mapping[str, object], notes: list[str]) -> Action:
    """Its own status; without one its end (set only on resolved alerts); without that the group's."""
    match text_of(alert, "status").strip().lower():
        case "resolved":
            return Action.RESOLVE
        case "firing":
            return Action.TRIGGER
        case "" if moment_from(alert.get("endsAt"), "endsAt", []) is not None:
            notes.append("the alert has no status; its endsAt is set, taken as resolved")
            return Action.RESOLVE
        case "" if text_of(group, "status").strip().lower() == "resolved":
            notes.append("the alert has no status; taken as resolved like its group")
            return Action.RESOLVE
        case odd:
            notes.append(f"status {one_line(odd)[:40] or 'absent'}; taken as firing")
            return Action.TRIGGER


def _fingerprint(alert: Mapping[str, object], labels: Mapping[str, object], notes: list[str]) -> str:
    if fingerprint := text_of(alert, "fingerprint").strip():
        return key_from(fingerprint)
    notes.append("the alert has no fingerprint; its labels are its key")
    pairs = "\x00".join(f"{name}\x01{shown(value)}" for name, value in sorted(labels.items()))
    return "labels-" + hashlib.sha256(pairs.encode("utf-8", "replace")).hexdigest()[:32]


def _title_of(labels: Mapping[str, object]) -> str:
    """The alert's name and the labels that tell it from its like."""
    name = text_of(labels, "alertname") or "Alert without a name"
    telling = ", ".join(
        f"{label}={shown(value)}" for label, value in sorted(labels.items()) if label not in _NOT_TELLING
    )
    return f"{name} ({telling})" if telling else name


def _description(annotations: Mapping[str, object]) -> Iterator[str]:
    used = next((name for name in _DESCRIPTIONS if text_of(annotations, name)), None)
    if used is not None:
        yield text_of(annotations, used)
    title = next((name for name in _TITLES if text_of(annotations, name)), None)
    for name, value in annotations.items():
        if name not in (used, title) and value is not None and value != "":
            yield f"{one_line(name)}: {shown(value)}"


def accepted(taken: Sequence[Taken]) -> Answer:
    """202 with the incidents that the alerts are about; Alertmanager takes any 2xx."""
    numbers = sorted({one.number for one in taken if one.number is not None})
    return Answer(202, {"status": "accepted", "alerts": len(taken), "incidents": numbers})


DIALECT = Dialect(kind="alertmanager", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key)
