"""Zabbix' webhook media type, its parameters filled with macros by the operator.

https://www.zabbix.com/documentation/current/en/manual/config/notifications/media/webhook. A recovery bears the
{EVENT.ID} of its problem; an update says in {EVENT.UPDATE.ACTION} what somebody did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from oncall_tui.domain.events import Action, cut
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import one_line, shown
from oncall_tui.intake.payload.fields import text_of
from oncall_tui.intake.payload.made import event_from
from oncall_tui.intake.payload.posted import fields_of
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.payload.templated import folded, word_of
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

_TITLES = ("eventname", "alertsubject", "subject", "title", "triggername", "name")
_TEXTS = ("alertmessage", "message", "body", "text")
_KEYS = ("eventid", "id", "triggerid")
_HOSTS = ("hostname", "hosthost", "host")
_VALUES = ("eventvalue", "value", "triggervalue", "eventstatus", "triggerstatus", "status")
_WELL = {"0", "OK", "RESOLVED", "RECOVERY", "RECOVERED"}
_ILL = {"1", "PROBLEM"}
_LEVELS = ("eventnseverity", "nseverity", "triggernseverity", "eventseverity", "triggerseverity", "severity")
_SEVERITIES = {
    **dict.fromkeys(("1", "INFORMATION"), Severity.INFO),
    **dict.fromkeys(("2", "WARNING", "3", "AVERAGE"), Severity.MEDIUM),
    **dict.fromkeys(("4", "HIGH"), Severity.HIGH),
    **dict.fromkeys(("5", "DISASTER"), Severity.CRITICAL),
    **dict.fromkeys(("0", "NOTCLASSIFIED"), Severity.HIGH),
}
_PAIR = re.compile(r"\s*([^:,]+)(?::([^,]*))?")


def read(post: Post) -> Reading | Unusable:
    """One event, keyed by the problem's event id."""
    notes: list[str] = []
    given = fields_of(post, notes)
    if isinstance(given, Unusable):
        return given
    fields = folded(given)
    key, title, host = text_of(fields, *_KEYS).strip(), text_of(fields, *_TITLES), one_line(text_of(fields, *_HOSTS))
    if not key and not title:
        return Unusable(errors=("event_id or event_name is needed: {EVENT.ID}, {EVENT.NAME}",))
    event = event_from(
        _action(fields, notes),
        notes,
        key=key or f"{host}: {one_line(title)}",
        title=title or text_of(fields, *_TEXTS).partition("\n")[0] or f"Zabbix event {key}",
        lines=_lines(fields),
        severity=_severity(fields),
        labels=_labels(fields, host),
        links=(fields.get(name) for name in ("eventurl", "triggerurl", "url", "link")),
    )
    return Reading(events=(event,), key=post.key or "")


def _action(fields: Mapping[str, Any], notes: list[str]) -> Action:
    value = word_of(text_of(fields, *_VALUES))
    if word_of(text_of(fields, "eventupdatestatus", "updatestatus")) == "1" and value not in _WELL:
        return _updated(text_of(fields, "eventupdateaction", "updateaction", "action"))
    if value in _WELL:
        return Action.RESOLVE
    if value not in _ILL:
        notes.append(f"event_value {cut(one_line(value), 40) or 'absent'}; taken as a problem")
    return Action.TRIGGER


def _updated(said: str) -> Action:
    done = re.findall(r"\w+", said.lower())
    if "closed" in done:
        return Action.RESOLVE
    return Action.ACKNOWLEDGE if "acknowledged" in done else Action.NOTE


def _severity(fields: Mapping[str, Any]) -> Severity | object:
    level = text_of(fields, *_LEVELS)
    return _SEVERITIES.get(word_of(level), level)


def _lines(fields: Mapping[str, Any]) -> Iterator[str]:
    yield text_of(fields, *_TEXTS)
    for name, said in (("eventopdata", "Current value"), ("eventupdateaction", "Update"), ("eventupdatemessage", "")):
        if text := text_of(fields, name):
            yield f"{said}: {text}" if said else text


def _labels(fields: Mapping[str, Any], host: str) -> Iterator[tuple[str, object]]:
    yield "host", host
    yield "address", fields.get("hostip")
    yield "trigger", fields.get("triggerid")
    tags = fields.get("eventtags", fields.get("tags"))
    if isinstance(tags, str) and not tags.lstrip().startswith("["):
        # {EVENT.TAGS}: "component:network, scope:availability"
        yield from ((pair[1].strip(), pair[2] or "yes") for pair in _PAIR.finditer(tags) if pair[1].strip())
    elif tags:
        yield "tags", shown(tags)


DIALECT = Dialect(kind="zabbix", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key)
