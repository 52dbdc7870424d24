"""Grafana's webhooks: its alerting, which speaks like Alertmanager with more beside it, and the legacy one.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
Its optional signature is X-Grafana-Alerting-Signature: the hex HMAC-SHA256 of the body, or of `timestamp:body` when the
contact point names a header for the timestamp.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from oncall_tui.domain.events import Action, Event, cut
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
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources import alertmanager
from oncall_tui.intake.sources.answers import unknown_key, unusable

SIGNATURE = "x-grafana-alerting-signature"
VERSIONS = ("1", alertmanager.VERSION)
MATCHES = 50
_LINKS = ("dashboardURL", "panelURL", "silenceURL", "imageURL")
_OF_RULES = {"DatasourceNoData": "no data", "DatasourceError": "its query fails"}
_DIGEST_LENGTH = 64
_CANDIDATES = 8


def read(post: Post) -> Reading | Unusable:
    """One event an alert of Grafana's alerting; one event of a legacy alert, which bears a rule and its state."""
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    if "alerts" in value:
        return alertmanager.read_group(value, notes, post.key, versions=VERSIONS, more=_of_alerting)
    return _legacy(value, notes, post.key)


def _of_alerting(event: Event, alert: Mapping[str, object]) -> Event:
    """What Grafana tells beside Alertmanager's fields: the values, and where to look."""
    event, lines = _of_the_rule(event)
    values = text_of(alert, "valueString") or text_of(alert, "values")
    lines += [f"values: {values}"] if values else []
    lines += [f"{name}: {link}" for name in _LINKS if (link := link_from(alert.get(name)))]
    if not lines:
        return event
    notes = list(event.notes)
    description = description_from("\n".join((*([event.description] if event.description else []), *lines)), notes)
    link = event.link or link_from(alert.get("panelURL")) or link_from(alert.get("dashboardURL"))
    return replace(event, description=description, link=link, notes=tuple(notes))


def _of_the_rule(event: Event) -> tuple[Event, list[str]]:
    """An alert about the rule itself: its summary is of what the rule looks for, and would say that this was found.

    https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/
    """
    state = _OF_RULES.get(event.labels.get("alertname", ""))
    if state is None:
        return event, []
    name = event.labels.get("rulename")
    notes = list(event.notes)
    told = replace(event, title=title_from(f"{name or event.title}: {state}", notes), notes=tuple(notes))
    return told, [event.title] if name else []


def _legacy(rule: Mapping[str, object], notes: list[str], key: str | None) -> Reading | Unusable:
    title = text_of(rule, "ruleName") or text_of(rule, "title")
    number = text_of(rule, "ruleId").strip()
    if not title and not number:
        return Unusable(errors=("neither alerts nor a ruleId, ruleName or title is there",))
    organisation = text_of(rule, "orgId").strip()
    # A test notification bears rule 0, whatever it is named: the name tells it from others.
    own = f"rule {number}" if number not in ("", "0") else f"rule {one_line(title)}"
    tags = object_of(rule, "tags", notes)
    event = Event(
        action=_action(text_of(rule, "state"), notes),
        dedup_key=key_from(f"{own} of org {organisation}" if organisation not in ("", "0") else own),
        title=title_from(title or own, notes),
        description=description_from("\n".join(_legacy_lines(rule)), notes),
        severity=severity_from(tags.get("severity"), notes),
        labels=labels_from(tags.items(), notes),
        link=link_from(rule.get("ruleUrl")),
        notes=tuple(notes),
    )
    return Reading(events=(event,), key=key or "")


def _action(state: str, notes: list[str]) -> Action:
    match state.strip().lower():
        case "ok":
            return Action.RESOLVE
        case "alerting" | "no_data":
            return Action.TRIGGER
        case odd:
            notes.append(f"state {cut(one_line(odd), 40) or 'absent'}; taken as alerting")
            return Action.TRIGGER


def _legacy_lines(rule: Mapping[str, object]) -> Iterator[str]:
    if message := text_of(rule, "message"):
        yield message
    matches = rule.get("evalMatches")
    for match in matches[:MATCHES] if isinstance(matches, list) else ():
        if isinstance(match, dict):
            yield f"{one_line(text_of(match, 'metric')) or 'value'}: {shown(match.get('value'))}"
    if image := link_from(rule.get("imageUrl")):
        yield f"image: {image}"


def verify(post: Post, secret: str) -> str | None:
    """Why the signature does not fit; None when it does."""
    given = post.headers.get(SIGNATURE, "").strip().lower()
    if len(given) != _DIGEST_LENGTH:
        return f"there is no {SIGNATURE} header"
    signed = [post.body]
    # The header that holds the timestamp is named by whoever set the contact point up.
    signed += [
        value.strip().encode() + b":" + post.body for value in post.headers.values() if value.strip().isdecimal()
    ]
    fits = False
    for text in signed[:_CANDIDATES]:
        expected = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        fits |= hmac.compare_digest(expected.encode(), given.encode())
    return None if fits else "the signature does not fit"


def accepted(taken: Sequence[Taken]) -> Answer:
    """200 with the incidents that the alerts are about."""
    return replace(alertmanager.accepted(taken), status=200)


DIALECT = Dialect(
    kind="grafana", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key, verify=verify
)
