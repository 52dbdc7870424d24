"""Grafana OnCall's own paths, /integrations/v1/{kind}/{key}/: each kind in its sender's dialect, all answered "Ok.".

https://grafana.com/docs/oncall/latest/integrations/. The formatted webhook has fields of its own (alert_uid, title,
message, state, image_url, link_to_upstream_details), and so has OnCall's media type for Zabbix; the plain one takes any
JSON, so any JSON opens an alert here. Opsgenie has webhooks of other vendors, too, with its key in the query.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from oncall_tui.domain.events import Action, Event
from oncall_tui.intake.payload.decoding import NotJson, as_text, decode_json, shown
from oncall_tui.intake.payload.fields import description_from, key_from, link_from, text_of, title_from
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources import generic, sns
from oncall_tui.intake.sources.paging.opsgenie import key_of

PATH = "/integrations/v1/{kind}/{key}"
OPSGENIES = "/v1/json/integrations/webhooks/{kind}"
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


_MAPPINGS = {
    # https://docs.influxdata.com/kapacitor/v1/reference/event_handlers/post/: its recovery is an alert of level OK.
    "kapacitor": {"state": "(level == 'OK' && 'ok') || 'alerting'", "severity": "(level != 'OK' && level) || severity"},
    # https://github.com/netdata/netdata/tree/master/src/health/notifications, for Opsgenie. Its success is 200.
    "netdata": {
        "title": "join(' on ', [name, host])",
        "description": "info",
        "key": "join('/', [host, chart, name])",
        "state": "((status == 'CLEAR' || status == 'REMOVED') && 'ok') || 'alerting'",
        "severity": "((status == 'CRITICAL' || status == 'WARNING') && status) || severity",
    },
}
"""Where the words of our own stand in payloads of kinds that are no dialect here."""


def sender_of(post: Post) -> str:
    """The dialect in which a post on OnCall's paths is written; it may be one that we don't have."""
    kind = post.params.get("kind", "").lower()
    return KINDS.get(kind, kind)


def over(senders: Mapping[str, Dialect]) -> Dialect:
    """The dialect of OnCall's paths over the dialects of its senders."""

    def read(post: Post) -> Reading | Unusable:
        sender = senders.get(sender_of(post))
        if sender is not None and sender.kind == sns.DIALECT.kind:
            return sender.read(post)  # what is no message of SNS bears none of its signatures
        post = post if post.key else replace(post, key=key_of("", post.query))
        if sender is None or sender.kind == generic.DIALECT.kind or _formatted(post.body):
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
        paths=(PATH, OPSGENIES),
    )


def _formatted(body: bytes) -> bool:
    """Whether it is the formatted webhook: that is posted at kinds of other names, too, by Zabbix at its own."""
    return b'"alert_uid"' in body and "alert_uid" in _fields(body)


def _universal(post: Post) -> Reading | Unusable:
    mapping = _MAPPINGS.get(sender_of(post))
    reading = generic.read(post) if mapping is None else generic.read_mapped(post, mapping)
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
    """An alert of a payload that none of our words are in: its kind for a title, all of it below.

    Without a name in it only the same payload is the same alert, as at OnCall: another one may be another problem.
    """
    text = shown(fields) if fields else as_text(post.body).strip()
    if not text:
        return None
    notes = ["no known field is in it; the whole payload is its description"]
    kind = post.params.get("kind", "webhook")
    name = text_of(fields, "name", "subject", "alertname", "event", "type")
    title = title_from(name or f"alert from {kind}", notes)
    key = title if name else f"{title} {hashlib.sha256(post.body.strip()).hexdigest()[:16]}"
    event = Event(
        action=Action.TRIGGER,
        dedup_key=key_from(key) or None,
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
