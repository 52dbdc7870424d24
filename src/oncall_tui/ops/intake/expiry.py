"""Alerts that their senders have stopped posting: resolved as if the sender had said so, when their time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.engine import SET_ASIDE
from oncall_tui.ops.intake import events
from oncall_tui.storage.statements.incident import expiring as rows
from oncall_tui.storage.statements.incident.expiring import DueAlert
from oncall_tui.storage.statements.incident.incidents import lock_services

BATCH = 50


def services_due(conn: Connection, now: datetime, limit: int = BATCH) -> set[int]:
    """The services whose alerts `expire_due` would end now."""
    return {alert.service for alert in rows.due_alerts(conn, now, limit)}


def expire_due(conn: Connection, directory: Directory, now: datetime, limit: int = BATCH) -> datetime | None:
    """Resolve open alerts whose end has come at `now`, the longest over first, `limit` at the most.

    They go the way of a resolve that their integration posts. The answer is when the next one ends; at or before `now`
    it means that more wait.
    """
    lock_services(conn, services_due(conn, now, limit))
    # Read again behind the locks: whoever held one may have posted an alert anew, which moves its end.
    for alert in rows.due_alerts(conn, now, limit):
        _end(conn, directory, alert, now)
    return rows.next_expiry(conn)


def expire_one(conn: Connection, directory: Directory, alert: DueAlert, now: datetime) -> None:
    """Resolve one alert, unless it was posted again meanwhile."""
    lock_services(conn, [alert.service])
    if rows.still_due(conn, alert.id, now):
        _end(conn, directory, alert, now)


def put_off(conn: Connection, alert: DueAlert, now: datetime) -> None:
    """Look at an alert that can't be ended only again in a while, so that it starves no other."""
    rows.move(conn, alert.id, now + SET_ASIDE)


def _end(conn: Connection, directory: Directory, alert: DueAlert, now: datetime) -> None:
    why = f"not posted again before {format_instant(alert.expires_at)}: taken as over"
    events.end(conn, directory.world(conn), alert.integration, alert.dedup_key, why, now)
