"""Opsgenie's search language, as far as its clients use it: `status: open AND priority: P1 AND NOT tag: "db"`.

https://support.atlassian.com/opsgenie/docs/search-queries-for-alerts/. Terms are joined by AND or by a space; a word
without a field is looked for in the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.severity import severity_named
from oncall_tui.intake.sources.paging.opsgenie_ids import alert_number
from oncall_tui.ops.sent_alerts import Term

TERMS = 20
LONGEST = 1_000  # characters
_TERM = re.compile(
    r'\s*(?:(?P<field>[A-Za-z][A-Za-z0-9_.-]*)\s*[:=]\s*)?(?:"(?P<quoted>[^"]*)"|(?P<word>[^\s":=][^\s"]*))'
)
_DETAIL = "details."


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a query, all of which have to hold. Raises Invalid for what is not understood."""
    if len(text) > LONGEST:
        raise Invalid(f"a query has at most {LONGEST} characters", path="query", mend="shorten it")
    terms: list[Term] = []
    negated, place = False, 0
    text = text.rstrip()
    while place < len(text):
        found = _TERM.match(text, place)
        if found is None:
            raise Invalid(f"the query is not understood from {text[place : place + 20]!r} on", path="query")
        place = found.end()
        if found["field"] is None and found["word"] in ("AND", "OR", "NOT"):
            if found["word"] == "OR":
                raise Invalid("OR is not understood here", path="query", mend="ask twice")
            negated = negated != (found["word"] == "NOT")
            continue
        field, value = _term(found["field"] or "message", found["word"] or found["quoted"] or "")
        terms.append(Term(field, value, negated))
        negated = False
        if len(terms) > TERMS:
            raise Invalid(f"a query has at most {TERMS} terms", path="query", mend="shorten it")
    return tuple(terms)


def _term(field: str, value: str) -> tuple[str, str]:
    if field.startswith(_DETAIL):
        return f"label:{field.removeprefix(_DETAIL)}", value
    read = _FIELDS.get(field.lower())
    if read is None:
        raise Invalid(f"the field {field!r} is not understood", path="query", mend="see the page of this dialect")
    return read(value)


def _status(value: str) -> tuple[str, str]:
    known = {"open": ("open", "true"), "closed": ("open", "false"), "acked": ("acknowledged", "true")}.get(
        value.lower()
    )
    if known is None:
        raise Invalid(f"{value!r} is no status", path="query", mend="open or closed")
    return known


def _acknowledged(value: str) -> tuple[str, str]:
    said = {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(value.lower())
    if said is None:
        raise Invalid(f"{value!r} is neither true nor false", path="query", mend="acknowledged: true")
    return "acknowledged", said


def _id(value: str) -> tuple[str, str]:
    plain = value.isascii() and value.isdecimal() and len(value) < 15
    return "id", str(int(value) if plain else alert_number(value) or 0)


def _severity(value: str) -> tuple[str, str]:
    severity = severity_named(value)
    if severity is None:
        raise Invalid(f"{value!r} is no priority", path="query", mend="P1 to P5")
    return "severity", severity.value


_FIELDS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "status": _status,
    "acknowledged": _acknowledged,
    "isseen": _acknowledged,
    "id": _id,
    "tinyid": _id,
    "priority": _severity,
    "alias": lambda value: ("key", value),
    "message": lambda value: ("title", value.strip("*")),
    "description": lambda value: ("description", value.strip("*")),
    "tag": lambda value: ("tag", value),
    "tags": lambda value: ("tag", value),
    "entity": lambda value: ("label:entity", value),
    "source": lambda value: ("label:source", value),
    "user": lambda value: ("label:user", value),
}
