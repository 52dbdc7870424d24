"""What belongs to one incident: its timeline, pages with their attempts, and alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from oncall_tui.storage.tables import alerts, attempts, contact_methods, integrations, pages, timeline

LONGEST_DIGEST = 1000


def entries(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """The timeline, in the order in which it was written."""
    return conn.execute(select(timeline).where(timeline.c.number == number).order_by(timeline.c.id)).all()


def pages_of(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """Every page, in the order made; `unverified` where its contact is there and not verified."""
    known = contact_methods.c.id.is_not(None)
    query = (
        select(pages, and_(known, contact_methods.c.verified_at.is_(None)).label("unverified"))
        .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
        .where(pages.c.number == number)
        .order_by(pages.c.seq)
    )
    return conn.execute(query).all()


def digests_of(conn: Connection, number: int) -> Mapping[str, tuple[str, ...]]:
    """The pages of every digest that holds one of the incident's, by its id; a thousand of each at the most."""
    ours = select(pages.c.digest).where(pages.c.number == number, pages.c.digest.is_not(None)).distinct()
    together: dict[str, tuple[str, ...]] = {}
    for digest in conn.execute(ours).scalars().all():
        query = select(pages.c.id).where(pages.c.digest == digest).order_by(pages.c.number, pages.c.seq)
        together[digest] = tuple(conn.execute(query.limit(LONGEST_DIGEST)).scalars())
    return together


def attempts_of(conn: Connection, number: int) -> Mapping[str, Sequence[Row[Any]]]:
    """Every attempt, in order, by page id."""
    query = (
        select(attempts)
        .join(pages, pages.c.id == attempts.c.page_id)
        .where(pages.c.number == number)
        .order_by(attempts.c.id)
    )
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in conn.execute(query):
        grouped[row.page_id].append(row)
    return grouped


def alerts_of(conn: Connection, number: int) -> Sequence[Row[Any]]:
    """Every alert with its integration's name, the open ones first."""
    query = (
        select(alerts, integrations.c.name.label("integration"))
        .outerjoin(integrations, integrations.c.id == alerts.c.integration_id)
        .where(alerts.c.number == number)
        .order_by(alerts.c.open.desc(), alerts.c.id)
    )
    return conn.execute(query).all()
