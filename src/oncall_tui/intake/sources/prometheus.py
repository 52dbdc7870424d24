"""Alerts as Prometheus itself posts them to an Alertmanager, API version 2 or 1: a list of alerts with labels and ends.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. An alert is told by all its labels, as there.
It resolves by an `endsAt` in the past, or by not being posted again before its `endsAt`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.events import Action, Event
from oncall_tui.intake.payload.decoding import NotJson, decode_json
from oncall_tui.intake.payload.fields import (
    description_from,
    labels_from,
    link_from,
    object_of,
    severity_from,
    title_from,
)
from oncall_tui.intake.payload.labelled import description_lines, fingerprint_of, summary_of
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable

ALERTS = 10_000  # more than 1 MiB holds
RESOLVE_TIMEOUT = timedelta(minutes=5)
"""How long an alert without an end lasts: Alertmanager's own default of `resolve_timeout`."""
_NEVER = datetime.max.replace(tzinfo=UTC)


def read(post: Post) -> Reading | Unusable:
    """One event an alert, those that have ended last, so that an incident does not close between two of its alerts."""
    try:
        value, odd = decode_json(post.body)
    except NotJson as error:
        return Unusable(errors=(f"the body is not JSON: {error}",), malformed=True)
    if not isinstance(value, list):
        return Unusable(errors=("the body must be a JSON list of alerts",))
    objects = [alert for alert in value if isinstance(alert, dict)]
    if value and not objects:
        return Unusable(errors=("the list holds no objects",))
    notes = list(odd)
    if len(value) > len(objects):
        notes.append(f"{len(value) - len(objects)} entries of the list were no objects; left out")
    if len(objects) > ALERTS:
        notes.append(f"{len(objects) - ALERTS} alerts beyond {ALERTS} were left out")
    events = [event for alert in objects[:ALERTS] if (event := _event(alert, notes)) is not None]
    if objects and not events:
        return Unusable(errors=("at least one label pair is required",))
    # What ends later comes first: what has ended already, whenever that is judged, comes after all that goes on.
    events.sort(key=lambda event: event.expires_at or _NEVER, reverse=True)
    return Reading(events=tuple(events), key=post.key or "")


def _event(alert: Mapping[str, object], odd: Sequence[str]) -> Event | None:
    notes = list(odd)
    labels = object_of(alert, "labels", notes)
    if not any(value not in (None, "") for value in labels.values()):
        return None
    annotations = object_of(alert, "annotations", notes)
    return Event(
        action=Action.TRIGGER,
        dedup_key=fingerprint_of(labels),
        title=title_from(summary_of(labels, annotations), notes),
        description=description_from("\n".join(description_lines(annotations)), notes),
        severity=severity_from(labels.get("severity"), notes),
        labels=labels_from(labels.items(), notes),
        started_at=moment_from(alert.get("startsAt"), "startsAt", notes),
        expires_at=moment_from(alert.get("endsAt"), "endsAt", notes),
        lasts=RESOLVE_TIMEOUT,
        link=link_from(alert.get("generatorURL")),
        notes=tuple(notes),
    )


def accepted(taken: Sequence[Taken]) -> Answer:
    """200: Prometheus takes any 2xx, amtool exactly this."""
    numbers = sorted({one.number for one in taken if one.number is not None})
    return Answer(200, {"status": "accepted", "alerts": len(taken), "incidents": numbers})


def unusable(why: Unusable) -> Answer:
    """400 with a text, as Alertmanager's API has it."""
    return Answer(400, "; ".join(why.errors))


def unknown_key() -> Answer:
    """403 with a text."""
    return Answer(403, "no integration has this key")


DIALECT = Dialect(
    kind="prometheus",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    # Version 1 differs in its answers alone, of which its senders look at the status.
    paths=("/prom/{key}/api/v2/alerts", "/prom/{key}/api/v1/alerts"),
)
