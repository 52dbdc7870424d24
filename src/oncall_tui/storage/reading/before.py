"""What came before: earlier occurrences of a key, each looked up by its number, and changes of a service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from oncall_tui.storage.looking import AnyRow, Look, look_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def previous_of(conn: Connection | Look, number: int) -> int | None:
    """The incident that had the same key before this one."""
    found: int | None = look_of(conn).value("SELECT previous FROM incidents WHERE number = :number", {"number": number})
    return found


def occurrence(conn: Connection | Look, number: int) -> AnyRow | None:
    """One of them, and the one before it."""
    return look_of(conn).first(
        "SELECT number, title, opened_at, resolved_at, resolved_by, resolution, acknowledged_by, previous"
        " FROM incidents WHERE number = :number",
        {"number": number},
    )


def notes_of(conn: Connection | Look, number: int, limit: int) -> Sequence[str]:
    """The last things that people wrote down on it, oldest first."""
    query = "SELECT text FROM timeline WHERE number = :number AND kind = 'note' ORDER BY id DESC LIMIT :most"
    return look_of(conn).values(query, {"number": number, "most": limit})[::-1]


def changes(conn: Connection | Look, service: str, since: datetime, until: datetime, limit: int) -> Sequence[AnyRow]:
    """The newest changes of a service within [since, until], newest first, each with its integration's name."""
    return look_of(conn).rows(
        "SELECT c.*, g.name AS integration FROM changes c JOIN services s ON s.id = c.service_id"
        " LEFT JOIN integrations g ON g.id = c.integration_id"
        " WHERE s.name = :service AND c.at >= :since AND c.at <= :until ORDER BY c.at DESC, c.id DESC LIMIT :most",
        {"service": service, "since": since, "until": until, "most": limit},
    )
