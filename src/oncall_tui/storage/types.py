"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from oncall_tui.storage.values import clean, instant_of, micros, to_json

__all__ = ["CleanText", "Id", "Instant", "Json", "clean", "instant_of", "micros", "to_json"]

Id = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit number; SQLite only numbers rows by itself when the type is spelled INTEGER."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime to the microsecond: timestamptz on PostgreSQL, integer microseconds on SQLite.

    Integers compare and sort as the instants do; SQLite has no time type that would. A naive value is refused.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        wanted: TypeEngine[Any] = DateTime(timezone=True) if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(wanted)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        stored = micros(value)
        return value.astimezone(UTC) if dialect.name == "postgresql" else stored

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return instant_of(value)


class CleanText(TypeDecorator[str]):
    """Text from anywhere, cleaned on its way in so that both databases accept and return the same."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's own
        return None if value is None else clean(value)


class Json(TypeDecorator[Any]):
    """A JSON value kept as text on both databases; None is SQL's NULL, keys keep their order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's own
        return None if value is None else to_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's own
        return None if value is None else json.loads(value)
