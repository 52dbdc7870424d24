"""Rows of the outbox: pages wait, are leased, sent, and marked by whoever still holds the lease."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    update,
)

from oncall_tui.storage.statements.bulk import Joined, NewRows, given
from oncall_tui.storage.statements.lists import among
from oncall_tui.storage.statements.prepared import Asked, Question
from oncall_tui.storage.tables import attempts, channels, contact_methods, incidents, pages, users
from oncall_tui.storage.tables.delivery import LEASED_PAGE, UNFINISHED_PAGE
from oncall_tui.storage.types import Instant

_CONTACT_IDS = Question(
    select(users.c.username, contact_methods.c.name, users.c.id, contact_methods.c.id)
    .join(contact_methods, contact_methods.c.user_id == users.c.id)
    .where(among(users.c.username, "usernames"))
)

PENDING, BUNDLED, SENDING = "pending", "bundled", "sending"
DELIVERED, FAILED, CANCELLED, QUARANTINED = "delivered", "failed", "cancelled", "quarantined"
"""A bundled page waits for its digest; a quarantined one was given up because every try raised or killed its worker."""

WAITING = pages.c.state.in_((PENDING, BUNDLED))


def _claimable(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    return or_(
        and_(WAITING, pages.c.due_at <= now),
        and_(pages.c.state == SENDING, pages.c.lease_until <= now),
    )


CLAIMABLE = _claimable(bindparam("now", type_=Instant()))
"""Which pages may be sent now: waiting ones that are due, and those whose sender's lease ran out."""

PROVIDER = func.coalesce(contact_methods.c.display, channels.c.display, "")
"""Where a page goes, without its secrets: what bulkheads and a provider's wish for rest are counted by."""

BY_IMPORTANCE = (
    incidents.c.severity_rank.desc(),
    case((pages.c.kind == "reminder", 1), else_=0),
    pages.c.created_at,
    pages.c.number,
    pages.c.seq,
)
"""Worst severity first, first pages before reminders, then oldest."""

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
)
_INSTANT = Instant()
_DEATHS = pages.c.faults + case((pages.c.state == SENDING, 1), else_=0)

