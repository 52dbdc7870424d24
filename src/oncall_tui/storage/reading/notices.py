"""Notices as they stand, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from oncall_tui.storage.tables import channels, notice_attempts, notices
from oncall_tui.storage.tables.notices import UNFINISHED_NOTICE


def newest(conn: Connection, limit: int, *, unfinished: bool) -> Sequence[Row[Any]]:
    """The newest notices, each with the display of its channel; only those with something left to do if asked."""
    query = select(notices, channels.c.display).outerjoin(channels, channels.c.id == notices.c.channel_id)
    if unfinished:
        query = query.where(UNFINISHED_NOTICE)
    return conn.execute(query.order_by(notices.c.created_at.desc(), notices.c.id.desc()).limit(limit)).all()


def attempts_of(conn: Connection, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """The attempts of these notices, in order."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    query = select(notice_attempts).where(notice_attempts.c.notice_id.in_(ids)).order_by(notice_attempts.c.id)
    for row in conn.execute(query):
        found[row.notice_id].append(row)
    return found
