"""Opsgenie's Alert API, how an alert is created: https://docs.opsgenie.com/docs/alert-api

Required is message; alias is the alert's key. The key comes as `Authorization: GenieKey …` or as ?apiKey=. What else a
client asks and does is answered in `intake/apis/opsgenie`. Lengths are Opsgenie's advice, not ours: nothing is refused
for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from urllib.parse import parse_qs

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import one_line, shown
from oncall_tui.intake.payload.fields import (
    LABELS,
    description_from,
    key_from,
    labels_from,
    link_among,
    link_from,
    object_of,
    severity_from,
    text_of,
    title_from,
)
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources.paging.opsgenie_ids import Came, Did, RequestId, digest_of

NO_KEY = "Could not authenticate"
NO_MESSAGE = "message: Message can not be empty."
UNPROCESSABLE = "Request body is not processable. Please check the errors."
OWN_LABELS = ("entity", "source", "tags", "responders", "user")
QUERY_FIELDS = 200
PREFIXES = ("", "/jsm/ops/integration")
"""Where the API stands at its vendor's: at api.opsgenie.com, and at api.atlassian.com for Jira Service Management."""
_LINKS = ("url", "link", "generatorURL")


def read(post: Post) -> Reading | Unusable:
    """One alert."""
    key = key_of(post.key or "", post.query)
    if not key:
        return Unusable(errors=(NO_KEY,))
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return replace(value, malformed=True)  # to Opsgenie, both are 400
    if not text_of(value, "message"):
        return Unusable(errors=(NO_MESSAGE,))
    return Reading(events=(_event(value, notes),), key=key)


def key_of(presented: str, query: str) -> str:
    """The key of the header or the path, else of ?apiKey=; empty when there is none."""
    if presented:
        return presented
    try:
        return parse_qs(query, max_num_fields=QUERY_FIELDS).get("apiKey", [""])[-1].strip()
    except ValueError:
        return ""


def _event(fields: Mapping[str, object], notes: list[str]) -> Event:
    details = object_of(fields, "details", notes)
    lines = [text_of(fields, "description")]
    if note := text_of(fields, "note"):
        lines.append(f"note: {note}")
    return Event(
        action=Action.TRIGGER,
        dedup_key=key_from(text_of(fields, "alias").strip()) or None,
        title=title_from(text_of(fields, "message"), notes),
        description=description_from("\n".join(line for line in lines if line), notes),
        severity=severity_from(fields["priority"], notes) if text_of(fields, "priority") else Severity.MEDIUM,
        labels=labels_from(_labels(fields, details), notes),
        link=_link(fields, details),
        notes=tuple(notes),
    )


def _link(fields: Mapping[str, object], details: Mapping[str, object]) -> str | None:
    """An address under one of the names that senders use, else the source, else any that stands among the details."""
    named = next((link for name in _LINKS if (link := link_from(details.get(name)))), None)
    return named or link_from(fields.get("source")) or link_among(islice(details.values(), LABELS))


def _labels(fields: Mapping[str, object], details: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    yield "entity", text_of(fields, "entity")
    yield "source", text_of(fields, "source")
    yield "user", text_of(fields, "user")
    yield "tags", joined_tags(fields.get("tags"))
    asked = (*_named(fields.get("responders")), *_named(fields.get("teams"), "team"))
    yield "responders", ", ".join(dict.fromkeys(asked))
    for name, value in details.items():
        if name not in OWN_LABELS:
            yield name, value


def joined_tags(value: object) -> str:
    """Tags as the text of one label: each once, in their order."""
    listed = value if isinstance(value, list) else shown(value).split(",") if isinstance(value, str) else []
    tags = [one_line(shown(tag)).replace(",", " ") for tag in listed if tag is not None]
    return ", ".join(dict.fromkeys(tag for tag in tags if tag))


def _named(value: object, kind: str = "") -> Iterator[str]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and (name := text_of(item, "name", "username", "id")):
            yield f"{one_line(text_of(item, 'type')) or kind or 'team'} {one_line(name)}"
        elif isinstance(item, str) and item.strip():
            yield f"{kind or 'team'} {one_line(item)}"


def responders_named(*lists: object) -> str:
    """Whom a body asks for, in words."""
    return ", ".join(dict.fromkeys(name for listed in lists for name in _named(listed)))


def accepted(taken: Sequence[Taken]) -> Answer:
    """202; what became of it is told by the request's id."""
    one = taken[0] if taken else None
    number, digest = (one.number or 0, digest_of(one.dedup_key or "")) if one is not None else (0, 0)
    return processed(RequestId(did=Did.CREATE, came=Came.DONE, number=number, digest=digest))


def processed(request: RequestId) -> Answer:
    """202, as every change is answered."""
    return Answer(202, {"result": "Request will be processed", "took": 0.0, "requestId": str(request)})


def failed(status: int, message: str, errors: Mapping[str, str] | None = None) -> Answer:
    """An error in Opsgenie's words."""
    body: dict[str, object] = {"message": message}
    if errors:
        body["errors"] = dict(errors)
    request = RequestId(did=Did.CREATE, came=Came.REFUSED)
    return Answer(status, {**body, "took": 0.0, "requestId": str(request)})


def unusable(why: Unusable) -> Answer:
    """401 without a key, 400 for what is no JSON, 422 for what has no message."""
    if why.errors == (NO_KEY,):
        return failed(401, NO_KEY)
    if why.malformed:
        return failed(400, "; ".join(why.errors))
    return failed(422, UNPROCESSABLE, dict(error.partition(": ")[::2] for error in why.errors))


def unknown_key() -> Answer:
    """403: no integration has this key, or no longer."""
    return failed(403, "No integration has this key")


DIALECT = Dialect(
    kind="opsgenie",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    paths=tuple(f"{prefix}/v2/alerts" for prefix in PREFIXES),
)
