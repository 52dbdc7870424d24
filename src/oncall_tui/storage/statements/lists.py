"""A list as one parameter: the statement stays the same however long it is, so it is put together and planned once."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ARRAY, Boolean, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column's value is one of the list that is given as `name`; numbers and text only."""
    return _Among(column, bindparam(name, type_=_List(column.type)))


class _List(TypeDecorator[list[Any]]):
    """An array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self._item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self._item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value))


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> _Among:  # noqa: ARG002 - as its parent does
        """Itself: with SQLAlchemy's `= 1` after it SQLite reads the whole table, index or not."""
        return self


@compiles(_Among, "sqlite")
def _in_file(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, wanted = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({wanted}))"  # noqa: S608 - our own words


@compiles(_Among, "postgresql")
def _on_server(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, wanted = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY ({wanted})"
