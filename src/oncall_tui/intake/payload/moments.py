"""Senders' timestamps: ISO 8601 in all its moods, seconds since 1970, and nonsense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from oncall_tui.domain.events import cut
from oncall_tui.intake.payload.decoding import one_line, shown

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000  # as seconds this would be the year 5138; as milliseconds it is 1973

_DATE_WITHOUT_SIGNS = len("20260105")
_DIGITS = 20


def moment_from(value: object, name: str, notes: list[str]) -> datetime | None:
    """The instant in UTC; None for an absent one, Go's zero time and, with a note, for what can't be understood.

    A time without a zone is taken as UTC, with a note.
    """
    if value is None or value == "" or isinstance(value, bool):
        return None
    moment = _from_number(value) if isinstance(value, int | float) else _from_text(shown(value).strip(), name, notes)
    if moment is None:
        notes.append(f"{name} {cut(one_line(shown(value)), 60)!r} is no time; the time of arrival counts")
        return None
    return None if moment.year <= 1 else moment


def _from_number(value: int | float) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=value / 1000 if abs(value) >= _MILLISECONDS_FROM else value)
    except (OverflowError, ValueError):
        return None


def _from_text(text: str, name: str, notes: list[str]) -> datetime | None:
    if text.isdecimal() and text.isascii() and len(text) > _DATE_WITHOUT_SIGNS:
        return _from_number(int(text)) if len(text) < _DIGITS else None
    try:
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC) if moment.year > 1 else moment
    except (ValueError, OverflowError):
        return None
    notes.append(f"{name} has no zone; taken as UTC")
    return moment.replace(tzinfo=UTC)
