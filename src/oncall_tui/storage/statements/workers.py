"""Rows of worker processes: who lives, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from oncall_tui.storage.statements.prepared import Prepared
from oncall_tui.storage.tables import workers


@cache
def _to_keep(*names: str) -> Prepared:
    """The statement that keeps these columns of a worker: every worker runs one or another each few seconds."""
    return Prepared(update(workers).where(workers.c.id == bindparam("worker")), *names)


def sign(conn: Connection, worker: Mapping[str, Any], looks: Mapping[str, datetime | None], now: datetime) -> None:
    """This worker lives at `now`, its loops last looked at `looks`; its first sign makes its row."""
    if not note(conn, worker["id"], seen_at=now, stopped_at=None, **looks):
        conn.execute(insert(workers), {**worker, **looks, "started_at": now, "seen_at": now})


def note(conn: Connection, worker: str, **values: Any) -> bool:
    """Keep what this worker's audit or ping came to; nothing before its first sign, and whether that has been."""
    return bool(_to_keep(*values).run(conn, [{"worker": worker, **values}]))


def goodbye(conn: Connection, worker: str, now: datetime) -> None:
    """This worker has stopped on purpose."""
    note(conn, worker, seen_at=now, stopped_at=now)


def running(conn: Connection, since: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Workers seen after `since` that have not stopped on purpose, by id."""
    chosen = workers.c.stopped_at.is_(None), workers.c.seen_at > since
    return conn.execute(select(workers).where(*chosen).order_by(workers.c.id)).all()


def mended(conn: Connection) -> int:
    """How many incidents the self-audits of all workers ever mended."""
    return int(conn.execute(select(func.coalesce(func.sum(workers.c.mended), 0))).scalar_one())
