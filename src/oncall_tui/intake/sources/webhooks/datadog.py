"""Datadog's webhooks: the body is the operator's template, https://docs.datadoghq.com/integrations/webhooks/

$ALERT_TRANSITION says what happened, $ALERT_CYCLE_KEY is one problem from its trigger to its recovery. The default
payload has neither: there all is read out of the title, "[P1] [Triggered on {host:web-1}] CPU is high".
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

_TITLES = ("eventtitle", "title", "alerttitle", "subject")
_TEXTS = ("textonlymsg", "eventmsg", "body", "message", "text", "description")
_TRANSITIONS = ("alerttransition", "transition", "alertstatus", "status")
_TRIGGERS = {"TRIGGERED", "RETRIGGERED", "WARN", "REWARN", "NODATA", "RENODATA", "RENOTIFY", "RENOTIFIED", "ALERT"}
_RECOVERIES = {"RECOVERED", "RECOVERY", "OK", "RESOLVED"}
_HEAD = re.compile(r"(?:\[(P[1-5])\]\s*)?\[([A-Za-z -]+?)(?: on ([^\]]*))?\]\s*(.*)", re.DOTALL)
HEAD_WITHIN = 2_000  # characters of a title
_TYPES = {"ERROR": Severity.HIGH, "WARNING": Severity.MEDIUM, "INFO": Severity.INFO}


def read(post: Post) -> Reading | Unusable:
    """One event: a transition of one monitor in one scope."""
    notes: list[str] = []
    given = fields_of(post, notes)
    if isinstance(given, Unusable):
        return given
    fields = folded(given)
    title = one_line(text_of(fields, *_TITLES))
    head = _HEAD.fullmatch(title) if len(title) <= HEAD_WITHIN else None
    transition = text_of(fields, *_TRANSITIONS) or (head[2] if head is not None else "")
    key = _key(fields, head, title)
    if not title and not key:
        return Unusable(errors=("title or alert_cycle_key is needed: $EVENT_TITLE, $ALERT_CYCLE_KEY",))
    event = event_from(
        _action(transition, fields, notes),
        notes,
        key=key,
        title=(head[4] if head is not None else title) or title or f"Datadog alert {key}",
        lines=(text_of(fields, *_TEXTS),),
        severity=_severity(transition, fields, head),
        labels=_labels(fields, head),
        links=(fields.get(name) for name in ("link", "url", "eventurl", "snapshot")),
    )
    return Reading(events=(event,), key=post.key or "")


def _key(fields: Mapping[str, Any], head: re.Match[str] | None, title: str) -> str:
    if key := text_of(fields, "alertcyclekey", "cyclekey", "aggregkey", "dedupkey", "key").strip():
        return key
    if alert := text_of(fields, "alertid").strip():
        return f"{alert} {text_of(fields, 'alertscope', 'scope')}".strip()
    # $ID is another one for every event: it would never meet its recovery.
    return f"{head[4]} {head[3] or ''}".strip() if head is not None else title


def _action(transition: str, fields: Mapping[str, Any], notes: list[str]) -> Action:
    word = word_of(transition)
    if word in _RECOVERIES or (not word and word_of(text_of(fields, "alerttype")) == "SUCCESS"):
        return Action.RESOLVE
    if word not in _TRIGGERS:
        notes.append(f"transition {cut(one_line(transition), 40) or 'absent'}; taken as Triggered")
    return Action.TRIGGER


def _severity(transition: str, fields: Mapping[str, Any], head: re.Match[str] | None) -> Severity | object:
    word = text_of(fields, "alertpriority", "priority", "severity")
    # Without a priority Datadog says "normal".
    if word and word_of(word) not in ("NORMAL", "LOW"):
        return word
    if head is not None and head[1]:
        return head[1]
    if word_of(transition) in ("WARN", "REWARN"):
        return Severity.MEDIUM
    return _TYPES.get(word_of(text_of(fields, "alerttype")), Severity.HIGH)


def _labels(fields: Mapping[str, Any], head: re.Match[str] | None) -> Iterator[tuple[str, object]]:
    yield "host", text_of(fields, "hostname", "host")
    yield "scope", text_of(fields, "alertscope", "scope") or (head[3] if head is not None else None)
    yield "monitor_id", fields.get("alertid")
    yield "metric", fields.get("alertmetric", fields.get("metric"))
    tags = fields.get("tags", ())
    for tag in shown(tags).split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else ():
        name, parted, value = one_line(shown(tag)).partition(":")
        if name:
            yield name, value if parted else "yes"


DIALECT = Dialect(kind="datadog", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key)
