"""Whose page it is that a link answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from oncall_tui.storage.tables import pages, users


def reader(conn: Connection, page: str) -> Row[*tuple[Any, ...]] | None:
    """The user whom a page was made for, under today's name, role and zone; None when either is gone."""
    query = select(users.c.username, users.c.role, users.c.timezone)
    return conn.execute(query.join(pages, pages.c.user_id == users.c.id).where(pages.c.id == page)).one_or_none()
