"""Pages that go out together: what waits for a contact, what it got lately, and which providers want rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    bindparam,
    case,
    false,
    func,
    insert,
    literal,
    not_,
    select,
    text,
    update,
)

from oncall_tui.storage.statements.delivery.outbox import (
    ADDRESS,
    BUNDLED,
    BY_IMPORTANCE,
    CANCELLED,
    CLAIMABLE,
    DELIVERED,
    PENDING,
    PROVIDER,
    SENDING,
    WAITING,
)
from oncall_tui.storage.statements.lists import among
from oncall_tui.storage.statements.prepared import Later, Question
from oncall_tui.storage.tables import channels, contact_methods, incidents, pages, provider_rests, services, users
from oncall_tui.storage.tables.delivery import UNFINISHED_PAGE

_RANK = func.max(incidents.c.severity_rank)
_SINCE = func.min(pages.c.created_at)
_DUE = Question(
    select(pages.c.digest, PROVIDER.label("provider"), _RANK.label("rank"), _SINCE.label("since"))
    .join(incidents, incidents.c.number == pages.c.number)
    .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
    .outerjoin(channels, channels.c.id == pages.c.channel_id)
    .where(
        UNFINISHED_PAGE,
        pages.c.digest.is_not(None),
        CLAIMABLE,
        not_(among(PROVIDER, "without")),
    )
    .group_by(pages.c.digest, PROVIDER)
    .order_by(_RANK.desc(), _SINCE, pages.c.digest)
    .limit(bindparam("most", type_=Integer))
)
_ABANDON = (
    update(pages)
    .where(
        pages.c.digest == bindparam("wanted"),
        UNFINISHED_PAGE,
        CLAIMABLE,
        select(incidents.c.number)
        .where(
            incidents.c.number == pages.c.number,
            (incidents.c.resolved_at >= pages.c.created_at) | (incidents.c.acknowledged_at >= pages.c.created_at),
        )
        .exists(),
    )
    .values(state=CANCELLED, finished_at=bindparam("at"), lease_owner=None, lease_token=None, lease_until=None)
)
_LAPSED = case((pages.c.state == SENDING, 1), else_=0)
_LEASE = (
    update(pages)
    .where(pages.c.digest == bindparam("wanted"), UNFINISHED_PAGE, CLAIMABLE)
    .values(
        state=SENDING,
        lease_owner=bindparam("lease_owner"),
        lease_token=bindparam("lease_token"),
        lease_until=bindparam("lease_until"),
        tries=pages.c.tries + 1,
        faults=pages.c.faults + _LAPSED,
        possible_repeat=case((pages.c.state == SENDING, True), else_=pages.c.possible_repeat),
    )
)
_DEATHS = select(func.max(pages.c.faults + _LAPSED), func.max(_LAPSED), func.max(pages.c.lease_owner)).where(
    pages.c.digest == bindparam("wanted"), UNFINISHED_PAGE
)
_TAKE_APART = (
    update(pages)
    .where(pages.c.digest == bindparam("wanted"), UNFINISHED_PAGE, CLAIMABLE)
    .values(
        state=PENDING,
        digest=None,
        due_at=bindparam("now"),
        faults=pages.c.faults + _LAPSED,
        possible_repeat=case((pages.c.state == SENDING, True), else_=pages.c.possible_repeat),
        lease_owner=None,
        lease_token=None,
        lease_until=None,
    )
)
_BEFORE = pages.alias()
# "+ 0" keeps the index on contacts out of it: one contact may wait for fifty thousand pages, an incident has a few, and
# PostgreSQL, knowing of neither, reads all of them for each page that is asked about.
_IS_FIRST = not_(
    select(_BEFORE.c.id)
    .where(
        _BEFORE.c.number == pages.c.number,
        _BEFORE.c.contact_id + 0 == pages.c.contact_id,
        _BEFORE.c.seq < pages.c.seq,
    )
    .exists()
)
_TO_CONTACT = (
    select(
        pages.c.id,
        case((incidents.c.severity_rank >= bindparam("least_rank", type_=Integer), _IS_FIRST), else_=false()).label(
            "is_first"
        ),
    )
    .join(incidents, incidents.c.number == pages.c.number)
    .where(
        pages.c.contact_id == bindparam("contact"),
        UNFINISHED_PAGE,
        WAITING,
        pages.c.due_at <= bindparam("now"),
        pages.c.created_at <= bindparam("before"),
        pages.c.digest.is_(None),
        pages.c.possible_repeat.is_(False),
        pages.c.faults == 0,
    )
    .order_by(*BY_IMPORTANCE)
)
_COLLECTING = (
    select(pages.c.digest, pages.c.due_at)
    .where(pages.c.contact_id == bindparam("contact"), UNFINISHED_PAGE, pages.c.state == BUNDLED)
    .order_by(pages.c.due_at)
    .limit(1)
)
_MESSAGE = func.coalesce(pages.c.digest, pages.c.id)
_GOT = (
    select(_MESSAGE)
    .where(
        pages.c.contact_id == bindparam("contact"),
        pages.c.finished_at > bindparam("since"),
        pages.c.state == DELIVERED,
    )
    .union(
        select(_MESSAGE).where(pages.c.contact_id == bindparam("contact"), UNFINISHED_PAGE, pages.c.state == SENDING)
    )
)
_USED = select(func.count()).select_from(_GOT.subquery())
_EARLIER = (
    select(pages.c.id)
    .where(
        pages.c.number == bindparam("number"),
        pages.c.contact_id + 0 == bindparam("contact"),
        pages.c.seq < bindparam("before", type_=Integer),
    )
    .limit(1)
)
AT_ONCE = 1_000  # pages of one statement: databases bound how many values one may have
_BUNDLE = (
    update(pages)
    .where(pages.c.id.in_(bindparam("ids", expanding=True)), WAITING, pages.c.due_at <= bindparam("now"))
    .values(state=BUNDLED, digest=bindparam("joins"), due_at=bindparam("goes_at"))
)
_RESTING = Question(select(provider_rests).where(provider_rests.c.until_at > bindparam("now")))


def due(conn: Connection, now: datetime, limit: int, *, without: Sequence[str] = ()) -> Later:
    """Digests to send now, the worst first: (digest, provider, rank, since)."""
    return _DUE.asked(conn, now=now, most=limit, without=without)


def mine(conn: Connection, thing: str) -> bool:
    """Let no other worker have this digest, or contact, until the transaction ends; False when one has it.

    SQLite has one writer at a time anyway.
    """
    if conn.dialect.name != "postgresql":
        return True
    taken = conn.execute(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:thing, 0))"), {"thing": thing})
    return bool(taken.scalar_one())


def abandon_overtaken(conn: Connection, digest: str, now: datetime) -> int:
    """Cancel pages of the digest whose incident was acknowledged or resolved since; how many."""
    return conn.execute(_ABANDON, {"wanted": digest, "now": now, "at": now}).rowcount


def deaths(conn: Connection, digest: str) -> tuple[int, str | None]:
    """How often sending it raised or killed its worker, and which worker vanished while it held it, if one did."""
    faults, lapsed, owner = conn.execute(_DEATHS, {"wanted": digest}).one()
    return faults or 0, owner if lapsed else None


def take_apart(conn: Connection, digest: str, now: datetime) -> int:
    """Let its pages go out one by one; how many."""
    return conn.execute(_TAKE_APART, {"wanted": digest, "now": now}).rowcount


def lease(conn: Connection, digest: str, *, worker: str, token: str, now: datetime, until: datetime) -> int:
    """Take every page of the digest that is to be had; how many."""
    taken = {"lease_owner": worker, "lease_token": token, "lease_until": until}
    return conn.execute(_LEASE, {"wanted": digest, "now": now, **taken}).rowcount


def leased(conn: Connection, token: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The pages under a token, in order of importance, with what a digest tells of each incident."""
    return conn.execute(
        select(
            pages,
            ADDRESS.label("address"),
            incidents.c.title,
            incidents.c.severity,
            incidents.c.state.label("incident_state"),
            incidents.c.opened_at,
            services.c.name.label("service"),
            users.c.timezone,
        )
        .join(incidents, incidents.c.number == pages.c.number)
        .outerjoin(services, services.c.id == incidents.c.service_id)
        .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
        .outerjoin(channels, channels.c.id == pages.c.channel_id)
        .outerjoin(users, users.c.id == pages.c.user_id)
        .where(UNFINISHED_PAGE, pages.c.lease_token == token)
        .order_by(*BY_IMPORTANCE)
    ).all()


