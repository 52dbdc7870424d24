"""PagerDuty Events API v2, change events: https://developer.pagerduty.com/docs/send-change-event

Required are routing_key and payload.summary. A change is shown beside the incidents of its service; it never pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from oncall_tui.domain.events import Action
from oncall_tui.intake.payload.fields import object_of, text_of
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources.pagerduty import BODY_LIMIT, KEY_LENGTH, event_of, key_of, unknown_key, unusable


def read(post: Post) -> Reading | Unusable:
    """One change; a key in the path goes before the body's routing_key, which goes before one in a header."""
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    payload = object_of(value, "payload", notes)
    routing_key = key_of(post, text_of(value, "routing_key").strip())
    if errors := tuple(_errors(routing_key, payload)):
        return Unusable(errors=errors)
    change = event_of(value, Action.CHANGE, "", {**payload, "severity": None}, notes)
    return Reading(events=(replace(change, dedup_key=None),), key=routing_key)


def _errors(routing_key: str, payload: Mapping[str, object]) -> Iterator[str]:
    if not routing_key:
        yield f"'routing_key' is missing or blank; it has {KEY_LENGTH} characters"
    if not text_of(payload, "summary"):
        yield "'payload.summary' is missing or blank"


def accepted(_taken: Sequence[Taken]) -> Answer:
    """202 in PagerDuty's words."""
    return Answer(202, {"status": "success", "message": "Change event processed"})


DIALECT = Dialect(
    kind="pagerduty-change",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    paths=("/v2/change/enqueue",),
    limit=BODY_LIMIT,
    key_name="routing_key",
)
