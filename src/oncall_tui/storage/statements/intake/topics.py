"""Rows of SNS topics: which have asked to be confirmed, which are, and which have ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from oncall_tui.storage.tables import integrations, topics

AnyRow = Row[*tuple[Any, ...]]

_ALL = select(topics, integrations.c.name.label("integration")).join(
    integrations, integrations.c.id == topics.c.integration_id
)


def asked(conn: Connection, integration: str, arn: str, confirm_url: str, at: datetime, most: int) -> int | None:
    """Keep that a topic asks to be confirmed, with the newest address for it; None when too many ask already."""
    known = conn.execute(_ALL.where(integrations.c.name == integration)).all()
    fresh = {"confirm_url": confirm_url, "asked_at": at, "ended_at": None}
    for row in known:
        if row.arn == arn:
            conn.execute(
                update(topics).where(topics.c.id == row.id).values(**fresh, confirmed_at=None, confirmed_by=None)
            )
            return int(row.id)
    if len(known) >= most:
        return None
    owner = select(integrations.c.id).where(integrations.c.name == integration).scalar_subquery()
    added = conn.execute(insert(topics).values(integration_id=owner, arn=arn, **fresh)).inserted_primary_key
    assert added is not None, "an insert of one row has its key"
    return int(added[0])


def listed(conn: Connection, integration: str | None = None) -> Sequence[AnyRow]:
    """Topics of one integration or of all, in the order in which they asked."""
    query = _ALL if integration is None else _ALL.where(integrations.c.name == integration)
    return conn.execute(query.order_by(topics.c.asked_at, topics.c.id)).all()


def confirm(conn: Connection, topic: int, at: datetime, by: str) -> None:
    """Note that a topic was confirmed, and by whom."""
    conn.execute(update(topics).where(topics.c.id == topic).values(confirmed_at=at, confirmed_by=by, ended_at=None))


def end(conn: Connection, integration: str, arn: str, at: datetime) -> bool:
    """Note that a topic sends no more; whether it was known."""
    owner = select(integrations.c.id).where(integrations.c.name == integration).scalar_subquery()
    chosen = (topics.c.integration_id == owner, topics.c.arn == arn)
    return conn.execute(update(topics).where(*chosen).values(ended_at=at)).rowcount == 1