# What every page runs is built once: putting a statement together costs more than running it.
_DUE = (
    select(
        pages.c.id,
        pages.c.number,
        pages.c.seq,
        pages.c.state,
        pages.c.created_at,
        pages.c.due_at,
        pages.c.tries,
        pages.c.faults,
        pages.c.possible_repeat,
        pages.c.contact_id,
        pages.c.lease_owner,
        _DEATHS.label("deaths"),
        PROVIDER.label("provider"),
        contact_methods.c.limit_text,
        incidents.c.severity_rank,
        incidents.c.acknowledged_at,
        incidents.c.resolved_at,
    )
    .join(incidents, incidents.c.number == pages.c.number)
    .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
    .outerjoin(channels, channels.c.id == pages.c.channel_id)
    .where(
        UNFINISHED_PAGE,
        CLAIMABLE,
        pages.c.digest.is_(None),
        not_(among(PROVIDER, "without")),
        bindparam("most_deaths", type_=Integer) > _DEATHS,
    )
    .order_by(*BY_IMPORTANCE)
    .limit(bindparam("most", type_=Integer))
)
_IS_DUE = Question(_DUE.with_only_columns(pages.c.id, maintain_column_froms=True).order_by(None).limit(1))
_SEE_DUE = Question(_DUE)
_LOCK_DUE = Question(_DUE.with_for_update(of=pages, skip_locked=True))
_TAKEN = given(
    page=pages.c.id.type,
    now=_INSTANT,
    lease_owner=pages.c.lease_owner.type,
    lease_token=pages.c.lease_token.type,
    lease_until=_INSTANT,
)
_LEASE_ALL = Joined(
    update(pages)
    .where(pages.c.id == _TAKEN.c.page, _claimable(_TAKEN.c.now))
    .values(
        state=SENDING,
        lease_owner=_TAKEN.c.lease_owner,
        lease_token=_TAKEN.c.lease_token,
        lease_until=_TAKEN.c.lease_until,
        tries=pages.c.tries + 1,
        faults=_DEATHS,
        possible_repeat=case((pages.c.state == SENDING, True), else_=pages.c.possible_repeat),
    ),
    _TAKEN,
)
_ABANDON = (
    update(pages)
    .where(pages.c.id == bindparam("page"), CLAIMABLE)
    .values(state=CANCELLED, finished_at=bindparam("finished_at"), lease_owner=None, lease_token=None, lease_until=None)
)
_LEASED = Question(
    select(
        pages,
        func.coalesce(contact_methods.c.address, channels.c.address).label("address"),
        PROVIDER.label("provider"),
        users.c.timezone,
        and_(contact_methods.c.id.is_not(None), contact_methods.c.verified_at.is_(None)).label("unverified"),
        incidents.c.document,
    )
    .join(incidents, incidents.c.number == pages.c.number)
    .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
    .outerjoin(channels, channels.c.id == pages.c.channel_id)
    .outerjoin(users, users.c.id == pages.c.user_id)
    .where(among(pages.c.id, "ids"))
)
_OURS = update(pages).where(
    pages.c.id == bindparam("page"), pages.c.lease_token == bindparam("token"), pages.c.state == SENDING
)
_TOLD = given(page=pages.c.id.type, token=pages.c.lease_token.type, finished_at=_INSTANT)
_DELIVERED = Joined(
    update(pages)
    .where(pages.c.id == _TOLD.c.page, pages.c.lease_token == _TOLD.c.token, pages.c.state == SENDING)
    .values(state=DELIVERED, finished_at=_TOLD.c.finished_at, lease_owner=None, lease_token=None, lease_until=None),
    _TOLD,
)
_HELD = (
    select(pages.c.id, pages.c.lease_token)
    .where(among(pages.c.id, "ids"), pages.c.state == SENDING)
    .order_by(pages.c.id)
)
_SEE_HELD = Question(_HELD)
_HOLD = Question(_HELD.with_for_update())
_RENEW = (
    update(pages)
    .where(UNFINISHED_PAGE, pages.c.state == SENDING, pages.c.lease_token.in_(bindparam("tokens", expanding=True)))
    .values(lease_until=bindparam("lease_until"))
)
_RELEASE = (
    update(pages)
    .where(UNFINISHED_PAGE, pages.c.state == SENDING, pages.c.lease_token == bindparam("token"))
    .values(state=PENDING, due_at=bindparam("due_at"), lease_owner=None, lease_token=None, lease_until=None)
)
_NEW_ATTEMPTS = NewRows(attempts, "page_id", "n", "started_at", "ended_at", "outcome", "answer", "worker")
_HEARD = given(
    contact=contact_methods.c.id.type,
    said=contact_methods.c.last_answer.type,
    success_at=_INSTANT,
    failure_at=_INSTANT,
)
_NOTE = Joined(
    update(contact_methods)
    .where(contact_methods.c.id == _HEARD.c.contact)
    .values(
        last_answer=_HEARD.c.said,
        last_success_at=func.coalesce(_HEARD.c.success_at, contact_methods.c.last_success_at),
        last_failure_at=func.coalesce(_HEARD.c.failure_at, contact_methods.c.last_failure_at),
    ),
    _HEARD,
)
_HOLD_CONTACTS = Question(
    select(contact_methods.c.id)
    .where(among(contact_methods.c.id, "ids"))
    .order_by(contact_methods.c.id)
    .with_for_update(key_share=True)
)
_FIRST_TRY = select(func.min(attempts.c.started_at)).where(attempts.c.page_id == bindparam("page"))
_SAME_PLACE = pages.alias()
_PAGED_TOGETHER = Question(
    select(pages.c.id, _SAME_PLACE.c.username)
    .join(
        _SAME_PLACE,
        and_(
            _SAME_PLACE.c.number == pages.c.number,
            _SAME_PLACE.c.run == pages.c.run,
            _SAME_PLACE.c.step == pages.c.step,
            _SAME_PLACE.c.round == pages.c.round,
        ),
    )
    .where(among(pages.c.id, "ids"), _SAME_PLACE.c.username.is_not(None))
    .distinct()
)
_FIRST_WAITING = select(func.min(pages.c.due_at)).where(UNFINISHED_PAGE, WAITING)
_FIRST_LEASED = select(func.min(pages.c.lease_until)).where(LEASED_PAGE, UNFINISHED_PAGE, pages.c.state == SENDING)
_SOONEST = Question(
    select(_FIRST_WAITING.scalar_subquery().label("waiting"), _FIRST_LEASED.scalar_subquery().label("leased"))
)
_NEXT_DUE = Question(
    select(
        _FIRST_WAITING.where(pages.c.due_at > bindparam("now")).scalar_subquery().label("waiting"),
        _FIRST_LEASED.where(pages.c.lease_until > bindparam("now")).scalar_subquery().label("leased"),
    )
)


