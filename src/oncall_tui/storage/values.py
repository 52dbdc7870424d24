"""How values are kept: text that both databases take, instants as whole numbers, JSON as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

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
