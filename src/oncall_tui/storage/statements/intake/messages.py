"""Rows of messages that bear a number of their sender's: each is taken once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from oncall_tui.storage.statements.conflicts import insert_into
from oncall_tui.storage.tables import taken_messages

KEPT = timedelta(days=30)
"""Longer than SNS tries to deliver one (its longest retry policy ends after 23 days)."""


def first_time(conn: Connection, integration: int, message: str, now: datetime) -> bool:
    """Note a message as taken; False when it was before. What is older than 30 days is forgotten."""
    conn.execute(delete(taken_messages).where(taken_messages.c.taken_at < now - KEPT))
    row = {"integration_id": integration, "message": message, "taken_at": now}
    noted = insert_into(conn, taken_messages).on_conflict_do_nothing().returning(taken_messages.c.message)
    return conn.execute(noted, row).first() is not None
