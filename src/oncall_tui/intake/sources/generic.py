"""The generic dialect: whatever can send JSON, a form or a query, with the words that people use anyway.

title|message|summary, description|details|body, key|dedup_key|alert_uid|id, action|state|status, severity, service,
labels (OUTSIDE, HTTP); besides link|url, and started_at for the start of this occurrence.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from oncall_tui.domain.events import Action, Event, cut
from oncall_tui.intake.payload.decoding import NotJson, decode_json, one_line, shown
from oncall_tui.intake.payload.fields import (
    description_from,
    key_from,
    labels_from,
    link_from,
    severity_from,
    text_of,
    title_from,
)
from oncall_tui.intake.payload.mapped import mapped
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.payload.posted import fields_of
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

TITLES = ("title", "message", "summary")
DESCRIPTIONS = ("description", "details", "body")
KEYS = ("key", "dedup_key", "alert_uid", "id")
ACTIONS = ("action", "state", "status")
KNOWN = {*TITLES, *DESCRIPTIONS, *KEYS, *ACTIONS, "severity", "service", "labels", "link", "url", "started_at"}

_WORDS = {
    Action.TRIGGER: "trigger triggered alerting alert firing fire down open opened problem unhealthy fail failed "
    "failing failure error critical warning no_data nodata bad on active new",
    Action.RESOLVE: "resolve resolved ok okay up healthy close closed recover recovered recovery success cleared clear "
    "normal good off inactive fixed",
    Action.ACKNOWLEDGE: "acknowledge acknowledged acknowledgement ack acked",
}
_ACTIONS = {word: action for action, words in _WORDS.items() for word in words.split()}


def read(post: Post) -> Reading | Unusable:
    """One event out of a JSON object, a form or a query; what a body lacks, the query may add."""
    notes: list[str] = []
    fields = fields_of(post, notes, KNOWN)
    return fields if isinstance(fields, Unusable) else _read(fields, post, notes)


def read_mapped(post: Post, mapping: Mapping[str, str]) -> Reading | Unusable:
    """The same for a payload of any shape, whose fields are found where the mapping says."""
    notes: list[str] = []
    fields = fields_of(post, notes)
    return fields if isinstance(fields, Unusable) else _read(mapped(fields, mapping, notes), post, notes)


def _read(fields: Mapping[str, object], post: Post, notes: list[str]) -> Reading | Unusable:
    action = _action(fields, notes)
    title = title_from(text_of(fields, *TITLES), notes)
    description = description_from(text_of(fields, *DESCRIPTIONS) or _said_besides(fields), notes)
    key = key_from(text_of(fields, *KEYS).strip())
    if action is Action.TRIGGER and not title:
        title = title_from(description.partition("\n")[0] or key, notes)
        notes.append("there is no title, message or summary; a description or the key stands in")
    if errors := _errors(action, title, key):
        return Unusable(errors=errors)
    event = Event(
        action=action,
        dedup_key=key or key_from(title) or None,
        title=title,
        description=description,
        severity=severity_from(fields.get("severity"), notes),
        labels=_labels(fields, notes),
        started_at=moment_from(fields.get("started_at"), "started_at", notes),
        link=link_from(fields.get("link")) or link_from(fields.get("url")),
        notes=tuple(notes),
    )
    return Reading(events=(event, *_healthy(event, key)), key=post.key or "")


def _said_besides(fields: Mapping[str, object]) -> str:
    """What the names of a title hold beside the one that is it: with a title, a message is what is told below."""
    first, *others = [text for name in TITLES if (text := text_of(fields, name))] or [""]
    return next((text for text in others if text.strip() != first.strip()), "")


def _healthy(event: Event, key: str) -> tuple[Event, ...]:
    """A resolve without a key also means the whole service, beside the alert that was keyed by the same title."""
    if event.action is not Action.RESOLVE or key or event.dedup_key is None:
        return ()
    return (Event(action=Action.RESOLVE, dedup_key=None, title=event.title, labels=event.labels),)


def _errors(action: Action, title: str, key: str) -> tuple[str, ...]:
    if action is Action.TRIGGER and not title:
        return (f"one of {', '.join(TITLES)} is needed to open an alert",)
    if action is Action.ACKNOWLEDGE and not (title or key):
        return (f"one of {', '.join(KEYS)} is needed to acknowledge an alert",)
    return ()


def _action(fields: Mapping[str, object], notes: list[str]) -> Action:
    words = [word for name in ACTIONS if name in fields and (word := text_of(fields, name).strip().lower())]
    for word in words:
        if action := _ACTIONS.get(word.replace(" ", "_").replace("-", "_")):
            return action
    if words:
        notes.append(f"{cut(one_line(words[0]), 40)!r} is no known action, state or status; taken as trigger")
    return Action.TRIGGER


def _labels(fields: Mapping[str, object], notes: list[str]) -> dict[str, str]:
    given = fields.get("labels")
    if isinstance(given, str) and given.lstrip().startswith("{"):
        with suppress(NotJson):
            given, _ = decode_json(given.encode("utf-8", "replace"))
    if given is None or given in ("", []):
        given = {}
    elif not isinstance(given, dict):
        notes.append("labels is not an object; left out")
        given = {}
    service = shown(fields["service"]) if fields.get("service") is not None else None
    return labels_from([*given.items(), *([] if "service" in given else [("service", service)])], notes)


DIALECT = Dialect(
    kind="generic",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    also_get=True,
    mapped=read_mapped,
)
