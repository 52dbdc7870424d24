"""Rows of worker processes: who lives, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from oncall_tui.storage.tables import workers


def sign(conn: Connection, worker: Mapping[str, Any], now: datetime) -> None:
    """This worker lives at `now`; its first sign makes its row."""
    seen = update(workers).where(workers.c.id == worker["id"]).values(seen_at=now, stopped_at=None)
    if conn.execute(seen).rowcount == 0:
        conn.execute(insert(workers), {**worker, "started_at": now, "seen_at": now})


def goodbye(conn: Connection, worker: str, now: datetime) -> None:
    """This worker has stopped on purpose."""
    conn.execute(update(workers).where(workers.c.id == worker).values(seen_at=now, stopped_at=now))
