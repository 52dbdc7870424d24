"""The queue's filter language: `state:open service:checkout sev>=high @me disk full`, parsed into a frozen value."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.errors import Invalid, InvalidMany
from oncall_tui.domain.severity import Severity, Urgency, severity_named
from oncall_tui.domain.time.durations import parse_duration

ME = "me"
OPEN = ("triggered", "acknowledged")
STATES = (*OPEN, "resolved")
LONGEST = 1_000  # characters; every word of it is looked for in every title
NOBODY = "nobody"
MINE = "mine"
TERMS = (
    "state: service: team: (also team:mine) sev: (also sev>=high) urgency: label:key=value "
    "since: before: (24h or 2026-01-05) @me @user @nobody #number, and words of the title"
)
VIEWS: Mapping[str, str] = {
    "open": "state:open",
    "mine": "@me",
    "unassigned": "@nobody",
    "team": "team:mine",
    "day": "state:all since:24h",
}
"""Filters that have a name of their own in every terminal."""

Moment = timedelta | datetime
"""So long before now, or an instant."""

_COMPARISONS = (">=", "<=", ">", "<", ":", "=")
_COMPARED = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What to show: every part that is given must hold; within a part any of its values. Nothing given: all of it.

    `since` and `before` bound when an incident opened.
    """

    states: tuple[str, ...] = OPEN
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    urgencies: tuple[Urgency, ...] = ()
    people: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    numbers: tuple[int, ...] = ()
    since: tuple[Moment, ...] = ()
    before: tuple[Moment, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def only_open(self) -> bool:
        """Whether resolved incidents are left out."""
        return "resolved" not in self.states


def parse_filter(text: str) -> Filter:
    """The filter a text means; no `state:` term means open ones. Raises InvalidMany, naming each term that is wrong."""
    if len(text) > LONGEST:
        raise InvalidMany([Invalid(f"a filter has at most {LONGEST} characters", mend="shorten it")])
    found: dict[str, list[object]] = {}
    errors = []
    for term in split_terms(text):
        try:
            part, values = _read(term)
        except Invalid as error:
            errors.append(error)
        else:
            found.setdefault(part, []).extend(value for value in values if value not in found.get(part, []))
    if errors:
        raise InvalidMany(errors)
    if "numbers" in found:
        found.setdefault("states", list(STATES))  # whoever names a number wants that one, resolved or not
    return Filter(**{part: tuple(values) for part, values in found.items()})  # type: ignore[arg-type]  # one type a part


def split_terms(text: str) -> list[str]:
    """The terms, parted by blanks; double quotes keep blanks within a term and are dropped."""
    terms: list[str] = []
    current: list[str] = []
    quoted = begun = False
    for character in text:
        if character == '"':
            quoted, begun = not quoted, True
        elif character.isspace() and not quoted:
            if begun:
                terms.append("".join(current))
            current, begun = [], False
        else:
            current.append(character)
            begun = True
    if begun:
        terms.append("".join(current))
    return [term for term in terms if term]


def _read(term: str) -> tuple[str, list[object]]:
    if term.startswith("@") and len(term) > 1:
        return "people", [term[1:]]
    if term.startswith("#") and term[1:].isdecimal():
        return "numbers", [int(term[1:])]
    field, comparison, value = _parted(term)
    if field in ("sev", "severity"):
        return "severities", _severities(term, comparison, value)
    if field not in _READERS:
        return "words", [term]
    part, read = _READERS[field]
    return part, read(term, value)


def _parted(term: str) -> tuple[str, str, str]:
    """(field, comparison, value) of a term that has a known shape; else nothing but blanks."""
    for comparison in _COMPARISONS:
        field, found, value = term.partition(comparison)
        if found and field.isalpha() and (comparison == ":" or field in ("sev", "severity")):
            if not value:
                raise _wrong(term, f"something is missing after '{field}{comparison}'")
            return field, comparison, value
    return "", "", ""


def _listed(value: str) -> list[object]:
    return [part for part in value.split(",") if part]


def _states(value: str) -> list[object]:
    chosen: list[object] = []
    for name in value.split(","):
        match name:
            case "open":
                chosen += OPEN
            case "all":
                chosen += STATES
            case "triggered" | "acknowledged" | "resolved":
                chosen.append(name)
            case "acked":
                chosen.append("acknowledged")
            case _:
                raise _wrong(name, "a state is open, triggered, acknowledged, resolved or all")
    return chosen


def _severities(term: str, comparison: str, value: str) -> list[object]:
    if comparison in (":", "="):
        return [_severity(term, name) for name in value.split(",")]
    rank = _severity(term, value).rank
    return [severity for severity in Severity if _COMPARED[comparison](severity.rank, rank)]


def _severity(term: str, name: str) -> Severity:
    known = severity_named(name)
    if known is None:
        raise _wrong(term, "a severity is critical, high, medium, low or info")
    return known


def _urgencies(term: str, value: str) -> list[object]:
    try:
        return [Urgency(name) for name in value.split(",")]
    except ValueError:
        raise _wrong(term, "an urgency is high or low") from None


def _label(term: str, value: str) -> list[object]:
    key, equals, wanted = value.partition("=")
    if not (key and equals):
        raise _wrong(term, "a label term is label:key=value")
    return [(key, wanted)]


def _moment(term: str, value: str) -> list[object]:
    try:
        return [parse_duration(value)]
    except Invalid:
        pass  # not a duration: a day or an instant then
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise _wrong(term, "a time is a span like 24h or 7d, or a day like 2026-01-05, in UTC") from None
    return [at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)]


def _wrong(term: str, sentence: str) -> Invalid:
    return Invalid(f"'{term}': {sentence}", path="filter", mend=f"terms are {TERMS}")


_READERS: Mapping[str, tuple[str, Callable[[str, str], list[object]]]] = {
    "state": ("states", lambda _, value: _states(value)),
    "service": ("services", lambda _, value: _listed(value)),
    "team": ("teams", lambda _, value: _listed(value)),
    "label": ("labels", _label),
    "urgency": ("urgencies", _urgencies),
    "since": ("since", _moment),
    "before": ("before", _moment),
}
"""For the name of a term the part of the filter that it means, and how its value is read."""
