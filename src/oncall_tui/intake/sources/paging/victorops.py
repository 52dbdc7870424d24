"""VictorOps, today Splunk On-Call, the generic REST endpoint: https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/

The key stands in the path, behind it the sender's routing key, which is kept as the label routing_key. message_type
says what it is; entity_id is the alert's key, and one is made where a sender gives none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from oncall_tui.domain.events import Action, Event, cut
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import one_line
from oncall_tui.intake.payload.fields import (
    LABELS,
    description_from,
    key_from,
    labels_from,
    link_among,
    link_from,
    text_of,
    title_from,
)
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable

_TYPES = {
    "CRITICAL": (Action.TRIGGER, Severity.CRITICAL),
    "WARNING": (Action.TRIGGER, Severity.MEDIUM),
    "INFO": (Action.NOTE, Severity.INFO),  # at VictorOps it opens nothing and pages nobody
    "ACKNOWLEDGEMENT": (Action.ACKNOWLEDGE, Severity.HIGH),
    "RECOVERY": (Action.RESOLVE, Severity.HIGH),
}
_ALSO = {"ACKNOWLEDGMENT": "ACKNOWLEDGEMENT", "ACK": "ACKNOWLEDGEMENT", "OK": "RECOVERY", "RESOLVED": "RECOVERY"}
_READ = ("message_type", "entity_id", "entity_display_name", "state_message", "state_start_time", "alert_url")
TITLE_OF_A_MESSAGE = 200


def read(post: Post) -> Reading | Unusable:
    """One event."""
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    action, severity = _type(text_of(value, "message_type"), notes)
    key = key_from(text_of(value, "entity_id").strip())
    if action in (Action.ACKNOWLEDGE, Action.RESOLVE) and not key:
        return Unusable(errors=(f"entity_id is missing or blank; it is required to {action}",))
    return Reading(events=(_event(value, post, action, severity, key, notes),), key=post.key or "")


def _type(said: str, notes: list[str]) -> tuple[Action, Severity]:
    word = said.strip().upper()
    known = _TYPES.get(_ALSO.get(word, word))
    if known is None:
        notes.append(f"message_type {cut(one_line(said), 40)!r} is none of {', '.join(_TYPES)}; taken as a trigger")
    return known or (Action.TRIGGER, Severity.HIGH)


def _event(
    fields: Mapping[str, object], post: Post, action: Action, severity: Severity, key: str, notes: list[str]
) -> Event:
    message = text_of(fields, "state_message")
    title = text_of(fields, "entity_display_name") or cut(message.strip().partition("\n")[0], TITLE_OF_A_MESSAGE) or key
    if not title:
        title = "An alert without a name"
        notes.append("there is no entity_display_name, state_message or entity_id")
    return Event(
        action=action,
        dedup_key=key or None,
        title=title_from(title, notes),
        description=description_from(message, notes),
        severity=severity,
        labels=labels_from(_labels(fields, post), notes),
        started_at=moment_from(fields.get("state_start_time"), "state_start_time", notes),
        link=link_from(fields.get("alert_url")) or link_among(_addresses(fields)),
        notes=tuple(notes),
    )


def _labels(fields: Mapping[str, object], post: Post) -> Iterator[tuple[str, object]]:
    yield "routing_key", post.params.get("route", "").strip("/")
    for name, value in fields.items():
        if name not in _READ and name != "routing_key" and isinstance(value, str | int | float):
            yield name, value


def _addresses(fields: Mapping[str, object]) -> Iterator[object]:
    """Where else senders put an address: URL annotations, Zabbix' event_info; pictures are none."""
    for name, value in islice(fields.items(), LABELS):
        if "image" not in name:
            yield value


def accepted(taken: Sequence[Taken]) -> Answer:
    """200 with the key used."""
    return Answer(200, {"result": "success", "entity_id": taken[0].dedup_key if taken else None})


def unusable(why: Unusable) -> Answer:
    """400 in VictorOps' words."""
    return Answer(400, {"result": "failure", "messages": list(why.errors)})


def unknown_key() -> Answer:
    """403: no integration has this key, or no longer."""
    return Answer(403, {"result": "failure", "messages": ["no integration has this key"]})


DIALECT = Dialect(
    kind="victorops",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    paths=(
        "/integrations/generic/20131114/alert/{key}/{route:path}",
        "/integrations/generic/20131114/alert/{key}",
    ),
)
