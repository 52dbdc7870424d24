"""Many rows of one table in one statement: a round trip, or a turn with Python's lock, for each row is too dear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, Delete, Dialect, FromClause, Table, Update, column, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.types import CleanText, Instant, Json, clean, micros, to_json

Row = Mapping[str, Any]
Count = Callable[[], int]
"""How many rows of the table were met; of what is told `in_one_go` it is known only after that."""

_CHUNKS = (64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1)
"""So many rows has one statement on SQLite: few sizes, so that each is put together once and stays prepared, and yet
enough that a batch takes two or three a table: for each of them Python's lock is let go and has to be had again."""

_ESCAPED_NUL = b"\\u0000"

_ON_SERVER: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy's own
_IN_FILE: Dialect = sqlite.dialect()


def _none() -> int:
    return 0


class _Rows:
    """How rows of some columns are handed to each database."""

    __slots__ = ("_jsons", "_makers", "_on_server", "_per_chunk", "_take", "_texts", "_words")

    def __init__(
        self, types: Mapping[str, TypeEngine[Any]], per_chunk: Callable[[str], str], on_server: Callable[[str], str]
    ) -> None:
        self._take = _several(tuple(types))
        self._jsons = tuple(name for name, kind in types.items() if isinstance(kind, Json))
        self._texts = tuple(name for name, kind in types.items() if isinstance(kind, CleanText))
        self._words = _several(self._texts)
        makers = [_maker(kind) for kind in types.values()]
        self._makers = tuple((place, make) for place, make in enumerate(makers) if make is not None)
        one = f"({', '.join('?' * len(types))})"
        self._per_chunk = {size: per_chunk(", ".join([one] * size)) for size in _CHUNKS}
        shape = ", ".join(f"{_quoted(name)} {kind.compile(dialect=_ON_SERVER)}" for name, kind in types.items())
        # The limit tells the planner how many rows there are: it takes a function's to be a hundred, and then reads the
        # whole of a table of ten thousand to find five.
        told = f"SELECT * FROM json_to_recordset(CAST(%s AS json)) AS told ({shape}) LIMIT %s"  # noqa: S608 - our own words
        self._on_server = on_server(f"({told}) AS given")

    def run(self, conn: Connection, rows: Sequence[Row]) -> Count:
        """How many rows of the table were written."""
        if not rows:
            return _none
        link = driver(conn)
        if conn.dialect.name == "postgresql":
            asked = link.execute(self._on_server, (self._as_json(rows), len(rows)))
            return lambda: int(asked.rowcount)
        start = written = 0
        for size in _CHUNKS:
            while len(rows) - start >= size:
                values: list[Any] = []
                for row in rows[start : start + size]:
                    values += self._stored(row)
                written += link.execute(self._per_chunk[size], values).rowcount
                start += size
        return lambda: written

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

    def __init__(self, table: Table, *columns: str, instead: str = "") -> None:
        """A row whose primary key is there already has its column `instead`, never NULL, changed, if one is named."""
        named = ", ".join(map(_quoted, columns))
        into = f"INSERT INTO {_quoted(table.name)} ({named})"
        else_ = ""
        if instead:
            keys = ", ".join(_quoted(key.name) for key in table.primary_key)
            there, wanted = f"{_quoted(table.name)}.{_quoted(instead)}", f"excluded.{_quoted(instead)}"
            # What stays as it is, as most timers do when a page is answered, is not written anew.
            else_ = f" ON CONFLICT ({keys}) DO UPDATE SET {_quoted(instead)} = {wanted} WHERE {there} <> {wanted}"
        self._rows = _Rows(
            {name: table.c[name].type for name in columns},
            lambda values: f"{into} VALUES {values}{else_}",
            lambda source: f"{into} SELECT {named} FROM {source}{else_}",  # noqa: S608 - our own words
        )

    def add(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Insert the rows in this order."""
        self._rows.run(conn, rows)


def given(**types: TypeEngine[Any]) -> FromClause:
    """The rows that a `Joined` statement is run for, as a table that it can join."""
    return table(_ROWS, *(column(name, kind) for name, kind in types.items())).alias("given")


_ROWS = "rows_that_are_given"


class Joined:
    """An UPDATE or DELETE that is run once for many rows: it joins them as the table that `given` made.

    It has no parameters beside them. No row of its own table may be met by two of the given.
    """

    __slots__ = ("_given", "_rows", "_statement")

    def __init__(self, statement: Update | Delete, rows: FromClause) -> None:
        self._statement = statement
        self._given = rows
        self._rows: _Rows | None = None

    def run(self, conn: Connection, rows: Sequence[Row]) -> Count:
        """Run it; how many rows of the table it changed."""
        made = self._rows
        if made is None:
            made = self._rows = self._put_together()
        return made.run(conn, rows)

    def _put_together(self) -> _Rows:
        types = {one.name: one.type for one in self._given.c}
        names = ", ".join(f"column{place} AS {_quoted(name)}" for place, name in enumerate(types, 1))
        on_server, in_file = (_written(self._statement, dialect) for dialect in (_ON_SERVER, _IN_FILE))
        return _Rows(
            types,
            # https://www.sqlite.org/lang_select.html, 3: what the columns of VALUES are called.
            lambda values: in_file.replace(_JOINED, f"(SELECT {names} FROM (VALUES {values})) AS given"),  # noqa: S608 - our own words
            lambda source: on_server.replace(_JOINED, source),
        )


_JOINED = f"{_ROWS} AS given"


def _written(statement: Update | Delete, dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


class ChangedRows:
    """Other values for rows that are found by a key; those of `adding` are added to what is there."""

    __slots__ = ("_joined",)

    def __init__(self, table: Table, key: str, *columns: str, adding: Sequence[str] = ()) -> None:
        there = table.c
        rows = given(**{name: there[name].type for name in (key, *columns, *adding)})
        values = {name: rows.c[name] for name in columns} | {name: there[name] + rows.c[name] for name in adding}
        self._joined = Joined(table.update().where(there[key] == rows.c[key]).values(values), rows)

    def put(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Change the rows, each key once."""
        self._joined.run(conn, rows)


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
