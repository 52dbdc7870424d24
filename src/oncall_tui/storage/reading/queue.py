"""The queue of incidents, in stretches, whatever the size of the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from oncall_tui.domain.queue.filters import ME, NOBODY, OPEN, Filter, Moment
from oncall_tui.storage.looking import AnyRow, Look, Words, among, look_of
from oncall_tui.storage.values import to_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

COUNTED = 10_000

# What needs a human first: triggered before acknowledged, the worse before the better, the newer before the older.
RANK = "CASE i.state WHEN 'triggered' THEN 0 WHEN 'acknowledged' THEN 10 ELSE 20 END + 4 - i.severity_rank"
_OPEN = "i.resolved_at IS NULL"
_ALL_OPEN = f"{_OPEN} AND {among('i.state', 'state', OPEN).sql}"
_AT_ONCE = 500  # SQLite and PostgreSQL both bound the parameters of a statement


class Place(NamedTuple):
    """Where a stretch of the queue ended. `rank` is 0 in the history, which goes by number alone."""

    rank: int
    number: int


def matching(look: Look, wanted: Filter, teams_services: Sequence[str], me: str | None, now: datetime) -> Words:
    """The condition on `incidents i` that a filter means. `teams_services` are the services of the teams it names."""
    parts: list[Words] = []
    if wanted.only_open:
        parts.append(Words(_OPEN))
    parts.append(among("i.state", "state", wanted.states))
    if wanted.services:
        parts.append(_of_services("service", wanted.services))
    if wanted.teams:
        parts.append(_of_services("team", teams_services))
    if wanted.severities:
        parts.append(among("i.severity", "severity", [severity.value for severity in wanted.severities]))
    if wanted.urgencies:
        parts.append(among("i.urgency", "urgency", [urgency.value for urgency in wanted.urgencies]))
    if wanted.people:
        names = [me if name == ME else name for name in wanted.people]
        parts.append(_any(_with(look, f"person_{place}", name) for place, name in enumerate(names)))
    parts += [
        _holds(look, "i.labels", f"label_{place}", to_json({key: value})[1:-1])
        for place, (key, value) in enumerate(wanted.labels)
    ]
    if wanted.numbers:
        parts.append(among("i.number", "number", wanted.numbers))
    if wanted.since:
        parts.append(_any(_opened(">=", f"since_{place}", at, now) for place, at in enumerate(wanted.since)))
    if wanted.before:
        parts.append(_any(_opened("<", f"before_{place}", at, now) for place, at in enumerate(wanted.before)))
    parts += [_titled(look, f"word_{place}", word) for place, word in enumerate(wanted.words)]
    return _joined(" AND ", parts)


def page(look: Look, condition: Words, *, history: bool, after: Place | None, limit: int) -> list[Place]:
    """The next `limit` places in order: by need of a human, or in the history by number, newest first."""
    rank = "0" if history else RANK
    given = {**condition.given, "limit": limit}
    sql = f"SELECT {rank} AS rank, i.number FROM incidents i WHERE {condition.sql}"  # noqa: S608 - our own words
    if after is not None:
        given |= {"after": after.number} if history else {"after": after.number, "after_rank": after.rank}
        below = "i.number < :after"
        sql += f" AND {below}" if history else f" AND ({rank} > :after_rank OR ({rank} = :after_rank AND {below}))"
    sql += f" ORDER BY {'' if history else 'rank, '}i.number DESC LIMIT :limit"
    return [Place(row.rank, row.number) for row in look.rows(sql, given)]


def count(look: Look, condition: Words) -> int | None:
    """How many match; None for more than COUNTED: nobody reads that number, and it costs more the longer it is."""
    if condition.sql == _ALL_OPEN:
        condition = Words(_OPEN)  # the same, and SQLite counts it in an index alone
    some = f"SELECT i.number FROM incidents i WHERE {condition.sql} LIMIT :most"  # noqa: S608 - our own words
    given = {**condition.given, "most": COUNTED + 1}
    found: int = look.value(f"SELECT count(*) FROM ({some}) AS found", given)  # noqa: S608 - our own words
    return None if found > COUNTED else found


def rows(where: Connection | Look, numbers: Sequence[int]) -> Sequence[AnyRow]:
    """Incidents with the names of their service and integration, in no order."""
    look = look_of(where)
    found: list[AnyRow] = []
    for start in range(0, len(numbers), _AT_ONCE):
        chosen = among("i.number", "number", numbers[start : start + _AT_ONCE])
        found += look.rows(
            "SELECT i.*, s.name AS service, g.name AS integration FROM incidents i"  # noqa: S608 - our own words
            " LEFT JOIN services s ON s.id = i.service_id LEFT JOIN integrations g ON g.id = i.integration_id"
            f" WHERE {chosen.sql}",
            chosen.given,
        )
    return found


def _joined(by: str, parts: Iterable[Words]) -> Words:
    found = list(parts)
    return Words(by.join(part.sql for part in found), {name: one for part in found for name, one in part.given.items()})


def _any(parts: Iterable[Words]) -> Words:
    found = _joined(" OR ", parts)
    return Words(f"({found.sql})", found.given)


def _of_services(name: str, names: Sequence[str]) -> Words:
    chosen = among("name", name, names)
    return Words(f"i.service_id IN (SELECT id FROM services WHERE {chosen.sql})", chosen.given)  # noqa: S608 - ours


def _opened(comparison: str, name: str, moment: Moment, now: datetime) -> Words:
    at = moment if isinstance(moment, datetime) else now - moment
    return Words(f"i.opened_at {comparison} :{name}", {name: at})


def _titled(look: Look, name: str, word: str) -> Words:
    escaped = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
    sql = f"i.title ILIKE :{name}" if look.dialect == "postgresql" else f"lower(i.title) LIKE lower(:{name})"
    return Words(f"{sql} ESCAPE '/'", {name: f"%{escaped}%"})


def _with(look: Look, name: str, person: str | None) -> Words:
    if person == NOBODY:
        return Words("i.assignees = '[]'")
    return _holds(look, "i.assignees", name, to_json(person)) if person else Words("1 = 0")


def _holds(look: Look, column: str, name: str, part: str) -> Words:
    """Whether a JSON column's text has this in it; to the letter, which LIKE on SQLite is not."""
    find = "strpos" if look.dialect == "postgresql" else "instr"
    return Words(f"{find}({column}, :{name}) > 0", {name: part})
