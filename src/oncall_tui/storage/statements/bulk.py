"""Many rows of one table in one statement: a round trip, or a turn with Python's lock, for each row is too dear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

from oncall_tui.storage.engine import driver
from oncall_tui.storage.types import CleanText, Instant, Json, clean, micros, to_json

Row = Mapping[str, Any]

_CHUNKS = (64, 16, 4, 1)
"""So many rows has one statement on SQLite: few sizes, so that each is put together once and stays prepared."""

_ESCAPED_NUL = b"\\u0000"


class _Rows:
    """How rows of some columns of a table are handed to each database."""

    __slots__ = ("_jsons", "_makers", "_on_server", "_per_chunk", "_take", "_texts", "_words")

    def __init__(self, table: Table, columns: Sequence[str], per_chunk: Callable[[str], str], on_server: str) -> None:
        self._take = _several(columns)
        types = {name: table.c[name].type for name in columns}
        self._jsons = tuple(name for name, kind in types.items() if isinstance(kind, Json))
        self._texts = tuple(name for name, kind in types.items() if isinstance(kind, CleanText))
        self._words = _several(self._texts)
        makers = [_maker(kind) for kind in types.values()]
        self._makers = tuple((place, make) for place, make in enumerate(makers) if make is not None)
        one = f"({', '.join('?' * len(columns))})"
        self._per_chunk = {size: per_chunk(", ".join([one] * size)) for size in _CHUNKS}
        speech = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy's own
        shape = ", ".join(f"{_quoted(name)} {kind.compile(dialect=speech)}" for name, kind in types.items())
        self._on_server = on_server.format(f"json_to_recordset(CAST(%s AS json)) AS given ({shape})")

    def run(self, conn: Connection, rows: Sequence[Row]) -> int:
        """How many rows of the table were written."""
        if not rows:
            return 0
        link = driver(conn)
        if conn.dialect.name == "postgresql":
            return int(link.execute(self._on_server, (self._as_json(rows),)).rowcount)
        start = written = 0
        for size in _CHUNKS:
            while len(rows) - start >= size:
                values: list[Any] = []
                for row in rows[start : start + size]:
                    values += self._stored(row)
                written += link.execute(self._per_chunk[size], values).rowcount
                start += size
        return written

    def _stored(self, row: Row) -> list[Any]:
        # One look at all texts of a row is cheaper than one at each.
        words = "".join(filter(None, self._words(row)))
        if not words.isascii() or "\0" in words:
            row = {**row, **self._cleaned(row)}
        values = list(self._take(row))
        for place, make in self._makers:
            value = values[place]
            if value is not None:
                values[place] = make(value)
        return values

    def _as_json(self, rows: Sequence[Row]) -> str:
        """The rows as one JSON text, which the server takes apart: it costs a tenth of binding each value."""
        if self._jsons:
            rows = [{**row, **{name: to_json(row[name]) for name in self._jsons}} for row in rows]
        try:
            written = msgspec.json.encode(rows)
        except UnicodeEncodeError:
            written = _ESCAPED_NUL
        if _ESCAPED_NUL in written:
            written = msgspec.json.encode([{**row, **self._cleaned(row)} for row in rows])
        return written.decode()

    def _cleaned(self, row: Row) -> dict[str, Any]:
        return {name: clean(row[name]) for name in self._texts if row[name] is not None}


class NewRows:
    """New rows of a table; each names all of these columns, what else it names is left out."""

    __slots__ = ("_rows",)

    def __init__(self, table: Table, *columns: str) -> None:
        named = ", ".join(map(_quoted, columns))
        into = f'INSERT INTO "{table.name}" ({named})'
        self._rows = _Rows(
            table, columns, lambda values: f"{into} VALUES {values}", " ".join((into, "SELECT", named, "FROM {}"))
        )

    def add(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Insert the rows in this order."""
        self._rows.run(conn, rows)


class ChangedRows:
    """Other values for rows that are found by a key; those of `adding` are added to what is there."""

    __slots__ = ("_rows",)

    def __init__(self, table: Table, key: str, *columns: str, adding: Sequence[str] = ()) -> None:
        names = (key, *columns, *adding)
        self._rows = _Rows(
            table,
            names,
            lambda values: _update(table, key, columns, adding, _by_place(names), f"(VALUES {values}) AS given"),
            _update(table, key, columns, adding, {name: _quoted(name) for name in names}, "{}"),
        )

    def put(self, conn: Connection, rows: Sequence[Row]) -> int:
        """Change the rows, each key once; how many there were."""
        return self._rows.run(conn, rows)


def _update(
    table: Table, key: str, columns: Sequence[str], adding: Sequence[str], given: Mapping[str, str], source: str
) -> str:
    of = _quoted(table.name)
    sets = [f"{_quoted(name)} = given.{given[name]}" for name in columns]
    sets += [f"{_quoted(name)} = {of}.{_quoted(name)} + given.{given[name]}" for name in adding]
    changes = f"UPDATE {of} SET {', '.join(sets)}"  # noqa: S608 - our own words
    return f"{changes} FROM {source} WHERE {of}.{_quoted(key)} = given.{given[key]}"


def _by_place(names: Sequence[str]) -> dict[str, str]:
    """SQLite's names for the columns of VALUES (https://www.sqlite.org/lang_select.html, 3)."""
    return {name: f"column{place}" for place, name in enumerate(names, 1)}


def _quoted(name: str) -> str:
    return f'"{name}"'


def _several(names: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    """The values of these names, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)


def _maker(kind: object) -> Callable[[Any], Any] | None:
    if isinstance(kind, Instant):
        return _micros
    return to_json if isinstance(kind, Json) else None


_micros = lru_cache(maxsize=64)(micros)
"""Most instants of a batch are the same one."""
