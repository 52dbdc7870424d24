"""Rows that taking an act back touches: pages that are due again or recalled, alerts that are open again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, update

from oncall_tui.storage.statements.delivery.outbox import CANCELLED, PENDING, WAITING
from oncall_tui.storage.tables import alerts, incidents, pages


def restore(conn: Connection, number: int, since: datetime, seq: int) -> int:
    """Let the incident's pages up to `seq` that were cancelled since wait again, each for its own time; how many."""
    taken_back = and_(pages.c.state == CANCELLED, pages.c.finished_at >= since)
    return conn.execute(
        update(pages)
        .where(pages.c.number == number, pages.c.seq <= seq, taken_back)
        .values(state=PENDING, finished_at=None, digest=None)
    ).rowcount


def recall(conn: Connection, number: int, seq: int, at: datetime) -> bool:
    """Cancel every page of the incident after `seq`; whether none of them was ever tried."""
    later = and_(pages.c.number == number, pages.c.seq > seq)
    wanted = conn.execute(select(func.count()).select_from(pages).where(later)).scalar_one()
    done = conn.execute(update(pages).where(later, WAITING, pages.c.tries == 0).values(state=CANCELLED, finished_at=at))
    return done.rowcount == wanted


def reopen_alerts(conn: Connection, number: int, closed_at: datetime, closed_by: str) -> int:
    """Open the incident's alerts again that this person closed at this instant; how many."""
    return conn.execute(
        update(alerts)
        .where(alerts.c.number == number, alerts.c.closed_at == closed_at, alerts.c.closed_by == closed_by)
        .values(open=True, closed_at=None, closed_by=None)
    ).rowcount


def newer_with_its_key(conn: Connection, number: int) -> int | None:
    """The first later incident with a key of this one: an alert's or its group's; by hand keys count per service."""
    own, other, this, later = alerts.alias(), alerts.alias(), incidents.alias(), incidents.alias()
    same_key = and_(
        own.c.number == number,
        other.c.number > number,
        other.c.dedup_key == own.c.dedup_key,
        other.c.integration_id.is_not_distinct_from(own.c.integration_id),
        or_(own.c.integration_id.is_not(None), later.c.service_id == this.c.service_id),
    )
    by_alert = (
        select(func.min(other.c.number))
        .select_from(own)
        .join(other, other.c.dedup_key == own.c.dedup_key)
        .join(this, this.c.number == own.c.number)
        .join(later, later.c.number == other.c.number)
        .where(same_key)
    )
    by_group = (
        select(func.min(later.c.number))
        .select_from(this)
        .join(later, and_(later.c.group_key == this.c.group_key, later.c.service_id == this.c.service_id))
        .where(this.c.number == number, later.c.number > number)
    )
    found = [conn.execute(query).scalar_one_or_none() for query in (by_alert, by_group)]
    return min((other for other in found if other is not None), default=None)
