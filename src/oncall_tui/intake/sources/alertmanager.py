"""Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

Each fingerprint is an alert, the group is the incident's key: a firing group may hold resolved alerts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from oncall_tui.domain.events import Action, Event
from oncall_tui.intake.payload.decoding import one_line, shown
from oncall_tui.intake.payload.fields import (
    LABELS,
    description_from,
    key_from,
    labels_from,
    link_from,
    object_of,
    severity_from,
    text_of,
    title_from,
)
from oncall_tui.intake.payload.labelled import description_lines, fingerprint_of, summary_of
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources.answers import unknown_key, unusable

VERSION = "4"
ALERTS = 3_000  # more than 1 MiB of real ones holds; a bound on the work that one post makes


def read(post: Post) -> Reading | Unusable:
    """One event an alert: those that fire first, so that an incident does not close between two of its alerts."""
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    return read_group(value, notes, post.key)


def read_group(
    group: Mapping[str, object],
    odd: Sequence[str],
    key: str | None,
    *,
    versions: Sequence[str] = (VERSION,),
    more: Callable[[Event, Mapping[str, object]], Event] | None = None,
) -> Reading | Unusable:
    """The events of a group that is decoded already. `more` adds what a kin of Alertmanager tells of an alert."""
    alerts = group.get("alerts")
    if not isinstance(alerts, list):
        return Unusable(errors=("alerts must be a list",))
    objects = [alert for alert in alerts if isinstance(alert, dict)]
    if alerts and not objects:
        return Unusable(errors=("alerts holds no objects",))
    cut_off = _cut_off(group)
    notes = [*odd, *_group_notes(group, len(alerts), len(objects), versions), *cut_off]
    group_key = _group_key(group)
    # What an alert lacks it has from its group: what thousands may each take has bounds, and is worded once.
    common = {
        name: {
            label: shown(value)
            for label, value in islice(object_of(group, name, notes).items(), LABELS)
            if value is not None
        }
        for name in ("commonLabels", "commonAnnotations")
    }
    bounded = {**group, **common}
    events = []
    for alert in objects[:ALERTS]:
        event = _event(alert, bounded, group_key, notes, cut_off)
        events.append(event if more is None else more(event, alert))
    return Reading(events=tuple(sorted(events, key=lambda event: event.action is Action.RESOLVE)), key=key or "")


def _group_notes(group: Mapping[str, object], entries: int, objects: int, versions: Sequence[str]) -> Iterator[str]:
    if entries > objects:
        yield f"{entries - objects} entries of alerts were no objects; left out"
    if objects > ALERTS:
        yield f"{objects - ALERTS} alerts beyond {ALERTS} were left out"
    version = text_of(group, "version")
    if version not in versions:
        yield f"version {one_line(version)[:20] or 'absent'}; read as version {versions[0]}"


def _cut_off(group: Mapping[str, object]) -> tuple[str, ...]:
    """What a group says of alerts that it does not hold; whoever reads the incident has to know."""
    truncated = group.get("truncatedAlerts")
    if not isinstance(truncated, int) or truncated <= 0:
        return ()
    return (f"{truncated} more alerts of this group were cut off by their sender (truncatedAlerts)",)


def _group_key(group: Mapping[str, object]) -> str | None:
    key = text_of(group, "groupKey")
    if not key and (labels := group.get("groupLabels")):
        key = f"groupLabels: {shown(labels)}"
    return key_from(key) or None


def _event(
    alert: Mapping[str, object],
    group: Mapping[str, object],
    group_key: str | None,
    group_notes: Sequence[str],
    cut_off: Sequence[str],
) -> Event:
    notes = list(group_notes)
    labels = object_of(alert, "labels", notes) or object_of(group, "commonLabels", notes)
    annotations = object_of(alert, "annotations", notes) or object_of(group, "commonAnnotations", notes)
    return Event(
        action=_action(alert, group, notes),
        dedup_key=_fingerprint(alert, labels, notes),
        title=title_from(summary_of(labels, annotations), notes),
        description=description_from("\n".join((*description_lines(annotations), *cut_off)), notes),
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
    notes.append("the alert has no fingerprint; the one of its labels is its key")
    return fingerprint_of(labels)


def accepted(taken: Sequence[Taken]) -> Answer:
    """202 with the incidents that the alerts are about; Alertmanager takes any 2xx."""
    numbers = sorted({one.number for one in taken if one.number is not None})
    return Answer(202, {"status": "accepted", "alerts": len(taken), "incidents": numbers})


DIALECT = Dialect(kind="alertmanager", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key)
