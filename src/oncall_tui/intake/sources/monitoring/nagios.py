"""Nagios and its kin: a notification command that posts its macros, as a form or as JSON.

Types: https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html#notificationtype. PROBLEM
opens, RECOVERY resolves, ACKNOWLEDGEMENT acknowledges; DOWNTIME*, FLAPPING* and CUSTOM are remarks. PagerDuty's plugin,
pagerduty_nagios.pl, posts the same macros to a path of its own, with the key as the contact's pager.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oncall_tui.domain.events import Action, cut
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import one_line
from oncall_tui.intake.payload.fields import text_of
from oncall_tui.intake.payload.made import event_from
from oncall_tui.intake.payload.posted import fields_of
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.payload.templated import folded, word_of
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

HOSTS = ("hostname", "host", "hostdisplayname", "hostalias")
SERVICES = ("servicedesc", "servicedescription", "servicename", "service", "servicedisplayname")
TYPES = ("notificationtype", "type")
OUTPUTS = ("serviceoutput", "hostoutput", "output", "message")
LONG_OUTPUTS = ("longserviceoutput", "longhostoutput", "longoutput")
AUTHORS = ("notificationauthorname", "notificationauthor", "serviceackauthor", "hostackauthor", "author")
COMMENTS = ("notificationcomment", "serviceackcomment", "hostackcomment", "comment")
SINCE = {"service": "lastservicestatechange", "host": "lasthoststatechange"}
LINKS = ("link", "url", "serviceactionurl", "hostactionurl", "servicenotesurl", "hostnotesurl")
_TYPES = {
    "PROBLEM": Action.TRIGGER,
    "RECOVERY": Action.RESOLVE,
    "ACKNOWLEDGEMENT": Action.ACKNOWLEDGE,
    "CUSTOM": Action.NOTE,
}
_REMARKS = ("DOWNTIME", "FLAPPING")
_WELL = {"OK", "UP"}
_SEVERITIES = {
    "CRITICAL": Severity.CRITICAL,
    "DOWN": Severity.CRITICAL,
    "WARNING": Severity.MEDIUM,
    "UNKNOWN": Severity.HIGH,
    "UNREACHABLE": Severity.HIGH,
}


def read(post: Post) -> Reading | Unusable:
    """One event; host and service are its key, a host alone is one too."""
    notes: list[str] = []
    given = fields_of(post, notes)
    if isinstance(given, Unusable):
        return given
    fields = folded(given)
    host, service = _name(fields, HOSTS), _name(fields, SERVICES)
    if not host and not service:
        return Unusable(errors=("a host or a service is needed: HOSTNAME, SERVICEDESC",))
    about = f"{service} on {host}" if host and service else host or service
    state = _state(fields, service=bool(service))
    action = _action(fields, state, notes)
    kind = text_of(fields, *TYPES)
    event = event_from(
        action,
        notes,
        key=f"{host}/{service}" if service else host,
        title=f"{about}: {kind.lower()}" if action is Action.NOTE else f"{about} is {state or 'in trouble'}",
        lines=_lines(fields),
        severity=_SEVERITIES.get(state, Severity.HIGH),
        labels=(("host", host), ("service", service), ("state", state), ("address", fields.get("hostaddress"))),
        # Of all their times only these stay the same while a problem lasts.
        started_at=fields.get(SINCE["service" if service else "host"]),
        links=(fields.get(name) for name in LINKS),
    )
    return Reading(events=(event,), key=post.key or text_of(fields, "contactpager").strip())


def _name(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of the fields that is a text; an object of this name has lent its own name before."""
    return one_line(text_of({name: value for name, value in fields.items() if not isinstance(value, dict)}, *names))


def _state(fields: Mapping[str, Any], *, service: bool) -> str:
    # A service's notification bears its host's state, too.
    names = ("servicestate", "state", "hoststate") if service else ("hoststate", "state", "servicestate")
    return cut(word_of(text_of(fields, *names)), 40)


def _action(fields: Mapping[str, Any], state: str, notes: list[str]) -> Action:
    kind = word_of(text_of(fields, *TYPES))
    if action := _TYPES.get(kind):
        return action
    if kind.startswith(_REMARKS):
        return Action.NOTE
    notes.append(f"notification type {cut(one_line(kind), 40) or 'absent'}; read by its state, {state or 'absent'}")
    return Action.RESOLVE if state in _WELL else Action.TRIGGER


def _lines(fields: Mapping[str, Any]) -> Iterator[str]:
    yield text_of(fields, *OUTPUTS)
    yield text_of(fields, *LONG_OUTPUTS).replace("\\n", "\n")
    comment, author = text_of(fields, *COMMENTS), text_of(fields, *AUTHORS)
    if comment:
        yield f"{author}: {comment}" if author else comment


DIALECT = Dialect(
    kind="nagios",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    paths=("/nagios/2010-04-15/create_event",),
    also_get=True,
)
