"""Statements of the busiest paths: put together once for each database, then handed straight to its driver.

SQLAlchemy takes several times as long to put a statement before SQLite as SQLite takes to run it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import cloned_traverse

from oncall_tui.storage.drivers.direct import driver

Bind = Callable[[Any], Any]
Later = Callable[[], list[Any]]
"""Gives the rows of a question that was asked before; once."""


class Asked(Protocol):
    """Where a question is asked: a connection, or what `Store.glance` lends."""

    @property
    def dialect(self) -> Dialect:
        """Of which database it is."""

    def exec_driver_sql(self, sql: str, given: Any, /) -> Any:
        """A cursor over the rows."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """One database's form of a statement: its parameters, what makes each of a value, and which never change."""

    sql: str
    order: tuple[str, ...]  # of the parameters; positional ones may come more than once
    binds: tuple[tuple[str, Bind | None], ...]
    fixed: Mapping[str, Any]
    positional: bool

    def given(self, row: Mapping[str, Any]) -> Any:
        """What the driver is given for a row. KeyError when it lacks a value."""
        values = {name: row[name] if bind is None else bind(row[name]) for name, bind in self.binds}
        values.update(self.fixed)
        return tuple([values[name] for name in self.order]) if self.positional else values


class Prepared:
    """An INSERT, UPDATE or DELETE of one row, run for many: rows are mappings of its columns and parameters."""

    __slots__ = ("_columns", "_ready", "_statement")

    def __init__(self, statement: Insert | Update | Delete, *columns: str) -> None:
        """`columns` are written beside those to which the statement itself gives values."""
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._columns = columns
        self._ready: dict[str, _Ready] = {}

    def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for each of the rows; how many rows it changed in all. KeyError when a row lacks a value."""
        if not rows:
            return 0
        ready = self._ready.get(conn.dialect.name) or self._prepare(conn)
        return conn.exec_driver_sql(ready.sql, [ready.given(row) for row in rows]).rowcount

    def _prepare(self, conn: Connection) -> _Ready:
        compiled = _said_outright(self._statement, conn.dialect).compile(
            dialect=conn.dialect, column_keys=list(self._columns) or None, for_executemany=True
        )
        ready = self._ready[conn.dialect.name] = _made_ready(conn.dialect, compiled)
        return ready


class Question:
    """A SELECT; lists go in through `among`. Every row is a named tuple of its columns."""

    __slots__ = ("_ready", "_row", "_statement")

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        names = [column.key or "" for column in statement.selected_columns]
        self._row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known only here
        self._ready: dict[str, tuple[_Ready, tuple[tuple[int, Bind], ...]]] = {}

    def ask(self, conn: Asked, **given: Any) -> list[Any]:
        """Its rows. KeyError when a parameter is missing."""
        ready, makes = self._ready.get(conn.dialect.name) or self._prepare(conn.dialect)
        return self._made(_run(conn, ready.sql, ready.given(given)).fetchall(), makes)

    def asked(self, conn: Connection, **given: Any) -> Later:
        """Ask now, among what is told `in_one_go`; its rows are there after that."""
        ready, makes = self._ready.get(conn.dialect.name) or self._prepare(conn.dialect)
        cursor = _run(conn, ready.sql, ready.given(given))
        if conn.dialect.name == "postgresql":
            return lambda: self._made(cursor.fetchall(), makes)
        rows = cursor.fetchall()
        return lambda: self._made(rows, makes)

    def _made(self, rows: Sequence[Any], makes: Sequence[tuple[int, Bind]]) -> list[Any]:
        row_of = self._row._make
        if not makes:
            return [row_of(row) for row in rows]
        found = []
        for row in rows:
            values = list(row)
            for place, make in makes:
                values[place] = make(values[place])
            found.append(row_of(values))
        return found

    def first(self, conn: Asked, **given: Any) -> Any:
        """The first column of its first row; None when there is none."""
        rows = self.ask(conn, **given)
        return rows[0][0] if rows else None

    def _prepare(self, dialect: Dialect) -> tuple[_Ready, tuple[tuple[int, Bind], ...]]:
        makers = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in self._statement.selected_columns
        ]
        makes = tuple((place, make) for place, make in enumerate(makers) if make is not None)
        compiled = _said_outright(self._statement, dialect).compile(dialect=dialect)
        ready = self._ready[dialect.name] = _made_ready(dialect, compiled), makes
        return ready


def _run(conn: Asked, sql: str, given: Any) -> Any:
    return driver(conn).execute(sql, given) if isinstance(conn, Connection) else conn.exec_driver_sql(sql, given)


def _said_outright(statement: Any, dialect: Dialect) -> Any:
    """The statement with its own words in it instead of parameters.

    Where a partial index hangs on a word, SQLite puts a statement together anew each time that one is a parameter.
    """
    if dialect.name != "sqlite":
        return statement

    def say(bind: Any) -> None:
        words = bind.value if isinstance(bind.value, list) else [bind.value]
        if not bind.required and all(isinstance(word, str) for word in words):
            bind.literal_execute = True

    return cloned_traverse(statement, {}, {"bindparam": say})


def _made_ready(dialect: Dialect, compiled: Any) -> _Ready:
    assert isinstance(compiled, SQLCompiler)
    required = [name for bind, name in compiled.bind_names.items() if bind.required]
    whole = compiled.construct_expanded_state(dict.fromkeys(required), escape_names=False)
    binds: list[tuple[str, Bind | None]] = []
    fixed: dict[str, Any] = {}
    for bind, name in compiled.bind_names.items():
        make = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if bind.required:
            binds.append((name, make))
            continue
        for one in whole.parameter_expansion.get(name, (name,)):
            if one in whole.parameters:  # else it was said outright
                fixed[one] = whole.parameters[one] if make is None else make(whole.parameters[one])
    positions = whole.positiontup
    order = tuple(positions if positions is not None else (*required, *fixed))
    return _Ready(whole.statement, order, tuple(binds), fixed, positional=positions is not None)
