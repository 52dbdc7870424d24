"""PagerDuty Events API v2, alert events: https://developer.pagerduty.com/docs/send-alert-event

Required are routing_key and event_action; on a trigger payload.summary, payload.source and payload.severity; on an
acknowledge or resolve dedup_key. Where PagerDuty refuses for a length or a word, we take it and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from oncall_tui.domain.events import Action, Event
from oncall_tui.intake.payload.decoding import one_line, shown
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
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable

KEY_LENGTH = 32
BODY_LIMIT = 512 << 10
"""Bytes of one event; Alertmanager empties custom_details to stay below it."""
DETAIL_LINES = 500
LINKS = 50
_ACTIONS = {str(action): action for action in (Action.TRIGGER, Action.ACKNOWLEDGE, Action.RESOLVE)}
_OWN_LABELS = ("source", "component", "group", "class")


def read(post: Post) -> Reading | Unusable:
    """One event; a key in the path goes before the body's routing_key, which goes before one in a header."""
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    action = _ACTIONS.get(text_of(value, "event_action").strip().lower())
    payload = object_of(value, "payload", notes)
    routing_key = key_of(post, text_of(value, "routing_key").strip())
    if errors := tuple(_errors(value, routing_key, action, payload)):
        return Unusable(errors=errors)
    key = text_of(value, "dedup_key")
    return Reading(events=(event_of(value, action or Action.TRIGGER, key, payload, notes),), key=routing_key)


def key_of(post: Post, said: str) -> str:
    """The key of the path, else of the body, else of a header: some clients send a token there that is no key.

    Older pdpyras and others say it in X-Routing-Key alone.
    """
    return post.params.get("key") or said or post.headers.get("x-routing-key", "").strip() or post.key or ""


def _errors(
    fields: Mapping[str, object], routing_key: str, action: Action | None, payload: Mapping[str, object]
) -> Iterator[str]:
    if not routing_key:
        yield f"'routing_key' is missing or blank; it has {KEY_LENGTH} characters"
    if action is None:
        yield "'event_action' must be one of trigger, acknowledge, resolve"
    elif action is not Action.TRIGGER and not text_of(fields, "dedup_key"):
        yield f"'dedup_key' is missing or blank; it is required to {action}"
    if action is Action.TRIGGER:
        for name in ("summary", "source", "severity"):
            if not text_of(payload, name):
                yield f"'payload.{name}' is missing or blank"


def event_of(
    fields: Mapping[str, object], action: Action, key: str, payload: Mapping[str, object], notes: list[str]
) -> Event:
    """What the fields of an event and its payload say."""
    details = payload.get("custom_details")
    return Event(
        action=action,
        dedup_key=key_from(key) or None,
        title=title_from(text_of(payload, "summary"), notes),
        description=description_from("\n".join((*detail_lines(details), *_links(fields))), notes),
        severity=severity_from(payload.get("severity"), notes),
        labels=labels_from(_labels(fields, payload, details), notes),
        started_at=moment_from(payload.get("timestamp"), "payload.timestamp", notes),
        link=link_from(fields.get("client_url")) or first_link(objects_of(fields, "links")),
        notes=tuple(notes),
    )


def _labels(
    fields: Mapping[str, object], payload: Mapping[str, object], details: object
) -> Iterator[tuple[str, object]]:
    for name in _OWN_LABELS:
        yield name, text_of(payload, name)
    yield "client", text_of(fields, "client")
    if isinstance(details, dict):
        for name, value in details.items():
            if isinstance(value, str | int | float) and name not in (*_OWN_LABELS, "client"):
                yield name, value


def detail_lines(details: object) -> Iterator[str]:
    """What a sender tells besides, a line for each; of hundreds the first 500."""
    if isinstance(details, dict):
        for name, value in islice(details.items(), DETAIL_LINES):
            if value is not None and value != "":
                yield f"{one_line(name)}: {shown(value)}"
    elif details is not None:
        yield shown(details)


def _links(fields: Mapping[str, object]) -> Iterator[str]:
    return link_lines(objects_of(fields, "links"), objects_of(fields, "images"))


def objects_of(fields: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    """The objects of a list in this field; what is none is left out, and of many the first 50 are taken."""
    listed = fields.get(name)
    for item in listed[:LINKS] if isinstance(listed, list) else ():
        if isinstance(item, dict):
            yield item


def link_lines(links: Iterable[Mapping[str, object]], images: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Links and images as lines, each with its words; those whose address is none are left out."""
    for link in links:
        if address := link_from(link.get("href")):
            yield f"{one_line(text_of(link, 'text')) or 'link'}: {address}"
    for image in images:
        if address := link_from(image.get("src")):
            yield f"{one_line(text_of(image, 'alt')) or 'image'}: {address}"


def first_link(links: Iterable[Mapping[str, object]]) -> str | None:
    """The first address among the links; None when there is none."""
    return next((address for link in links if (address := link_from(link.get("href")))), None)


def accepted(taken: Sequence[Taken]) -> Answer:
    """202; the official clients insist on dedup_key in the body."""
    return Answer(
        202, {"status": "success", "message": "Event processed", "dedup_key": taken[0].dedup_key if taken else None}
    )


def unusable(why: Unusable) -> Answer:
    """400 in PagerDuty's words."""
    if why.malformed:
        status, message, errors = "unrecognized object", "Event object format is unrecognized", ["JSON parse error"]
    else:
        status, message, errors = "invalid event", "Event object is invalid", list(why.errors)
    return Answer(400, {"status": status, "message": message, "errors": errors})


def unknown_key() -> Answer:
    """403: no integration has this routing key, or no longer."""
    return Answer(
        403,
        {
            "status": "invalid event",
            "message": "Event object is invalid",
            "errors": [f"'routing_key' belongs to no integration; PagerDuty's have {KEY_LENGTH} characters"],
        },
    )


DIALECT = Dialect(
    kind="pagerduty",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    paths=("/v2/enqueue",),
    limit=BODY_LIMIT,
    key_name="routing_key",
)
