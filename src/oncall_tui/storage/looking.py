"""Questions as SQL text, put straight to the driver: what an open terminal asks must not load SQLAlchemy.

Importing SQLAlchemy and putting its statements together takes longer than drawing the first screen, and as much memory
as Textual. Statements are text here, `:name` for a parameter; values go in and come out as through the tables' types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from oncall_tui.storage.values import clean, instant_of, micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

AnyRow = Any
"""A row: its columns are attributes."""

INSTANTS = frozenset({"at", "lease_until", "told_until", "away_from", "away_until"})
JSON = frozenset(
    {
        "assignees", "days", "definition", "event", "group_labels", "handles", "handoff", "labels", "options", "rules",
        "shifts", "support_hours", "taken", "users",
    }
)  # fmt: skip
FLAGS = frozenset({"enabled", "finished", "open", "possible_repeat", "unverified", "updates"})

_PARAMETER = re.compile(r"(?<!:):([a-z]\w*)")
_NOTHING: Mapping[str, Any] = {}

Make = Callable[[Any], Any]


class Words(NamedTuple):
    """A piece of a statement, and the parameters in it."""

    sql: str
    given: Mapping[str, Any] = _NOTHING


class Look:
    """A read transaction in which questions are asked."""

    __slots__ = ("_link", "dialect")

    def __init__(self, link: Any, dialect: str) -> None:
        self._link = link
        self.dialect = dialect

    def rows(self, sql: str, given: Mapping[str, Any] = _NOTHING, *, raw: Collection[str] = ()) -> list[AnyRow]:
        """Every row. The columns in `raw` stay as they are kept: JSON as text."""
        cursor = self._ask(sql, given)
        names = [column[0] for column in cursor.description]
        makes = [(name, make) for name in names if name not in raw and (make := _make(name, self.dialect)) is not None]
        found = []
        for row in cursor.fetchall():
            values = dict(zip(names, row, strict=True))
            for name, make in makes:
                if values[name] is not None:
                    values[name] = make(values[name])
            found.append(SimpleNamespace(**values))
        return found

    def first(self, sql: str, given: Mapping[str, Any] = _NOTHING) -> AnyRow | None:
        """The first row; None when there is none."""
        rows = self.rows(sql, given)
        return rows[0] if rows else None

    def value(self, sql: str, given: Mapping[str, Any] = _NOTHING) -> Any:
        """The one column of the first row; None when there is no row."""
        row = self.first(sql, given)
        return next(iter(vars(row).values())) if row is not None else None

    def values(self, sql: str, given: Mapping[str, Any] = _NOTHING) -> list[Any]:
        """The one column of every row."""
        return [next(iter(vars(row).values())) for row in self.rows(sql, given)]

    def _ask(self, sql: str, given: Mapping[str, Any]) -> Any:
        if self.dialect == "postgresql":
            return self._link.execute(_for_server(sql), {name: _to_server(value) for name, value in given.items()})
        return self._link.execute(sql, {name: _to_file(value) for name, value in given.items()})


def look_of(where: Connection | Look) -> Look:
    """The transaction of a connection, to ask questions in."""
    if isinstance(where, Look):
        return where
    return Look(where.connection.driver_connection, where.dialect.name)


def among(column: str, name: str, values: Sequence[Any]) -> Words:
    """Whether the column's value is one of these; `name` begins the names of their parameters."""
    if not values:
        return Words("1 = 0")
    given = {f"{name}_{place}": value for place, value in enumerate(values)}
    return Words(f"{column} IN ({', '.join(f':{one}' for one in given)})", given)


@lru_cache(maxsize=512)
def _make(name: str, dialect: str) -> Make | None:
    """What makes a value of what is kept in a column of this name: in our tables a name tells the kind."""
    if name in JSON:
        return json.loads
    if name.endswith("_at") or name in INSTANTS:
        return _from_server if dialect == "postgresql" else instant_of
    return bool if name in FLAGS else None


@lru_cache(maxsize=256)
def _for_server(sql: str) -> str:
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))


def _from_server(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _to_server(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _to_file(value: Any) -> Any:
    if isinstance(value, datetime):
        return micros(value)
    return clean(value) if isinstance(value, str) else value
