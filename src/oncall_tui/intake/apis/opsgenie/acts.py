"""What is done to an alert: acknowledge, close, snooze, note and the like.

All answer 202, as all are asynchronous there. What came of it is in the request's id, for whoever asks: that there is
no such alert, or that it was not in a state for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from oncall_tui.domain.errors import DatabaseAway, OncallError, Unknown
from oncall_tui.domain.events import Action
from oncall_tui.domain.severity import severity_named
from oncall_tui.domain.world import World
from oncall_tui.intake.apis.alertmanager.books import Desk
from oncall_tui.intake.apis.opsgenie.endpoint import Asked, Unprocessable, Work
from oncall_tui.intake.apis.opsgenie.finding import alert_of, identifier_type
from oncall_tui.intake.apis.opsgenie.shapes import tags_of
from oncall_tui.intake.payload.decoding import clean, one_line, shown
from oncall_tui.intake.payload.fields import LABEL_LIMIT, description_from, text_of, title_from
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.payload.reading import Answer
from oncall_tui.intake.sources.paging.opsgenie import OWN_LABELS, joined_tags, processed, responders_named
from oncall_tui.intake.sources.paging.opsgenie_ids import Came, Did, RequestId
from oncall_tui.ops import sent_alerts
from oncall_tui.ops.sent_alerts import Wanted

log = logging.getLogger(__name__)

Deed = Callable[[Wanted], None]
_NAME_LIMIT = 120  # characters of a label's name


def act(asked: Asked) -> Work | None:
    """What a request does to an alert; None when there is no such request. Raises Unprocessable."""
    match asked.method, asked.parts:
        case "POST", (*name, "actions", action) if name:
            return _work(asked, name, Did.ACTION, lambda w: sent_alerts.annotate(w, f"asked for the action {action}"))
        case "DELETE", (*name, "tags") if name:
            gone = joined_tags(asked.text("tags")).split(", ")
            return _work(asked, name, Did.UNTAG, lambda w: _untag(w, gone))
        case "DELETE", (*name, "details") if name:
            keys = [key.strip() for key in asked.text("keys").split(",") if key.strip()]
            if not keys:
                raise Unprocessable(keys="keys can not be empty.")
            return _work(asked, name, Did.UNDETAIL, lambda w: sent_alerts.relabel(w, dict.fromkeys(keys)))
        case "DELETE", (*name,) if name:
            return _work(asked, name, Did.DELETE, lambda w: _delete(w, asked))
        case "POST" | "PUT" | "PATCH", (*name, verb) if name and verb in _VERBS:
            did, make = _VERBS[verb]
            return _work(asked, name, did, make(asked))
    return None


def _work(asked: Asked, name: list[str], did: Did, deed: Deed) -> Work:
    identifier_type(asked)

    def run(desk: Desk) -> Answer:
        alert = alert_of(desk, asked, "/".join(name))
        at = int(desk.now.timestamp())
        if alert is None:
            return processed(RequestId(did=did, came=Came.NO_ALERT, at=at))
        wanted = Wanted(desk.conn, desk.world, alert, desk.now)
        came = _done(wanted, asked, did, deed)
        return processed(RequestId(did=did, came=came, number=alert.id, at=at))

    return Work(run, acts=True)


def _done(wanted: Wanted, asked: Asked, did: Did, deed: Deed) -> Came:
    try:
        deed(wanted)
    except DatabaseAway:
        raise
    except OncallError as refused:
        log.info("opsgenie: %s of alert %d was refused: %s", did.name.lower(), wanted.alert.id, refused.sentence)
        return Came.REFUSED
    said = _said(asked) if did is not Did.NOTE else ""
    if said:
        sent_alerts.annotate(wanted, said)
    return Came.DONE


def _said(asked: Asked) -> str:
    """The note that came with a request, and whose it is."""
    note = clean(text_of(asked.fields, "note")).strip()
    user = one_line(text_of(asked.fields, "user") or asked.text("user"))
    return (f"{user}: {note}" if user else note) if note else ""


def _acknowledge(asked: Asked) -> Deed:
    return lambda w: sent_alerts.report(w, Action.ACKNOWLEDGE, asked.payload)


def _close(asked: Asked) -> Deed:
    return lambda w: sent_alerts.report(w, Action.RESOLVE, asked.payload)


def _delete(wanted: Wanted, asked: Asked) -> None:
    sent_alerts.annotate(wanted, "deleted by its sender: it is closed, and stays to be read")
    sent_alerts.report(wanted, Action.RESOLVE, asked.payload)


def _unacknowledge(_: Asked) -> Deed:
    return sent_alerts.unacknowledge


def _snooze(asked: Asked) -> Deed:
    until = moment_from(asked.fields.get("endTime"), "endTime", [])
    if until is None:
        raise Unprocessable(endTime="endTime must be a time.")
    return lambda w: _snooze_until(w, until)


def _snooze_until(wanted: Wanted, until: datetime) -> None:
    end = sent_alerts.snooze(wanted, until)
    if until - end > timedelta(minutes=1):
        sent_alerts.annotate(wanted, "its sender wanted to snooze it for longer than a week")


def _note(asked: Asked) -> Deed:
    said = _said(asked)
    if not said:
        raise Unprocessable(note="note can not be empty.")
    return lambda w: sent_alerts.annotate(w, said)


def _assign(asked: Asked) -> Deed:
    owner = _name_in(asked.fields.get("owner"), "username", "id", "name")
    if not owner:
        raise Unprocessable(owner="owner can not be empty.")
    return lambda w: sent_alerts.assign(w, _user(w.world, owner))


def _user(world: World, named: str) -> str:
    """The user of this name, or of the part of a mail address before the @. Raises Unknown."""
    for name in (named, named.partition("@")[0]):
        if name in world.users:
            return name
    raise Unknown(f"there is no user '{named}'", mend="see the Users tab")


def _escalate(asked: Asked) -> Deed:
    wanted = _name_in(asked.fields.get("escalation"), "name", "id")
    if not wanted:
        raise Unprocessable(escalation="escalation can not be empty.")
    return lambda w: _escalate_to(w, wanted)


def _escalate_to(wanted: Wanted, name: str) -> None:
    known = name in wanted.world.policies
    sent_alerts.escalate(wanted, name if known else None)
    if not known:
        sent_alerts.annotate(wanted, f"its sender wanted the escalation {name}, which is no policy here")


def _responders(asked: Asked) -> Deed:
    names = responders_named([asked.fields.get("responder")], asked.fields.get("responders"))
    if not names:
        raise Unprocessable(responder="responder can not be empty.")
    return lambda w: sent_alerts.annotate(w, f"asked for {names}")


def _teams(asked: Asked) -> Deed:
    names = responders_named([asked.fields.get("team")])
    if not names:
        raise Unprocessable(team="team can not be empty.")
    return lambda w: sent_alerts.annotate(w, f"asked for {names}")


def _tags(asked: Asked) -> Deed:
    given = joined_tags(asked.fields.get("tags"))
    if not given:
        raise Unprocessable(tags="tags can not be empty.")
    return lambda w: _retag(w, [*tags_of(w.alert), *given.split(", ")])


def _untag(wanted: Wanted, gone: list[str]) -> None:
    _retag(wanted, [tag for tag in tags_of(wanted.alert) if tag not in gone])


def _retag(wanted: Wanted, tags: list[str]) -> None:
    sent_alerts.relabel(wanted, {"tags": joined_tags(tags)[:LABEL_LIMIT] or None})


def _details(asked: Asked) -> Deed:
    given = asked.fields.get("details")
    labels = _labels(given) if isinstance(given, dict) else {}
    if not labels:
        raise Unprocessable(details="details can not be empty.")
    return lambda w: sent_alerts.relabel(w, labels)


def _labels(given: Mapping[str, object]) -> dict[str, str | None]:
    named = {one_line(name)[:_NAME_LIMIT]: value for name, value in given.items() if name not in OWN_LABELS}
    return {name: shown(value)[:LABEL_LIMIT] for name, value in named.items() if name and value is not None}


def _message(asked: Asked) -> Deed:
    title = title_from(text_of(asked.fields, "message"), [])
    if not title:
        raise Unprocessable(message="message can not be empty.")
    return lambda w: sent_alerts.reword(w, title=title)


def _description(asked: Asked) -> Deed:
    text = description_from(text_of(asked.fields, "description"), [])
    return lambda w: sent_alerts.reword(w, description=text)


def _priority(asked: Asked) -> Deed:
    severity = severity_named(text_of(asked.fields, "priority"))
    if severity is None:
        raise Unprocessable(priority="priority must be one of P1, P2, P3, P4, P5.")
    return lambda w: sent_alerts.reword(w, severity=severity)


def _name_in(value: object, *names: str) -> str:
    if isinstance(value, dict):
        return one_line(text_of(value, *names))
    return one_line(value) if isinstance(value, str) else ""


_VERBS: Mapping[str, tuple[Did, Callable[[Asked], Deed]]] = {
    "acknowledge": (Did.ACKNOWLEDGE, _acknowledge),
    "unacknowledge": (Did.UNACKNOWLEDGE, _unacknowledge),
    "close": (Did.CLOSE, _close),
    "snooze": (Did.SNOOZE, _snooze),
    "notes": (Did.NOTE, _note),
    "assign": (Did.ASSIGN, _assign),
    "escalate": (Did.ESCALATE, _escalate),
    "responders": (Did.RESPONDERS, _responders),
    "teams": (Did.TEAM, _teams),
    "tags": (Did.TAGS, _tags),
    "details": (Did.DETAILS, _details),
    "message": (Did.MESSAGE, _message),
    "description": (Did.DESCRIPTION, _description),
    "priority": (Did.PRIORITY, _priority),
}
