"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

Id = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit number; SQLite only numbers rows by itself when the type is spelled INTEGER."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """The text as both databases keep it: NUL and lone surrogates become U+FFFD.

    PostgreSQL refuses NUL in text (its manual, 8.3), neither encodes a lone surrogate, and JSON can carry both.
    """
    if text.isascii() and "\0" not in text:
        return str(text)
    return str(text).replace("\0", _REPLACEMENT).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def micros(instant: datetime) -> int:
    """The instant as microseconds since 1970: how SQLite stores it. ValueError when it is naive."""
    if instant.tzinfo is None:
        raise ValueError(f"a stored time needs a zone: {instant.isoformat()}")
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(value: int) -> datetime:
    """The aware UTC datetime of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


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


def to_json(value: Any) -> str:
    """The text a Json column holds for this value. NaN and infinities are refused with ValueError."""
    if not value and isinstance(value, dict | list | tuple):
        return "{}" if isinstance(value, dict) else "[]"
    written = _written(value)
    # The encoder has escaped every NUL, only surrogates can be left.
    return clean(written)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain).encode
