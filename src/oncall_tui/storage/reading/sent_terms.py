"""Which of an integration's alerts are wanted: conditions as SQL, for both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    true,
    type_coerce,
)

from oncall_tui.storage.tables import alerts, incidents
from oncall_tui.storage.types import to_json

LABEL = "label:"
LISTS = {"tag": ("tags", ("",)), "responder": ("responders", ("team ", "user ", "escalation ", "schedule "))}
"""The fields that are one of several: the label that holds them, and what may stand before each."""
MOMENTS = {"createdAt": alerts.c.first_seen_at, "lastOccurredAt": alerts.c.last_seen_at}
"""The fields that hold an instant; all of them, and `count`, can be compared."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on an alert: a field, the value it is to have or to be beyond, and whether it is rather not to.

    Fields are open, acknowledged and snoozed (true or false), id, count, key, severity, title and description (parts of
    them), owner, tag, responder, `label:` with a label's name, and those of MOMENTS. `sign` is one of = < <= > >=.
    """

    field: str
    value: str | int | datetime
    negated: bool = False
    sign: str = "="


@dataclass(frozen=True, slots=True)
class Terms:
    """Several conditions, of which all have to hold, or, with `either`, one."""

    parts: tuple[Term | Terms, ...]
    either: bool = False
    negated: bool = False


Wanted = Term | Terms
Condition = ColumnElement[bool]


def condition(conn: Connection, wanted: Wanted) -> Condition:
    """What is wanted, as SQL over alerts and their incidents."""
    if isinstance(wanted, Term):
        found = _one(conn, wanted)
    else:
        parts = [condition(conn, part) for part in wanted.parts]
        found = or_(false(), *parts) if wanted.either else and_(true(), *parts)
    return not_(func.coalesce(found, literal(False))) if wanted.negated else found


def _one(conn: Connection, term: Term) -> Condition:
    if term.field in MOMENTS:
        return _compared(MOMENTS[term.field], term.sign, term.value)
    if term.field == "count":
        return _compared(alerts.c["count"], term.sign, term.value)
    text = str(term.value)
    if term.field.startswith(LABEL):
        return _holds(conn, to_json({term.field.removeprefix(LABEL): text})[1:-1])
    if term.field in LISTS:
        label, kinds = LISTS[term.field]
        return or_(*(_listed(conn, label, f"{kind}{text}") for kind in kinds))
    if term.field == "snoozed":
        snoozed = and_(alerts.c.open.is_(True), _in_document(conn, "snoozed_until").is_not(None))
        return snoozed if text == "true" else not_(snoozed)
    return _FIELDS[term.field](text)


def _compared(column: ColumnElement[object], sign: str, value: object) -> Condition:
    compared: Mapping[str, Callable[[object], Condition]] = {
        "<": column.__lt__,
        "<=": column.__le__,
        ">": column.__gt__,
        ">=": column.__ge__,
    }
    return compared[sign](value) if sign in compared else column == value


def _acknowledged(value: str) -> Condition:
    held = and_(alerts.c.open.is_(True), incidents.c.state == "acknowledged")
    return held if value == "true" else not_(held)


_FIELDS: Mapping[str, Callable[[str], Condition]] = {
    "open": lambda value: alerts.c.open.is_(value == "true"),
    "acknowledged": _acknowledged,
    "owner": lambda value: and_(_acknowledged("true"), incidents.c.acknowledged_by == value),
    "id": lambda value: alerts.c.id == int(value),
    "key": lambda value: alerts.c.dedup_key == value,
    "severity": lambda value: alerts.c.severity == value,
    "title": lambda value: alerts.c.title.icontains(value, autoescape=True),
    "description": lambda value: incidents.c.description.icontains(value, autoescape=True),
}


def _listed(conn: Connection, label: str, item: str) -> Condition:
    """Tags and responders are one label's text each, with commas between them."""
    word = to_json(item)[1:-1]
    return or_(*(_holds(conn, f"{start}{word}{end}") for start in (f'"{label}":"', ", ") for end in ('"', ", ")))


def _holds(conn: Connection, part: str) -> Condition:
    written = type_coerce(alerts.c.labels, Text)
    find = func.strpos if conn.dialect.name == "postgresql" else func.instr
    return find(written, literal(part, Text)) > 0


def _in_document(conn: Connection, name: str) -> ColumnElement[str | None]:
    document = type_coerce(incidents.c.document, Text)
    found: ColumnElement[str | None]
    if conn.dialect.name == "postgresql":
        found = cast(document, JSON)[name].as_string()
    else:
        found = func.json_extract(document, f"$.{name}")
    return found
