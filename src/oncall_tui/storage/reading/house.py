"""The house's own books: the newest pages with their last answer, and what people changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from oncall_tui.storage.tables import attempts, audit, pages


def newest_pages(conn: Connection, limit: int) -> Sequence[Any]:
    """The newest pages, each with how often it was tried and what the last try was told."""
    newest = select(pages).order_by(pages.c.created_at.desc(), pages.c.id.desc()).limit(limit).subquery()
    last = (
        select(attempts.c.page_id, func.max(attempts.c.n).label("n"))
        .where(attempts.c.page_id.in_(select(newest.c.id)))
        .group_by(attempts.c.page_id)
        .subquery()
    )
    return conn.execute(
        select(
            newest.c.id,
            newest.c.number,
            newest.c.username,
            newest.c.contact,
            newest.c.state,
            newest.c.created_at,
            newest.c.finished_at,
            newest.c.tries,
            attempts.c.outcome,
            attempts.c.answer,
        )
        .outerjoin(last, last.c.page_id == newest.c.id)
        .outerjoin(attempts, (attempts.c.page_id == newest.c.id) & (attempts.c.n == last.c.n))
        .order_by(newest.c.created_at.desc(), newest.c.id.desc())
    ).all()


def newest_changes(conn: Connection, limit: int) -> Sequence[Any]:
    """The newest entries of the audit."""
    return conn.execute(select(audit).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)).all()