def to_contact(
    conn: Connection, contact: int, now: datetime, before: datetime, *, least_rank: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The contact's pages that are due, never tried, and were made at `before` or earlier.

    (id, is_first): whether it is the first that this contact gets of an incident at least that severe.
    """
    given = {"contact": contact, "now": now, "before": before, "least_rank": least_rank}
    return conn.execute(_TO_CONTACT, given).all()


def collecting(conn: Connection, contact: int) -> Row[*tuple[Any, ...]] | None:
    """The digest that collects pages for the contact, and when it goes out."""
    return conn.execute(_COLLECTING, {"contact": contact}).one_or_none()


def used(conn: Connection, contact: int, since: datetime) -> int:
    """How many messages the contact got since, those under way included; a digest is one."""
    return int(conn.execute(_USED, {"contact": contact, "since": since}).scalar_one())


def is_first(conn: Connection, number: int, contact: int, seq: int) -> bool:
    """Whether no earlier page of the incident went to this contact."""
    wanted = {"number": number, "contact": contact, "before": seq}
    return conn.execute(_EARLIER, wanted).one_or_none() is None


def bundle(conn: Connection, ids: Sequence[str], digest: str, goes_at: datetime, now: datetime) -> int:
    """Let pages that are due go out in a digest; how many were still to be had."""
    values = {"joins": digest, "goes_at": goes_at, "now": now}
    parts = (list(ids[first : first + AT_ONCE]) for first in range(0, len(ids), AT_ONCE))
    return sum(conn.execute(_BUNDLE, {"ids": part, **values}).rowcount for part in parts)


def resting(conn: Connection, now: datetime) -> Later:
    """The providers that asked to be left alone and until when (`provider`, `until_at`, `answer`)."""
    return _RESTING.asked(conn, now=now)


def rest(conn: Connection, provider: str, until: datetime, answer: str) -> None:
    """Leave a provider alone until a time, or as long as it has asked before if that is later."""
    known = update(provider_rests).where(provider_rests.c.provider == provider)
    # A bare value in `else_` is no Instant to SQLAlchemy: SQLite would keep it as text.
    wanted = literal(until, provider_rests.c.until_at.type)
    later = case((provider_rests.c.until_at > until, provider_rests.c.until_at), else_=wanted)
    if conn.execute(known.values(until_at=later, answer=answer)).rowcount == 0:
        conn.execute(insert(provider_rests).values(provider=provider, until_at=until, answer=answer))


def waiting_for(conn: Connection, provider: str, now: datetime, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Single pages to this provider that are due: (id, number, …), in order of importance."""
    return conn.execute(
        select(pages, PROVIDER.label("provider"))
        .outerjoin(contact_methods, contact_methods.c.id == pages.c.contact_id)
        .outerjoin(channels, channels.c.id == pages.c.channel_id)
        .where(UNFINISHED_PAGE, WAITING, pages.c.due_at <= now, pages.c.digest.is_(None), PROVIDER.in_((provider,)))
        .order_by(*BY_IMPORTANCE)
        .limit(limit)
    ).all()
