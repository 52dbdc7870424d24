"""Rows of the outbox: pages wait, are leased, sent, and marked by whoever still holds the lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, and_, bindparam, case, func, insert, or_, select, update

from oncall_tui.storage.tables import attempts, channels, contact_methods, incidents, pages, users
from oncall_tui.storage.tables.delivery import UNFINISHED_PAGE

_CONTACT_IDS = (
    select(users.c.username, contact_methods.c.name, users.c.id, contact_methods.c.id)
    .join(contact_methods, contact_methods.c.user_id == users.c.id)
    .where(users.c.username.in_(bindparam("usernames", expanding=True)))
)

PENDING, SENDING, DELIVERED, FAILED, CANCELLED = "pending", "sending", "delivered", "failed", "cancelled"


_CLAIMABLE = or_(
    and_(pages.c.state == PENDING, pages.c.due_at <= bindparam("now")),
    and_(pages.c.state == SENDING, pages.c.lease_until <= bindparam("now")),
)
"""Which pages may be sent now: waiting ones that are due, and those whose sender's lease ran out."""

# What every page runs is built once: putting a statement together costs more than running it.
_DUE = (
    select(pages.c.id, pages.c.created_at, incidents.c.acknowledged_at, incidents.c.resolved_at)
    .join(incidents, incidents.c.number == pages.c.number)
    .where(UNFINISHED_PAGE, _CLAIMABLE)
    .order_by(incidents.c.severity_rank.desc(), pages.c.created_at, pages.c.id)
    .limit(bindparam("most", type_=Integer))
)
_LOCK_DUE = _DUE.with_for_update(of=pages, skip_locked=True)
_LEASE = (
    update(pages)
    .where(pages.c.id == bindparam("page"), _CLAIMABLE)
    .values(
        state=SENDING,
        lease_owner=bindparam("lease_owner"),
        lease_token=bindparam("lease_token"),
        lease_until=bindparam("lease_until"),
        tries=pages.c.tries + 1,
        possible_repeat=case((pages.c.state == SENDING, True), else_=pages.c.possible_repeat),
    )
)
_ABANDON = (
    update(pages)
    .where(pages.c.id == bindparam("page"), _CLAIMABLE)
    .values(state=CANCELLED, finished_at=bindparam("finished_at"), lease_owner=None, lease_token=None, lease_until=None)
)
_LEASED = (
    select(
        pages,
        func.coalesce(contact_methods.c.address, channels.c.address).label("address"),
        users.c.timezone,
        incidents.c.document,
    )
    .join(incidents, incidents.c.number == pages.c.number)
    .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
    .outerjoin(channels, channels.c.id == pages.c.channel_id)
    .outerjoin(users, users.c.id == pages.c.user_id)
    .where(pages.c.id.in_(bindparam("ids", expanding=True)))
)
_OURS = update(pages).where(
    pages.c.id == bindparam("page"), pages.c.lease_token == bindparam("token"), pages.c.state == SENDING
)
_ALSO_PAGED = (
    select(pages.c.username)
    .where(
        pages.c.number == bindparam("number"),
        pages.c.run == bindparam("run"),
        pages.c.step == bindparam("step"),
        pages.c.round == bindparam("round"),
        pages.c.username.is_not(None),
    )
    .distinct()
)
_NEXT_DUE = select(
    select(func.min(pages.c.due_at)).where(UNFINISHED_PAGE, pages.c.state == PENDING).scalar_subquery(),
    select(func.min(pages.c.lease_until)).where(UNFINISHED_PAGE, pages.c.state == SENDING).scalar_subquery(),
)


def add(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put pages into the outbox."""
    if rows:
        conn.execute(insert(pages), [dict(row) for row in rows])


def contact_ids(conn: Connection, usernames: Sequence[str]) -> dict[tuple[str, str], tuple[int, int]]:
    """(username, contact name) → (user id, contact id) of these users."""
    found = conn.execute(_CONTACT_IDS, {"usernames": list(usernames)})
    return {(username, contact): (user, method) for username, contact, user, method in found}


def cancel(conn: Connection, number: int, at: datetime) -> int:
    """Take back the incident's pages that nobody is sending; how many. One whose lease ran out is not sent again."""
    waiting = or_(pages.c.state == PENDING, and_(pages.c.state == SENDING, pages.c.lease_until <= at))
    return conn.execute(
        update(pages)
        .where(pages.c.number == number, UNFINISHED_PAGE, waiting)
        .values(state=CANCELLED, finished_at=at, lease_token=None, lease_until=None)
    ).rowcount


def due(conn: Connection, now: datetime, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Pages to send now, worst severity first, then oldest; rows another worker holds are left out."""
    query = _LOCK_DUE if conn.dialect.name == "postgresql" else _DUE
    return conn.execute(query, {"now": now, "most": limit}).all()


def lease(conn: Connection, page: str, *, worker: str, token: str, now: datetime, until: datetime) -> bool:
    """Take one page; whether it was still to be had. A page whose last sender vanished may reach its reader twice."""
    taken = {"lease_owner": worker, "lease_token": token, "lease_until": until}
    return conn.execute(_LEASE, {"page": page, "now": now, **taken}).rowcount == 1


def abandon(conn: Connection, page: str, now: datetime) -> None:
    """Cancel a page that nobody is sending any more."""
    conn.execute(_ABANDON, {"page": page, "now": now, "finished_at": now})


def leased(conn: Connection, ids: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The leased pages with the address to send to; it is None when the contact is gone."""
    return conn.execute(_LEASED, {"ids": list(ids)}).all()


def renew(conn: Connection, page: str, token: str, until: datetime) -> bool:
    """Hold the lease longer; whether it is still ours."""
    return conn.execute(_OURS, {"page": page, "token": token, "lease_until": until}).rowcount == 1


def finish(conn: Connection, page: str, token: str, **values: Any) -> bool:
    """Mark a page, if the lease is still ours; whether it was."""
    given_back = {"lease_token": None, "lease_until": None, "lease_owner": None}
    return conn.execute(_OURS, {"page": page, "token": token, **given_back, **values}).rowcount == 1


def add_attempt(conn: Connection, row: Mapping[str, Any]) -> None:
    """Keep one attempt with the provider's answer."""
    conn.execute(insert(attempts), dict(row))


def note_contact(conn: Connection, contact: int, at: datetime, *, delivered: bool, answer: str) -> None:
    """Remember the contact's last success or failure."""
    when = {"last_success_at": at} if delivered else {"last_failure_at": at}
    conn.execute(update(contact_methods).where(contact_methods.c.id == contact).values(last_answer=answer, **when))


def next_due(conn: Connection) -> datetime | None:
    """When the next page may be sent: a waiting one's time, or the end of a lease."""
    first, second = conn.execute(_NEXT_DUE).one()
    return min((instant for instant in (first, second) if instant is not None), default=None)


def also_paged(conn: Connection, number: int, run: int, step: int, round_: int) -> list[str]:
    """Everybody paged at the same place of the incident."""
    place = {"number": number, "run": run, "step": step, "round": round_}
    return sorted(conn.execute(_ALSO_PAGED, place).scalars())
