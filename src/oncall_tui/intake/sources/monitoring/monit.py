"""monit: a script of `exec` that posts its MONIT_* environment, https://mmonit.com/monit/documentation/#EXEC.

monit names no states, only what happened; its pairs ("Connection failed", "Connection succeeded") are read by their
last words, and what they speak of is part of the key, as one service may have several problems.
"""

from __future__ import annotations

import re

from oncall_tui.domain.events import Action
from oncall_tui.intake.payload.decoding import one_line
from oncall_tui.intake.payload.fields import text_of
from oncall_tui.intake.payload.made import event_from
from oncall_tui.intake.payload.posted import fields_of
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.payload.templated import folded
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

_ENDINGS = (
    (Action.NOTE, "instance changed|instance started|instance stopped|action done"),
    (Action.RESOLVE, "not changed"),
    (Action.TRIGGER, "failed|matched|doesn't match|does not exist|error|timeout|exceeded|down|invalid type|changed"),
    (Action.RESOLVE, "succeeded|passed|exists|ok|recovery|recovered|up|match"),
)
_ENDS = [(re.compile(rf"(.*?)\b({endings})", re.IGNORECASE), action) for action, endings in _ENDINGS]
_ONE_THING = {
    "exists": "existence",
    "does not exist": "existence",
    "invalid type": "type",
    "timeout": "timeout",
}


def read(post: Post) -> Reading | Unusable:
    """One event about one service and one of its tests."""
    notes: list[str] = []
    given = fields_of(post, notes)
    if isinstance(given, Unusable):
        return given
    fields = {name.removeprefix("monit"): value for name, value in folded(given).items()}
    host, service = one_line(text_of(fields, "host", "hostname")), one_line(text_of(fields, "service", "servicename"))
    if not service:
        return Unusable(errors=("a service is needed: MONIT_SERVICE",))
    happened = one_line(text_of(fields, "event", "type"))
    action, about = _meaning(happened, notes)
    where = f"{service} on {host}" if host else service
    event = event_from(
        action,
        notes,
        key="/".join(part for part in (host, service, about) if part),
        title=f"{where}: {happened or 'an event'}",
        lines=(text_of(fields, "description", "message"),),
        severity=fields.get("severity"),
        labels=(("host", host), ("service", service), ("event", happened)),
        links=(fields.get("url"), fields.get("link")),
    )
    return Reading(events=(event,), key=post.key or "")


def _meaning(happened: str, notes: list[str]) -> tuple[Action, str]:
    """What was said, and of what: the part that "failed" and "succeeded" have in common."""
    for pattern, action in _ENDS:
        if found := pattern.fullmatch(happened):
            about = found[1].strip().lower()
            return action, about or _ONE_THING.get(found[2].lower(), found[2].lower())
    notes.append(f"{happened[:40] or 'no'!r} event; taken as a problem")
    return Action.TRIGGER, happened.lower()


DIALECT = Dialect(kind="monit", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key, also_get=True)
