"""PagerDuty Events API v1: https://developer.pagerduty.com/docs/events-api-v1-overview

Required are service_key and event_type; on a trigger description, on an acknowledge or resolve incident_key. Success is
200. Here 403 means "too many, send it again": Alertmanager and others repeat an event that got one. So it is never the
answer to a key that is unknown, which will be as unknown the next time: that is 400.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity, severity_named
from oncall_tui.intake.payload.fields import (
    description_from,
    key_from,
    labels_from,
    link_from,
    text_of,
    title_from,
)
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources.pagerduty import (
    BODY_LIMIT,
    KEY_LENGTH,
    detail_lines,
    first_link,
    key_of,
    link_lines,
    objects_of,
    unusable,
)

_ACTIONS = {str(action): action for action in (Action.TRIGGER, Action.ACKNOWLEDGE, Action.RESOLVE)}


def read(post: Post) -> Reading | Unusable:
    """One event; a key in the path goes before the body's service_key, which goes before one in a header."""
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    action = _ACTIONS.get(text_of(value, "event_type").strip().lower())
    service_key = key_of(post, text_of(value, "service_key").strip())
    if errors := tuple(_errors(value, service_key, action)):
        return Unusable(errors=errors)
    return Reading(events=(_event(value, action or Action.TRIGGER, notes),), key=service_key)


def _errors(fields: Mapping[str, object], service_key: str, action: Action | None) -> Iterator[str]:
    if not service_key:
        yield f"'service_key' is missing or blank; it has {KEY_LENGTH} characters"
    if action is None:
        yield "'event_type' must be one of trigger, acknowledge, resolve"
    elif action is Action.TRIGGER:
        if not text_of(fields, "description"):
            yield "'description' is missing or blank"
    elif not text_of(fields, "incident_key"):
        yield f"'incident_key' is missing or blank; it is required to {action}"


def _event(fields: Mapping[str, object], action: Action, notes: list[str]) -> Event:
    details = fields.get("details")
    links = [context for context in objects_of(fields, "contexts") if text_of(context, "type") != "image"]
    images = [context for context in objects_of(fields, "contexts") if text_of(context, "type") == "image"]
    return Event(
        action=action,
        dedup_key=key_from(text_of(fields, "incident_key")) or None,
        title=title_from(text_of(fields, "description"), notes),
        description=description_from("\n".join((*detail_lines(details), *link_lines(links, images))), notes),
        severity=_severity(details),
        labels=labels_from(_labels(fields, details), notes),
        link=link_from(fields.get("client_url")) or first_link(links),
        notes=tuple(notes),
    )


def _severity(details: object) -> Severity:
    """v1 has none of its own: a known word among the details counts, else it is high."""
    said = text_of(details, "severity") if isinstance(details, dict) else ""
    return severity_named(said.strip()) or Severity.HIGH


def _labels(fields: Mapping[str, object], details: object) -> Iterator[tuple[str, object]]:
    yield "client", text_of(fields, "client")
    if isinstance(details, dict):
        for name, value in details.items():
            if isinstance(value, str | int | float) and name != "client":
                yield name, value


def accepted(taken: Sequence[Taken]) -> Answer:
    """200, not 202: what v1's clients look for."""
    key = taken[0].dedup_key if taken else None
    return Answer(200, {"status": "success", "message": "Event processed", "incident_key": key})


def unknown_key() -> Answer:
    """400: an unknown key stays unknown, and 403 would have it sent again."""
    why = f"'service_key' belongs to no integration; PagerDuty's have {KEY_LENGTH} characters"
    return Answer(400, {"status": "invalid event", "message": "Event object is invalid", "errors": [why]})


DIALECT = Dialect(
    kind="pagerduty-v1",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    paths=("/generic/2010-04-15/create_event.json",),
    limit=BODY_LIMIT,
    key_name="service_key",
)
