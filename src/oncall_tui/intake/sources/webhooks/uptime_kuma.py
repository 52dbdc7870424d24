"""Uptime Kuma's webhook: JSON, a multipart form with the JSON in `data`, a query, or a body that the operator wrote.

https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/webhook.js. Its monitors' states: 0
down, 1 up, 2 pending, 3 maintenance. Without a heartbeat it is a test, or the note that a certificate or a domain runs
out. In an operator's own body only its message, "[shop] [🔴 Down] timeout", tells what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from oncall_tui.domain.events import Action, Event, cut
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import NotJson, decode_json, one_line, shown
from oncall_tui.intake.payload.fields import object_of, text_of
from oncall_tui.intake.payload.made import event_from
from oncall_tui.intake.payload.posted import fields_of
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

_STATES = {"0": Action.TRIGGER, "1": Action.RESOLVE, "2": Action.NOTE, "3": Action.NOTE}
_NAMED = re.compile(r"\[([^\]]+)\] \[\W*(Down|Up)\]")
_DAYS_LEFT = re.compile(r" will (?:be )?expired? in \d{1,5} days?\b")
NAMED_WITHIN = 500  # characters of a message
OPERATORS_FIELDS = 20  # looked at in a body that an operator wrote
_WITHOUT_ADDRESS = {"", "https://", "http://"}


def read(post: Post) -> Reading | Unusable:
    """One event about one monitor."""
    notes: list[str] = []
    fields = fields_of(post, notes)
    if isinstance(fields, Unusable):
        return fields
    said = text_of(fields, "msg")
    named = _NAMED.search(said[:NAMED_WITHIN])
    if not fields.keys() & {"heartbeat", "monitor", "msg"}:
        said, named = _said_somewhere(fields)
        if not said:
            return Unusable(errors=("one of heartbeat, monitor, msg is needed",))
    beat, monitor = _object(fields, "heartbeat", notes), _object(fields, "monitor", notes)
    if not beat and named is None:
        return Reading(events=(_without_beat(monitor, said, notes),), key=post.key or "")
    name = one_line(text_of(monitor, "name")) or (named[1] if named is not None else "")
    key = (text_of(monitor, "id") or text_of(beat, "monitorID", "monitor_id")).strip() or name
    action = _action(beat, named, notes)
    event = event_from(
        action,
        notes,
        key=key,
        title=f"{name or 'A monitor'} is {_WORDS[action]}",
        lines=(text_of(beat, "msg") or said,),
        severity=fields.get("severity"),
        labels=_labels(monitor, name),
        started_at=_moment(beat),
        links=(monitor.get("url"),) if text_of(monitor, "url") not in _WITHOUT_ADDRESS else (),
    )
    return Reading(events=(event,), key=post.key or "")


def _object(fields: Mapping[str, object], name: str, notes: list[str]) -> Mapping[str, object]:
    """The object in this field; in a query it stands as JSON text."""
    value = fields.get(name)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        with suppress(NotJson):
            value, _ = decode_json(value.encode("utf-8", "replace"))
    return object_of({name: value}, name, notes)


def _said_somewhere(fields: Mapping[str, object]) -> tuple[str, re.Match[str] | None]:
    """Uptime Kuma's own message in a body of the operator's, whatever its field is called; empty when there is none."""
    texts = [value for value in islice(fields.values(), OPERATORS_FIELDS) if isinstance(value, str)]
    for text in texts:
        if (named := _NAMED.search(text[:NAMED_WITHIN])) is not None:
            return text, named
    return next((text for text in texts if text.endswith(" Testing") or _runs_out(text)), ""), None


def _runs_out(said: str) -> bool:
    """Whether it is a note, days ahead, that a certificate or a domain's name has to be renewed."""
    return _DAYS_LEFT.search(said[:NAMED_WITHIN]) is not None


_WORDS = {Action.TRIGGER: "down", Action.RESOLVE: "up", Action.NOTE: "pending or in maintenance"}


def _action(beat: Mapping[str, Any], named: re.Match[str] | None, notes: list[str]) -> Action:
    status = text_of(beat, "status").strip()
    if action := _STATES.get(status):
        return action
    if named is not None:
        return Action.RESOLVE if named[2] == "Up" else Action.TRIGGER
    notes.append(f"heartbeat.status {cut(one_line(status), 40) or 'absent'}; taken as down")
    return Action.TRIGGER


def _without_beat(monitor: Mapping[str, Any], said: str, notes: list[str]) -> Event:
    """A certificate or a domain that runs out is worth a notice; anything else is a test."""
    about = text_of(monitor, "id", "name").strip()
    if "certificate" in said.lower() or _runs_out(said):
        what = "certificate" if "certificate" in said.lower() else "domain"
        key = f"{what} {about or _DAYS_LEFT.sub('', one_line(said))}"  # it is said again as the days run out
        return event_from(Action.TRIGGER, notes, key=key, title=said, severity=Severity.LOW)
    return event_from(Action.NOTE, notes, key=about, title=said or "a test of Uptime Kuma")


def _labels(monitor: Mapping[str, Any], name: str) -> Iterator[tuple[str, object]]:
    yield "monitor", name
    yield "type", monitor.get("type")
    yield "host", monitor.get("hostname")
    tags = monitor.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and text_of(tag, "name"):
            yield shown(tag.get("name")), tag.get("value") or "yes"


def _moment(beat: Mapping[str, Any]) -> object:
    """`time` is in UTC and does not say so."""
    time = beat.get("time")
    return f"{time}Z" if isinstance(time, str) and re.fullmatch(r"[\d-]{10}[ T][\d:.]+", time) else time


DIALECT = Dialect(
    kind="uptime-kuma", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key, also_get=True
)
