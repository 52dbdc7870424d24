"""Figures of the line on top, none of which grows with history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from oncall_tui.domain.severity import Severity
from oncall_tui.storage.looking import Look, look_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


class IncidentCount(NamedTuple):
    """Open incidents of one state and severity."""

    state: str
    severity: Severity
    number: int


def open_incidents(conn: Connection | Look) -> Sequence[IncidentCount]:
    """How many incidents are open, by state and severity."""
    # All are counted in the index of what is open, of those acknowledged the rows are read, too: the rest is triggered.
    found = look_of(conn).rows(
        "SELECT 'open' AS state, severity_rank, count(*) AS many FROM incidents WHERE resolved_at IS NULL"
        " GROUP BY severity_rank UNION ALL SELECT 'acknowledged', severity_rank, count(*) FROM incidents"
        " WHERE resolved_at IS NULL AND state = 'acknowledged' GROUP BY severity_rank"
    )
    acknowledged = {row.severity_rank: row.many for row in found if row.state == "acknowledged"}
    every = {row.severity_rank: row.many for row in found if row.state == "open"}
    counts = [IncidentCount("acknowledged", severity, acknowledged.get(severity.rank, 0)) for severity in Severity]
    counts += [IncidentCount("triggered", one.severity, every.get(one.severity.rank, 0) - one.number) for one in counts]
    return [count for count in counts if count.number]


def worker_seen_at(conn: Connection | Look) -> datetime | None:
    """When a worker that has not stopped on purpose last said that it lives."""
    return _instant(conn, "SELECT max(seen_at) AS seen_at FROM workers WHERE stopped_at IS NULL")


def last_event_at(conn: Connection | Look) -> datetime | None:
    """When a sender last posted."""
    return _instant(conn, "SELECT max(received_at) AS received_at FROM events")


def oldest_unsent_at(conn: Connection | Look) -> datetime | None:
    """Since when the longest waiting page waits, however often it was tried in vain."""
    return _instant(conn, "SELECT min(created_at) AS created_at FROM pages WHERE finished_at IS NULL")


def has_users(conn: Connection | Look) -> bool:
    """Whether anybody is set up."""
    return look_of(conn).first("SELECT id FROM users LIMIT 1") is not None


def has_admin(conn: Connection | Look) -> bool:
    """Whether anybody has the role admin."""
    return look_of(conn).first("SELECT id FROM users WHERE role = 'admin' LIMIT 1") is not None


def role_of(conn: Connection | Look, username: str) -> str | None:
    """Somebody's role; None for whom the directory does not know."""
    role: str | None = look_of(conn).value("SELECT role FROM users WHERE username = :name", {"name": username})
    return role


def open_by_service(conn: Connection | Look) -> dict[str, int]:
    """How many incidents are open, by service. One that is held back leaves its service healthy as yet."""
    found = look_of(conn).rows(
        "SELECT s.name, count(*) AS many FROM services s JOIN incidents i ON i.service_id = s.id"
        " WHERE i.resolved_at IS NULL AND i.phase <> 'held' GROUP BY s.name"
    )
    return {row.name: row.many for row in found}


def _instant(conn: Connection | Look, sql: str) -> datetime | None:
    found: datetime | None = look_of(conn).value(sql)
    return found
