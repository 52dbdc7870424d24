"""Rows of alerts, many at once: what is known of the keys that a batch of events names, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.statements.bulk import ChangedRows, NewRows
from oncall_tui.storage.tables import alerts
from oncall_tui.storage.types import instant_of

_FRESH = ("title", "severity", "labels", "last_seen_at", "expires_at")
_NEW = NewRows(
    alerts,
    *("integration_id", "dedup_key", "number", "open", "count", "first_seen_at", "started_at"),
    *("closed_at", "closed_by", *_FRESH),
)
_SEEN_AGAIN = ChangedRows(alerts, "id", *_FRESH, adding=("count",))
_CLOSED = ChangedRows(alerts, "id", "open", "closed_at", "closed_by")

_COLUMNS = (
    "a.dedup_key, a.id, a.number, a.open, a.title, a.severity, a.started_at, a.closed_at, a.closed_by, a.last_seen_at,"
    " (SELECT CASE WHEN i.alerts = 1 THEN i.description END FROM incidents AS i WHERE i.number = a.number)"
)
# An open alert of a key is unique; of closed ones there may be thousands, of which the index has the newest at its end.
_NEWEST_ON_SQLITE = (
    f"SELECT {_COLUMNS} FROM json_each(?) AS wanted JOIN alerts AS a ON a.id = coalesce("  # noqa: S608 - our own words
    "(SELECT id FROM alerts WHERE integration_id = ? AND dedup_key = wanted.value AND open = 1),"
    " (SELECT max(id) FROM alerts WHERE integration_id = ? AND dedup_key = wanted.value))"
)
_NEWEST_ON_POSTGRESQL = (
    f"SELECT {_COLUMNS} FROM unnest(CAST(%s AS text[])) AS wanted (key)"  # noqa: S608 - our own words
    " CROSS JOIN LATERAL (SELECT * FROM alerts"
    " WHERE integration_id = %s AND dedup_key = wanted.key ORDER BY open DESC, id DESC LIMIT 1) AS a"
)


class AlertRow(NamedTuple):
    """What an event has to know of the newest alert of its key; `told`: its incident's description, if alone there."""

    dedup_key: str
    id: int
    number: int
    open: bool
    title: str
    severity: str
    started_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    last_seen_at: datetime | None
    told: str | None


def newest(conn: Connection, integration: int, keys: Iterable[str]) -> Callable[[], list[AlertRow]]:
    """Of each of an integration's keys the newest alert, the open one before any closed one; keys must be clean.

    Asked for now, and there after what is told `in_one_go`.
    """
    wanted = list(keys)
    if conn.dialect.name == "postgresql":
        cursor = driver(conn).execute(_NEWEST_ON_POSTGRESQL, (wanted, integration))
        return lambda: _alert_rows(cursor.fetchall(), _utc)
    text = json.dumps(wanted, ensure_ascii=False)
    found = driver(conn).execute(_NEWEST_ON_SQLITE, (text, integration, integration)).fetchall()
    return lambda: _alert_rows(found, _instant)


def _alert_rows(found: Iterable[Any], read: Callable[[Any], datetime | None]) -> list[AlertRow]:
    return [
        AlertRow(key, id_, number, bool(open_), title, severity, read(started), read(closed), by, read(seen), told)
        for key, id_, number, open_, title, severity, started, closed, by, seen, told in found
    ]


def add(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert alerts."""
    _NEW.add(conn, rows)


def see_again(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Refresh what their senders say of open alerts; `count` is how often they have said it."""
    _SEEN_AGAIN.put(conn, rows)


def close(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Close alerts, or say by whom they were closed."""
    _CLOSED.put(conn, rows)


def _instant(value: Any) -> datetime | None:
    return None if value is None else instant_of(value)


def _utc(value: Any) -> datetime | None:
    found: datetime | None = None if value is None else value.astimezone(UTC)
    return found
