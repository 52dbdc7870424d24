"""Silences, in Alertmanager's shapes: a key sees and makes those of its own integration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.matching.matchers import Matcher
from oncall_tui.domain.matching.silences import Silence
from oncall_tui.intake.apis.alertmanager.books import Desk
from oncall_tui.intake.apis.alertmanager.endpoint import Asked, Told, Work
from oncall_tui.intake.apis.alertmanager.wire import filters, time_text
from oncall_tui.intake.payload.decoding import clean, shown
from oncall_tui.intake.payload.fields import text_of
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.ops.intake import silences

OPERATORS = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}
"""Alertmanager's (isRegex, isEqual) in one sign."""


def list_silences(desk: Desk, asked: Asked) -> Told:
    """The integration's silences, those over included, that have the matchers of the filter."""
    wanted = filters(asked)
    return [
        _silence(one, desk.now)
        for one in silences.listed(desk.conn, desk.now, integration=desk.integration.name)
        if all(_about(one, matcher) for matcher in wanted)
    ]


def _about(silence: Silence, wanted: Matcher) -> bool:
    """As Alertmanager filters: a value that the silence's own matcher of this name has."""
    return any(own.name == wanted.name and wanted.takes(own.value) for own in silence.matchers)


def one_silence(desk: Desk, asked: Asked) -> Told:
    """One silence by its id."""
    found = silences.find(desk.conn, asked.ref, integration=desk.integration.name)
    return _silence(found, desk.now)


def post_silence(desk: Desk, asked: Asked) -> Told:
    """A new silence, or another version of one that is there: its id."""
    fields = asked.body
    if not isinstance(fields, dict):
        raise Invalid("the body must be a JSON object")
    notes: list[str] = []
    start = moment_from(fields.get("startsAt"), "startsAt", notes) or desk.now
    end = moment_from(fields.get("endsAt"), "endsAt", notes)
    if end is None:
        raise Invalid("endsAt in body is required")
    creator, comment = text_of(fields, "createdBy"), text_of(fields, "comment")
    if not creator or not comment:
        raise Invalid(f"{'comment' if creator else 'createdBy'} in body is required")
    wanted = silences.NewSilence(
        matchers=_matchers(fields.get("matchers")),
        start=max(start, desk.now),
        end=end,
        creator=clean(creator)[: silences.LONGEST_CREATOR],
        comment=clean(comment)[: silences.LONGEST_COMMENT],
        integration=desk.integration.name,
    )
    ref, name = text_of(fields, "id"), desk.integration.name
    by = f"integration {name}"
    if ref:
        made = silences.replace(desk.conn, desk.world, ref, wanted, desk.now, by=by, via="http", integration=name)
    else:
        made = silences.create(desk.conn, desk.world, wanted, desk.now, by=by, via="http")
    return {"silenceID": made.uuid}


def delete_silence(desk: Desk, asked: Asked) -> Told:
    """End a silence now."""
    name = desk.integration.name
    silences.expire(desk.conn, asked.ref, desk.now, by=f"integration {name}", via="http", integration=name)
    return {}


def _matchers(given: object) -> tuple[Matcher, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= silences.MOST_MATCHERS:
        raise Invalid(f"matchers in body must be a list of 1 to {silences.MOST_MATCHERS}")
    made = []
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str) or "value" not in one:
            raise Invalid("each matcher has a name, a value, isRegex and isEqual")
        sign = OPERATORS[bool(one.get("isRegex")), one.get("isEqual") is not False]
        made.append(Matcher(clean(one["name"]), sign, shown(one["value"])))
    return tuple(made)


def _silence(one: Silence, now: datetime) -> Mapping[str, object]:
    return {
        "id": one.uuid,
        "status": {"state": one.state_at(now).value},
        "updatedAt": time_text(min(one.start, now)),
        "comment": one.comment,
        "createdBy": one.creator,
        "startsAt": time_text(one.start),
        "endsAt": time_text(one.end),
        "matchers": [_matcher(matcher) for matcher in one.matchers],
    }


def _matcher(one: Matcher) -> Mapping[str, object]:
    regex, equal = next(flags for flags, sign in OPERATORS.items() if sign == one.operator)
    return {"name": one.name, "value": one.value, "isRegex": regex, "isEqual": equal}


HANDLERS: Sequence[tuple[str, str, Work]] = (
    ("GET", "/silences", Work(list_silences)),
    ("POST", "/silences", Work(post_silence, changes=True)),
    ("GET", "/silence/{ref}", Work(one_silence)),
    ("DELETE", "/silence/{ref}", Work(delete_silence, changes=True)),
)
