"""Grafana OnCall's own paths, /integrations/v1/{kind}/{key}/: each kind in its sender's dialect, all answered "Ok.".

https://grafana.com/docs/oncall/latest/integrations/. The formatted webhook has fields of its own (alert_uid, title,
message, state, image_url, link_to_upstream_details); the plain one takes any JSON, so any JSON opens an alert here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from oncall_tui.domain.events import Action, Event
from oncall_tui.intake.payload.decoding import NotJson, as_text, decode_json, shown
from oncall_tui.intake.payload.fields import description_from, key_from, link_from, text_of, title_from
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources import generic

PATH = "/integrations/v1/{kind}/{key}"
KINDS = {
    "legacy_alertmanager": "alertmanager",
    "alertmanagerv2": "alertmanager",
    "grafana_alerting": "grafana",
    "legacy_grafana_alerting": "grafana",
    "amazon_sns": "sns",
    "sentry_platform": "sentry",
    "uptime_kuma": "uptime-kuma",
}
"""OnCall's names for dialects that have another one here."""


_UP_OR_DOWN = re.compile(r"(.+) is (?:down|up)", re.IGNORECASE | re.DOTALL)
"""Titles of Uptime Kuma's notifier for OnCall, which sends nothing else that tells a monitor from others.

https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/grafana-oncall.js
"""


def sender_of(post: Post) -> str:
    """The dialect in which a post on OnCall's paths is written; it may be one that we don't have."""
    kind = post.params.get("kind", "").lower()
    return KINDS.get(kind, kind)


def over(senders: Mapping[str, Dialect]) -> Dialect:
    """The dialect of OnCall's paths over the dialects of its senders."""

    def read(post: Post) -> Reading | Unusable:
        sender = senders.get(sender_of(post))
        if sender is None or sender.kind == generic.DIALECT.kind:
            return _universal(post)
        reading = sender.read(post)
        # OnCall takes any JSON at any kind: what its sender's dialect can't read is an alert all the same.
        return _universal(post) if isinstance(reading, Unusable) and not reading.malformed else reading

    return Dialect(
        kind="oncall",
        read=read,
        accepted=_accepted,
        unusable=_unusable,
        unknown_key=_unknown_key,
        paths=(PATH,),
    )


def _universal(post: Post) -> Reading | Unusable:
    reading = generic.read(post)
    fields = _fields(post.body)
    if isinstance(reading, Reading):
        event, *rest = reading.events
        link = event.link or link_from(fields.get("link_to_upstream_details")) or link_from(fields.get("image_url"))
        # Here a message is what is told below a title.
        said = event.description or (text_of(fields, "message") if text_of(fields, "title") else "")
        notes = list(event.notes)
        event = replace(event, link=link, description=description_from(said, notes), notes=tuple(notes))
        if (named := _UP_OR_DOWN.fullmatch(event.title)) and not text_of(fields, *generic.KEYS):
            event = replace(event, dedup_key=key_from(named[1]))
        return replace(reading, events=(event, *rest))
    if reading.malformed:
        return reading
    return _as_it_is(post, fields) or reading


def _fields(body: bytes) -> Mapping[str, object]:
    try:
        value, _ = decode_json(body)
    except NotJson:
        return {}
    return value if isinstance(value, dict) else {}


def _as_it_is(post: Post, fields: Mapping[str, object]) -> Reading | None:
    """An alert of a payload that none of our words are in: its kind for a title, all of it below."""
    text = shown(fields) if fields else as_text(post.body).strip()
    if not text:
        return None
    notes = ["no known field is in it; the whole payload is its description"]
    kind = post.params.get("kind", "webhook")
    title = title_from(text_of(fields, "name", "subject", "alertname", "event", "type") or f"alert from {kind}", notes)
    event = Event(
        action=Action.TRIGGER,
        dedup_key=key_from(title) or None,
        title=title,
        description=description_from(text, notes),
        notes=tuple(notes),
    )
    return Reading(events=(event,), key=post.key or "")


def _accepted(_: Sequence[Taken]) -> Answer:
    """200 "Ok.", as OnCall answers everything that it takes."""
    return Answer(200, "Ok.")


def _unusable(why: Unusable) -> Answer:
    return Answer(400, "; ".join(why.errors))


def _unknown_key() -> Answer:
    return Answer(403, "Integration key was not found. Permission denied.")
