"""Changes that run for very many rows: put together once for each database, then handed to its driver in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update

Bind = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """One database's form of a statement: its parameters, what makes each of a value, and which never change."""

    sql: str
    order: tuple[str, ...]  # of the parameters; positional ones may come more than once
    binds: tuple[tuple[str, Bind | None], ...]
    fixed: Mapping[str, Any]
    positional: bool


class Prepared:
    """An INSERT, UPDATE or DELETE of one row, run for many: rows are mappings of its columns and parameters.

    SQLAlchemy takes ten times as long to put a statement before SQLite as SQLite takes to run it.
    """

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
        given: list[Any] = []
        for row in rows:
            values = {name: row[name] if bind is None else bind(row[name]) for name, bind in ready.binds}
            values.update(ready.fixed)
            given.append(tuple(values[name] for name in ready.order) if ready.positional else values)
        return conn.exec_driver_sql(ready.sql, given).rowcount

    def _prepare(self, conn: Connection) -> _Ready:
        compiled = self._statement.compile(
            dialect=conn.dialect, column_keys=list(self._columns) or None, for_executemany=True
        )
        required = [name for bind, name in compiled.bind_names.items() if bind.required]
        whole = compiled.construct_expanded_state(dict.fromkeys(required), escape_names=False)
        binds: list[tuple[str, Bind | None]] = []
        fixed: dict[str, Any] = {}
        for bind, name in compiled.bind_names.items():
            make = bind.type.dialect_impl(conn.dialect).bind_processor(conn.dialect)
            if bind.required:
                binds.append((name, make))
                continue
            for one in whole.parameter_expansion.get(name, (name,)):
                fixed[one] = whole.parameters[one] if make is None else make(whole.parameters[one])
        positions = whole.positiontup
        order = tuple(positions if positions is not None else (*required, *fixed))
        ready = _Ready(whole.statement, order, tuple(binds), fixed, positional=positions is not None)
        self._ready[conn.dialect.name] = ready
        return ready
