"""Opsgenie's search language: `status: open AND (priority: P1 OR tag: (db AND eu)) AND createdAt > 1767600000000`.

https://support.atlassian.com/opsgenie/docs/search-queries-for-alerts/. Terms are joined by AND, OR or a space, which is
an AND; NOT stands before one or before a bracket. A word without a field is looked for in the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.severity import severity_named
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.sources.paging.opsgenie_ids import alert_number
from oncall_tui.ops.sent_alerts import Term, Terms

TERMS = 20
DEPTH = 5
LONGEST = 1_000  # characters
MOST_COUNTED = 10**15
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<bracket>[()])
    | (?P<field>[A-Za-z][A-Za-z0-9_.-]*)\s*(?P<sign><=|>=|[:=<>])
    | "(?P<quoted>[^"]*)"
    | (?P<word>[^\s":=()<>][^\s"()]*)
    )""",
    re.VERBOSE,
)
_VALUE = re.compile(r'\s*(?:(?P<bracket>\()|"(?P<quoted>[^"]*)"|(?P<word>[^\s"()]+))')
_PARTS = dict.fromkeys(("bracket", "field", "sign", "quoted", "word"))
_DETAIL = "details."
Token = Mapping[str, str | None]
_JOINING = ("AND", "OR")
_COMPARED = {
    "createdat": "createdAt",
    "lastoccurredat": "lastOccurredAt",
    "updatedat": "lastOccurredAt",
    "count": "count",
}


def parse(text: str) -> tuple[Term | Terms, ...]:
    """What a query asks for, all of which has to hold. Raises Invalid for what is not understood."""
    if len(text) > LONGEST:
        raise Invalid(f"a query has at most {LONGEST} characters", path="query", mend="shorten it")
    reader = _Reader(_tokens(text))
    wanted = reader.expression(("message", ":"), 0)
    if reader.left:
        raise Invalid("a bracket is closed that was not opened", path="query", mend="take it away")
    return (wanted,) if wanted.parts else ()


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    place, text = 0, text.rstrip()
    while place < len(text):
        # A value may hold what would be a field elsewhere: `alias: web1:cpu`.
        token = (_VALUE if found and found[-1]["field"] else _TOKEN).match(text, place)
        if token is None:
            raise Invalid(f"the query is not understood from {text[place : place + 20]!r} on", path="query")
        found.append({**_PARTS, **token.groupdict()})
        place = token.end()
    return found


class _Reader:
    """The tokens of one query, from the left."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._terms = 0

    @property
    def left(self) -> bool:
        """Whether there is more."""
        return self._place < len(self._tokens)

    def expression(self, about: tuple[str, str], depth: int) -> Terms:
        """Everything up to the end or a closing bracket; bare words are values of the field that it is `about`."""
        if depth > DEPTH:
            raise Invalid(f"brackets stand {DEPTH} deep at most", path="query", mend="write it out")
        either: list[Term | Terms] = []
        every: list[Term | Terms] = []
        negated = joined = False
        while self.left and self._ahead["bracket"] != ")":
            word = self._ahead["word"]
            if word == "NOT":
                self._place += 1
                negated = not negated
            elif word in _JOINING:
                self._place += 1
                if not every or negated or joined:
                    raise Invalid(f"{word} stands between two terms", path="query", mend="put a term before it")
                joined = True
                if word == "OR":
                    either.append(Terms(tuple(every)))
                    every = []
            else:
                part = self._part(about, depth)
                every.append(replace(part, negated=part.negated != negated))
                negated = joined = False
        if negated or joined:
            raise Invalid("something is missing at the end of the query", path="query", mend="say what")
        return Terms((*either, Terms(tuple(every))), either=True) if either else Terms(tuple(every))

    @property
    def _ahead(self) -> Token:
        return self._tokens[self._place]

    def _part(self, about: tuple[str, str], depth: int) -> Term | Terms:
        token = self._ahead
        self._place += 1
        if token["bracket"] is not None:
            return self._bracketed(about, depth)
        if token["field"] is None:
            return self._term(about, token)
        about = token["field"], token["sign"] or ":"
        if not self.left:
            raise Invalid(f"{token['field']!r} has no value", path="query", mend="write field: value")
        value = self._ahead
        self._place += 1
        return self._bracketed(about, depth) if value["bracket"] is not None else self._term(about, value)

    def _bracketed(self, about: tuple[str, str], depth: int) -> Terms:
        inner = self.expression(about, depth + 1)
        if not self.left:
            raise Invalid("a bracket is opened and not closed", path="query", mend="close it")
        if not inner.parts:
            raise Invalid("there is nothing in the brackets", path="query", mend="take them away")
        self._place += 1
        return inner

    def _term(self, about: tuple[str, str], value: Token) -> Term:
        self._terms += 1
        if self._terms > TERMS:
            raise Invalid(f"a query has at most {TERMS} terms", path="query", mend="shorten it")
        return _term(*about, value["word"] or value["quoted"] or "")


def _term(field: str, sign: str, value: str) -> Term:
    sign = "=" if sign == ":" else sign
    if field.startswith(_DETAIL):
        found = Term(f"label:{field.removeprefix(_DETAIL)}", value)
    elif field.lower() in _COMPARED:
        return Term(_COMPARED[field.lower()], _measured(field, value), sign=sign)
    elif field.lower() in _FIELDS:
        found = Term(*_FIELDS[field.lower()](value))
    else:
        raise Invalid(f"the field {field!r} is not understood", path="query", mend="see the page of this dialect")
    if sign != "=":
        raise Invalid(f"{field} can't be compared by {sign}", path="query", mend=f"write {field}: {value}")
    return found


def _measured(field: str, value: str) -> int | datetime:
    plain = value.isascii() and value.isdecimal() and len(value) <= len(str(MOST_COUNTED))
    if field.lower() == "count":
        if not plain:
            raise Invalid(f"{value!r} is no number", path="query", mend="count > 5")
        return int(value)
    moment = moment_from(int(value) if plain else value, field, [])
    if moment is None:
        raise Invalid(f"{value!r} is no time", path="query", mend="milliseconds since 1970, or 2026-01-05T10:00:00Z")
    return moment


def _status(value: str) -> tuple[str, str]:
    known = {"open": ("open", "true"), "closed": ("open", "false"), "acked": ("acknowledged", "true")}.get(
        value.lower()
    )
    if known is None:
        raise Invalid(f"{value!r} is no status", path="query", mend="open or closed")
    return known


def _yes_or_no(name: str) -> Callable[[str], tuple[str, str]]:
    def read(value: str) -> tuple[str, str]:
        said = {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(value.lower())
        if said is None:
            raise Invalid(f"{value!r} is neither true nor false", path="query", mend=f"{name}: true")
        return name, said

    return read


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
    "acknowledged": _yes_or_no("acknowledged"),
    "isseen": _yes_or_no("acknowledged"),
    "snoozed": _yes_or_no("snoozed"),
    "owner": lambda value: ("owner", value),
    "acknowledgedby": lambda value: ("owner", value),
    "id": _id,
    "alertid": _id,
    "tinyid": _id,
    "priority": _severity,
    "alias": lambda value: ("key", value),
    "message": lambda value: ("title", value.strip("*")),
    "description": lambda value: ("description", value.strip("*")),
    "tag": lambda value: ("tag", value),
    "tags": lambda value: ("tag", value),
    **dict.fromkeys(("team", "teams", "responder", "responders"), lambda value: ("responder", value)),
    "entity": lambda value: ("label:entity", value),
    "source": lambda value: ("label:source", value),
    "user": lambda value: ("label:user", value),
}
