"""Rows of the outbox: how pages get in, which may be sent and when, and how they are taken back unsent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Integer, and_, bindparam, case, func, or_, select, update

from oncall_tui.storage.statements.bulk import NewRows
from oncall_tui.storage.statements.lists import among
from oncall_tui.storage.statements.prepared import Asked, Question
from oncall_tui.storage.tables import channels, contact_methods, pages, users
from oncall_tui.storage.tables.delivery import LEASED_PAGE, UNFINISHED_PAGE
from oncall_tui.storage.types import Instant

_CONTACT_IDS = Question(
    select(users.c.username, contact_methods.c.name, users.c.id, contact_methods.c.id)
    .join(contact_methods, contact_methods.c.user_id == users.c.id)
    .where(among(users.c.username, "usernames"))
)

REMINDER = "reminder"  # a page's kind

PENDING, BUNDLED, SENDING = "pending", "bundled", "sending"
DELIVERED, FAILED, CANCELLED, QUARANTINED = "delivered", "failed", "cancelled", "quarantined"
"""A bundled page waits for its digest; a quarantined one was given up because every try raised or killed its worker."""

WAITING = pages.c.state.in_((PENDING, BUNDLED))


def claimable(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Which pages may be sent at `now`: waiting ones that are due, and those whose sender's lease ran out."""
    return or_(
        and_(WAITING, pages.c.due_at <= now),
        and_(pages.c.state == SENDING, pages.c.lease_until <= now),
    )


CLAIMABLE = claimable(bindparam("now", type_=Instant()))

PROVIDER = func.coalesce(contact_methods.c.display, channels.c.display, "")
"""Where a page goes, without its secrets: what bulkheads and a provider's wish for rest are counted by."""

ADDRESS = func.coalesce(case((contact_methods.c.enabled, contact_methods.c.address)), channels.c.address)
"""The sealed address that a page goes to; NULL when its contact is gone, or was disabled while it waited."""

BY_IMPORTANCE = (pages.c.precedence, pages.c.created_at, pages.c.number, pages.c.seq)
"""Worst severity first, first pages before reminders, then oldest; the index on pending pages has this order."""


def deaths(page: FromClause) -> ColumnElement[int]:
    """How often a claimable page raised or lost its worker, the lease that ran out included."""
    return page.c.faults + case((page.c.state == SENDING, 1), else_=0)


DEATHS = deaths(pages)

_NEW = NewRows(
    pages,
    "id",
    "number",
    "seq",
    "user_id",
    "username",
    "contact_id",
    "contact",
    "channel_id",
    "run",
    "step",
    "round",
    "kind",
    "because",
    "state",
    "created_at",
    "due_at",
    "precedence",
)
_REORDER = (
    update(pages)
    .where(pages.c.number == bindparam("of"))
    .values(precedence=case((pages.c.kind == REMINDER, 1), else_=0) - 2 * bindparam("rank", type_=Integer))
)

_ABANDON = (
    update(pages)
    .where(pages.c.id == bindparam("page"), CLAIMABLE)
    .values(state=CANCELLED, finished_at=bindparam("finished_at"), lease_owner=None, lease_token=None, lease_until=None)
)
# Put in order, not min(): by figures that are old, PostgreSQL takes that for the least of one row, and reads them all.
_FIRST_WAITING = select(pages.c.due_at).where(UNFINISHED_PAGE, WAITING).order_by(pages.c.due_at).limit(1)
_FIRST_LEASED = (
    select(pages.c.lease_until).where(LEASED_PAGE, pages.c.state == SENDING).order_by(pages.c.lease_until).limit(1)
)
_SOONEST = Question(
    select(_FIRST_WAITING.scalar_subquery().label("waiting"), _FIRST_LEASED.scalar_subquery().label("leased"))
)
_NEXT_DUE = Question(
    select(
        _FIRST_WAITING.where(pages.c.due_at > bindparam("now")).scalar_subquery().label("waiting"),
        _FIRST_LEASED.where(pages.c.lease_until > bindparam("now")).scalar_subquery().label("leased"),
    )
)


def add(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put pages into the outbox."""
    _NEW.add(conn, rows)


def contact_ids(conn: Connection, usernames: Sequence[str]) -> dict[tuple[str, str], tuple[int, int]]:
    """(username, contact name) → (user id, contact id) of these users."""
    found = _CONTACT_IDS.ask(conn, usernames=usernames)
    return {(username, contact): (user, method) for username, contact, user, method in found}


def precedence(severity_rank: int, kind: str) -> int:
    """Where in the order of importance a page stands: the lower, the sooner it goes out."""
    return (kind == REMINDER) - 2 * severity_rank


def reorder(conn: Connection, number: int, severity_rank: int) -> None:
    """The incident's severity is another one: so is the place of all its pages, as an undo may bring back any."""
    conn.execute(_REORDER, {"of": number, "rank": severity_rank})


def cancel(conn: Connection, number: int, at: datetime) -> int:
    """Take back the incident's pages that nobody is sending; how many. One whose lease ran out is not sent again."""
    waiting = or_(WAITING, and_(pages.c.state == SENDING, pages.c.lease_until <= at))
    return conn.execute(
        update(pages)
        .where(pages.c.number == number, UNFINISHED_PAGE, waiting)
        .values(state=CANCELLED, finished_at=at, lease_token=None, lease_until=None)
    ).rowcount


def abandon(conn: Connection, page: str, now: datetime) -> None:
    """Cancel a page that nobody is sending any more."""
    conn.execute(_ABANDON, {"page": page, "now": now, "finished_at": now})


def set_aside(conn: Connection, page: str, now: datetime, state: str) -> bool:
    """Finish a page that nobody holds any more, without sending it; whether it was still to be had."""
    given = {"page": page, "now": now}
    done = update(pages).where(pages.c.id == bindparam("page"), CLAIMABLE)
    values = {"state": state, "finished_at": now, "lease_owner": None, "lease_token": None, "lease_until": None}
    return conn.execute(done.values(faults=DEATHS, **values), given).rowcount == 1


def put_off(conn: Connection, page: str, now: datetime, until: datetime) -> bool:
    """Let a page that is due wait until a later time, untried; whether it was still to be had."""
    done = update(pages).where(pages.c.id == bindparam("page"), WAITING, pages.c.due_at <= bindparam("now"))
    return conn.execute(done.values(due_at=until), {"page": page, "now": now}).rowcount == 1


def next_due(conn: Connection, now: datetime) -> datetime | None:
    """When, after now, another page may be sent: a waiting one's time, or the end of a lease."""
    return _earlier(*_NEXT_DUE.ask(conn, now=now)[0])


def soonest(conn: Asked) -> datetime | None:
    """When at the earliest a page may be sent, by the rows alone: a look that costs next to nothing."""
    return _earlier(*_SOONEST.ask(conn)[0])


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((instant for instant in (one, other) if instant is not None), default=None)
