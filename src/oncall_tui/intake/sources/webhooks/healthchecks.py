"""Healthchecks' webhooks: the operator's templates for down and up, or just a URL with placeholders.

https://healthchecks.io/docs/configuring_notifications/#webhooks: $CODE, $STATUS, $NAME, $TAGS, $NOW, $BODY,
$EXITSTATUS, and $JSON, the check as its API shows it.
"""

from __future__ import annotations

from oncall_tui.domain.events import Action, cut
from oncall_tui.intake.payload.decoding import one_line, shown
from oncall_tui.intake.payload.fields import text_of
from oncall_tui.intake.payload.made import event_from
from oncall_tui.intake.payload.posted import fields_of
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.payload.templated import folded, word_of
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

_KEYS = ("code", "uuid", "uniquekey", "slug", "name")
_STATES = {
    "DOWN": Action.TRIGGER,
    "UP": Action.RESOLVE,
    **dict.fromkeys(("NEW", "PAUSED", "GRACE", "STARTED"), Action.NOTE),
}


def read(post: Post) -> Reading | Unusable:
    """One event about one check."""
    notes: list[str] = []
    given = fields_of(post, notes)
    if isinstance(given, Unusable):
        return given
    fields = folded(given)
    key, name = text_of(fields, *_KEYS).strip(), one_line(text_of(fields, "name", "slug", "code"))
    status = text_of(fields, "status", "state", "action").strip()
    if not key and not status:
        return Unusable(errors=("code, name or status is needed: code=$CODE&name=$NAME&status=$STATUS",))
    action = _STATES.get(word_of(status))
    if action is None:
        notes.append(f"status {cut(one_line(status), 40) or 'absent'}; taken as down")
        action = Action.TRIGGER
    event = event_from(
        action,
        notes,
        key=key,
        title=f"{name or 'A check'} is {'down' if action is Action.TRIGGER else one_line(status)}",
        lines=(text_of(fields, "body", "message", "lastpingbody"), _line("Exit status", fields.get("exitstatus"))),
        severity=fields.get("severity"),
        labels=(("check", name), *((tag, "yes") for tag in shown(fields.get("tags") or "").replace(",", " ").split())),
        links=(fields.get("url"), fields.get("link")),
    )
    return Reading(events=(event,), key=post.key or "")


def _line(name: str, value: object) -> str:
    return "" if value is None else f"{name}: {shown(value)}"


DIALECT = Dialect(
    kind="healthchecks", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key, also_get=True
)