NO_MATTER = 1_000_000


def add(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put pages into the outbox."""
    _NEW.add(conn, rows)


def contact_ids(conn: Connection, usernames: Sequence[str]) -> dict[tuple[str, str], tuple[int, int]]:
    """(username, contact name) → (user id, contact id) of these users."""
    found = _CONTACT_IDS.ask(conn, usernames=usernames)
    return {(username, contact): (user, method) for username, contact, user, method in found}


def cancel(conn: Connection, number: int, at: datetime) -> int:
    """Take back the incident's pages that nobody is sending; how many. One whose lease ran out is not sent again."""
    waiting = or_(WAITING, and_(pages.c.state == SENDING, pages.c.lease_until <= at))
    return conn.execute(
        update(pages)
        .where(pages.c.number == number, UNFINISHED_PAGE, waiting)
        .values(state=CANCELLED, finished_at=at, lease_token=None, lease_until=None)
    ).rowcount


def due(
    conn: Connection, now: datetime, limit: int, *, without: Collection[str] = (), most_deaths: int = NO_MATTER
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Single pages to send now, in order of importance; rows another worker holds are left out.

    `without` are providers that take nothing now. Pages that raised or killed their worker `most_deaths` times or more
    are left out, too.
    """
    query = _LOCK_DUE if conn.dialect.name == "postgresql" else _SEE_DUE
    return query.ask(conn, now=now, most=limit, without=sorted(without), most_deaths=most_deaths)


def is_due(conn: Connection, now: datetime, *, without: Collection[str] = (), most_deaths: int = NO_MATTER) -> bool:
    """Whether `due` would find anything."""
    return bool(_IS_DUE.ask(conn, now=now, without=sorted(without), most_deaths=most_deaths))


def lease_all(conn: Connection, tokens: Mapping[str, str], *, worker: str, now: datetime, until: datetime) -> int:
    """Take pages, each under its token, as far as they are still to be had; how many were.

    A page whose last sender vanished may reach its reader twice.
    """
    taken = {"now": now, "lease_owner": worker, "lease_until": until}
    return _LEASE_ALL.run(conn, [{"page": page, "lease_token": token, **taken} for page, token in tokens.items()])


def abandon(conn: Connection, page: str, now: datetime) -> None:
    """Cancel a page that nobody is sending any more."""
    conn.execute(_ABANDON, {"page": page, "now": now, "finished_at": now})


def leased(conn: Connection, ids: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The leased pages with the address to send to; it is None when the contact is gone."""
    return _LEASED.ask(conn, ids=ids)


def renew(conn: Connection, tokens: Sequence[str], until: datetime) -> int:
    """Hold the leases under these tokens longer; how many pages are still ours."""
    return conn.execute(_RENEW, {"tokens": list(tokens), "lease_until": until}).rowcount


def release(conn: Connection, token: str, now: datetime) -> int:
    """Hand back everything under a token, to be had at once; how many pages."""
    return conn.execute(_RELEASE, {"token": token, "due_at": now}).rowcount


def finish(conn: Connection, page: str, token: str, **values: Any) -> bool:
    """Mark a page, if the lease is still ours; whether it was."""
    given_back = {"lease_token": None, "lease_until": None, "lease_owner": None}
    return conn.execute(_OURS, {"page": page, "token": token, **given_back, **values}).rowcount == 1


def held(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    """The token under which each of these pages is being sent, of those that are; nobody marks one meanwhile."""
    query = _HOLD if conn.dialect.name == "postgresql" else _SEE_HELD
    return {row.id: row.lease_token for row in query.ask(conn, ids=ids)}


def delivered(conn: Connection, told: Mapping[str, tuple[str, datetime]]) -> int:
    """Mark pages delivered, each with its token and when, as far as the leases are still ours; how many were."""
    return _DELIVERED.run(
        conn, [{"page": page, "token": token, "finished_at": at} for page, (token, at) in told.items()]
    )


def add_attempt(conn: Connection, row: Mapping[str, Any]) -> None:
    """Keep one attempt with the provider's answer."""
    add_attempts(conn, [row])


def add_attempts(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep attempts with their providers' answers."""
    _NEW_ATTEMPTS.add(conn, rows)


def first_try_at(conn: Connection, page: str) -> datetime | None:
    """When the page was first tried; None before that."""
    found: datetime | None = conn.execute(_FIRST_TRY, {"page": page}).scalar_one()
    return found


def exonerate(conn: Connection, page: str) -> None:
    """Take one fault back: the worker that was thought dead has answered."""
    conn.execute(
        update(pages).where(pages.c.id == page, UNFINISHED_PAGE, pages.c.faults > 0).values(faults=pages.c.faults - 1)
    )


def set_aside(conn: Connection, page: str, now: datetime, state: str) -> bool:
    """Finish a page that nobody holds any more, without sending it; whether it was still to be had."""
    given = {"page": page, "now": now}
    done = update(pages).where(pages.c.id == bindparam("page"), CLAIMABLE)
    values = {"state": state, "finished_at": now, "lease_owner": None, "lease_token": None, "lease_until": None}
    return conn.execute(done.values(faults=_DEATHS, **values), given).rowcount == 1


def put_off(conn: Connection, page: str, now: datetime, until: datetime) -> bool:
    """Let a page that is due wait until a later time, untried; whether it was still to be had."""
    done = update(pages).where(pages.c.id == bindparam("page"), WAITING, pages.c.due_at <= bindparam("now"))
    return conn.execute(done.values(due_at=until), {"page": page, "now": now}).rowcount == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What was heard of a contact lately: its last success, its last failure, and the last answer of all."""

    answer: str = ""
    success_at: datetime | None = None
    failure_at: datetime | None = None

    def then(self, at: datetime, *, delivered: bool, answer: str) -> Noted:
        """With one more answer, later than the others."""
        if delivered:
            return replace(self, answer=answer, success_at=at)
        return replace(self, answer=answer, failure_at=at)


def note_contact(conn: Connection, contact: int, at: datetime, *, delivered: bool, answer: str) -> None:
    """Remember the contact's last success or failure."""
    note_contacts(conn, {contact: Noted().then(at, delivered=delivered, answer=answer)})


def note_contacts(conn: Connection, heard: Mapping[int, Noted]) -> None:
    """Remember what was heard of contacts; in one order, so that two workers never wait for each other."""
    rows = [
        {"contact": contact, "said": noted.answer, "success_at": noted.success_at, "failure_at": noted.failure_at}
        for contact, noted in sorted(heard.items())
    ]
    if len(rows) > 1 and conn.dialect.name == "postgresql":
        _HOLD_CONTACTS.ask(conn, ids=heard)
    _NOTE.run(conn, rows)


def next_due(conn: Connection, now: datetime) -> datetime | None:
    """When, after now, another page may be sent: a waiting one's time, or the end of a lease."""
    return _earlier(*_NEXT_DUE.ask(conn, now=now)[0])


def soonest(conn: Asked) -> datetime | None:
    """When at the earliest a page may be sent, by the rows alone: a look that costs next to nothing."""
    return _earlier(*_SOONEST.ask(conn)[0])


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((instant for instant in (one, other) if instant is not None), default=None)


def paged_together(conn: Connection, ids: Sequence[str]) -> dict[str, set[str]]:
    """Of each of these pages, everybody paged at the same place of its incident."""
    found: dict[str, set[str]] = {page: set() for page in ids}
    for page, username in _PAGED_TOGETHER.ask(conn, ids=ids):
        found[page].add(username)
    return found
