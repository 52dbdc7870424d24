"""Rows of notices: they wait, are leased, sent, and marked by whoever still holds the lease, as pages are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, and_, bindparam, case, func, insert, or_, select, update

from oncall_tui.storage.statements.conflicts import insert_into
from oncall_tui.storage.statements.prepared import Asked, Question
from oncall_tui.storage.tables import (
    channels,
    contact_methods,
    incidents,
    notice_attempts,
    notice_marks,
    notices,
    schedules,
    services,
    users,
)
from oncall_tui.storage.tables.incidents import OPEN_INCIDENT
from oncall_tui.storage.tables.notices import UNFINISHED_NOTICE

PENDING, SENDING, DELIVERED, FAILED, GIVEN_UP = "pending", "sending", "delivered", "failed", "given up"

_CLAIMABLE = or_(
    and_(notices.c.state == PENDING, notices.c.due_at <= bindparam("now")),
    and_(notices.c.state == SENDING, notices.c.lease_until <= bindparam("now")),
)
"""Which notices may be sent now: waiting ones that are due, and those whose sender's lease ran out."""

_FREE = {"lease_owner": None, "lease_token": None, "lease_until": None}
_DUE = (
    select(notices.c.id)
    .where(UNFINISHED_NOTICE, _CLAIMABLE)
    .order_by(notices.c.due_at, notices.c.id)
    .limit(bindparam("most", type_=Integer))
)
_LOCK_DUE = _DUE.with_for_update(of=notices, skip_locked=True)
_LEASE = (
    update(notices)
    .where(notices.c.id == bindparam("notice"), _CLAIMABLE)
    .values(
        state=SENDING,
        lease_owner=bindparam("owner"),
        lease_token=bindparam("token"),
        lease_until=bindparam("until"),
        tries=notices.c.tries + 1,
        possible_repeat=case((notices.c.state == SENDING, True), else_=notices.c.possible_repeat),
    )
)
_GIVE_UP = (
    update(notices)
    .where(
        UNFINISHED_NOTICE,
        _CLAIMABLE,
        or_(
            notices.c.expires_at <= bindparam("now"),
            # Its sender died with it twice: whoever it is for may have it twice already.
            and_(notices.c.state == SENDING, notices.c.possible_repeat),
        ),
    )
    .values(state=GIVEN_UP, finished_at=bindparam("at"), **_FREE)
)
# A disabled contact gets nothing but the code that proves it.
_HEARS = or_(contact_methods.c.enabled, notices.c.kind == "verification")
_ADDRESS = func.coalesce(case((_HEARS, contact_methods.c.address)), channels.c.address)
_LEASED = (
    select(notices, _ADDRESS.label("address"))
    .outerjoin(contact_methods, contact_methods.c.id == notices.c.contact_id)
    .outerjoin(channels, channels.c.id == notices.c.channel_id)
    .where(notices.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(notices.c.due_at, notices.c.id)
)
_OURS = update(notices).where(
    notices.c.id == bindparam("notice"), notices.c.lease_token == bindparam("held"), notices.c.state == SENDING
)
_NEXT_DUE = Question(
    select(
        select(func.min(notices.c.due_at)).where(UNFINISHED_NOTICE, notices.c.state == PENDING).scalar_subquery(),
        select(func.min(notices.c.lease_until)).where(UNFINISHED_NOTICE, notices.c.state == SENDING).scalar_subquery(),
    )
)
_CONTACT = (
    select(users.c.id, contact_methods.c.id)
    .join(contact_methods, contact_methods.c.user_id == users.c.id)
    .where(users.c.username == bindparam("username"), contact_methods.c.name == bindparam("contact"))
)


_MARKS = Question(
    select(schedules.c.name, schedules.c.id, notice_marks.c.told_until).outerjoin(
        notice_marks, notice_marks.c.schedule_id == schedules.c.id
    )
)
_OPEN = (
    select(
        incidents.c.number,
        incidents.c.title,
        incidents.c.severity,
        incidents.c.state,
        incidents.c.assignees,
        services.c.name.label("service"),
    )
    .join(services, services.c.id == incidents.c.service_id)
    .where(OPEN_INCIDENT)
    .order_by(incidents.c.severity_rank.desc(), incidents.c.opened_at, incidents.c.number)
)


def add(conn: Connection, row: Mapping[str, Any]) -> int | None:
    """Put a notice into the outbox; its id, or None when one of its key has been there."""
    made = insert_into(conn, notices)
    done = conn.execute(made.on_conflict_do_nothing(index_elements=["key"]).returning(notices.c.id), dict(row))
    return done.scalar_one_or_none()


def contact_ids(conn: Connection, username: str, contact: str) -> tuple[int, int] | None:
    """(user id, contact id) of a person's contact; None when there is none of this name."""
    row = conn.execute(_CONTACT, {"username": username, "contact": contact}).first()
    return None if row is None else (row[0], row[1])


def give_up(conn: Connection, now: datetime) -> int:
    """Finish the waiting notices that nobody needs any more, and those that two senders have died with; how many."""
    return conn.execute(_GIVE_UP, {"now": now, "at": now}).rowcount


def due(conn: Connection, now: datetime, limit: int) -> list[int]:
    """Notices to send now, the longest due first; rows another worker holds are left out."""
    query = _LOCK_DUE if conn.dialect.name == "postgresql" else _DUE
    return list(conn.execute(query, {"now": now, "most": limit}).scalars())


def lease(conn: Connection, notice: int, *, worker: str, token: str, now: datetime, until: datetime) -> bool:
    """Take one notice; whether it was still to be had."""
    taken = {"owner": worker, "token": token, "until": until}
    return conn.execute(_LEASE, {"notice": notice, "now": now, **taken}).rowcount == 1


def leased(conn: Connection, ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """These notices with the address to send to, None when it is gone or disabled; the longest due first."""
    return conn.execute(_LEASED, {"ids": list(ids)}).all()


def renew(conn: Connection, notice: int, token: str, until: datetime) -> bool:
    """Hold the lease longer; whether it is still ours."""
    held = {"notice": notice, "held": token}
    return conn.execute(_OURS.values(lease_until=until), held).rowcount == 1


def finish(conn: Connection, notice: int, token: str, **values: Any) -> bool:
    """Mark a notice, if the lease is still ours; whether it was."""
    return conn.execute(_OURS.values(**_FREE, **values), {"notice": notice, "held": token}).rowcount == 1


def add_attempt(conn: Connection, row: Mapping[str, Any]) -> None:
    """Keep one attempt with the provider's answer."""
    conn.execute(insert(notice_attempts), dict(row))


def next_due(conn: Asked) -> datetime | None:
    """When the next notice may be sent: a waiting one's time, or the end of a lease."""
    return min((instant for instant in _NEXT_DUE.ask(conn)[0] if instant is not None), default=None)


def marks(conn: Connection) -> dict[str, tuple[int, datetime | None]]:
    """By schedule: its row, and up to when its notices have been worked out; None when they never were."""
    return {name: (row, told_until) for name, row, told_until in _MARKS.ask(conn)}


def move_mark(conn: Connection, schedule: int, seen: datetime | None, until: datetime) -> bool:
    """Say that a schedule's notices are worked out until an instant; whether nobody else has said so meanwhile."""
    if seen is None:
        made = insert_into(conn, notice_marks)
        values = {"schedule_id": schedule, "told_until": until}
        return conn.execute(made.on_conflict_do_nothing(index_elements=["schedule_id"]), values).rowcount == 1
    ours = and_(notice_marks.c.schedule_id == schedule, notice_marks.c.told_until == seen)
    return conn.execute(update(notice_marks).where(ours).values(told_until=until)).rowcount == 1


def open_incidents(conn: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every open incident with its service's name, the worst first, then the oldest."""
    return conn.execute(_OPEN).all()
