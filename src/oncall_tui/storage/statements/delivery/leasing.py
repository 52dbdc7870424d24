"""Leases on pages of the outbox: which are due, in order of importance, who holds them, and until when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Integer, and_, bindparam, case, func, not_, select, union_all, update

from oncall_tui.storage.statements.bulk import Joined, given
from oncall_tui.storage.statements.delivery.outbox import (
    ADDRESS,
    BY_IMPORTANCE,
    DEATHS,
    PROVIDER,
    SENDING,
    claimable,
    deaths,
)
from oncall_tui.storage.statements.lists import among
from oncall_tui.storage.statements.prepared import Later, Question
from oncall_tui.storage.tables import channels, contact_methods, incidents, pages, users
from oncall_tui.storage.tables.delivery import LEASED_PAGE, PENDING_PAGE, UNFINISHED_PAGE
from oncall_tui.storage.types import Instant

_INSTANT = Instant()

# What every page runs is built once: putting a statement together costs more than running it.
# Where a page goes is looked up for each by itself, and nothing is joined before the most important ones are chosen:
# else all that are due would be joined and put in order for a few of them.
_GOES_TO = func.coalesce(
    select(contact_methods.c.display).where(contact_methods.c.id == pages.c.contact_id).scalar_subquery(),
    select(channels.c.display).where(channels.c.id == pages.c.channel_id).scalar_subquery(),
    "",
)
_MAY_GO = and_(not_(among(_GOES_TO, "without")), bindparam("most_deaths", type_=Integer) > DEATHS)
_NOW = bindparam("now", type_=_INSTANT)
_ORDER = ("precedence", "created_at", "number", "seq")
_FIRST = select(
    *(pages.c[name] for name in ("id", "state", "due_at", "tries", "faults", "possible_repeat", *_ORDER)),
    *(pages.c[name] for name in ("contact_id", "channel_id", "lease_owner")),
).limit(bindparam("most", type_=Integer))
_WAITING = _FIRST.where(PENDING_PAGE, pages.c.due_at <= _NOW, _MAY_GO).order_by(*BY_IMPORTANCE)
_LAPSED = _FIRST.where(
    LEASED_PAGE, pages.c.state == SENDING, pages.c.lease_until <= _NOW, pages.c.digest.is_(None), _MAY_GO
).order_by(*BY_IMPORTANCE)


def _due(*, locked: bool) -> Question:
    parts = [
        select((one.with_for_update(of=pages, skip_locked=True) if locked else one).subquery())
        for one in (_WAITING, _LAPSED)
    ]
    page = union_all(*parts).subquery()
    return Question(
        select(
            *(page.c[name] for name in ("id", "number", "seq", "state", "created_at", "due_at", "tries", "faults")),
            *(page.c[name] for name in ("possible_repeat", "contact_id", "lease_owner")),
            deaths(page).label("deaths"),
            PROVIDER.label("provider"),
            contact_methods.c.limit_text,
            incidents.c.severity_rank,
            incidents.c.acknowledged_at,
            incidents.c.resolved_at,
        )
        .select_from(page)
        .join(incidents, incidents.c.number == page.c.number)
        .outerjoin(contact_methods, contact_methods.c.id == page.c.contact_id)
        .outerjoin(channels, channels.c.id == page.c.channel_id)
        .order_by(*(page.c[name] for name in _ORDER))
        .limit(bindparam("most", type_=Integer))
    )


_SEE_DUE, _LOCK_DUE = _due(locked=False), _due(locked=True)
_IS_DUE = Question(
    select(union_all(*(select(one.order_by(None).subquery().c.id) for one in (_WAITING, _LAPSED))).subquery())
)
_TAKEN = given(
    page=pages.c.id.type,
    now=_INSTANT,
    lease_owner=pages.c.lease_owner.type,
    lease_token=pages.c.lease_token.type,
    lease_until=_INSTANT,
)
_LEASE_ALL = Joined(
    update(pages)
    .where(pages.c.id == _TAKEN.c.page, claimable(_TAKEN.c.now))
    .values(
        state=SENDING,
        lease_owner=_TAKEN.c.lease_owner,
        lease_token=_TAKEN.c.lease_token,
        lease_until=_TAKEN.c.lease_until,
        tries=pages.c.tries + 1,
        faults=DEATHS,
        possible_repeat=case((pages.c.state == SENDING, True), else_=pages.c.possible_repeat),
    ),
    _TAKEN,
)
_LEASED = Question(
    select(
        pages,
        ADDRESS.label("address"),
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
_RENEW = (
    update(pages)
    .where(UNFINISHED_PAGE, pages.c.state == SENDING, pages.c.lease_token.in_(bindparam("tokens", expanding=True)))
    .values(lease_until=bindparam("lease_until"))
)
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
NO_MATTER = 1_000_000


def due(
    conn: Connection, now: datetime, limit: int, *, without: Collection[str] = (), most_deaths: int = NO_MATTER
) -> Later:
    """Single pages to send now, in order of importance; rows another worker holds are left out.

    `without` are providers that take nothing now. Pages that raised or killed their worker `most_deaths` times or more
    are left out, too.
    """
    query = _LOCK_DUE if conn.dialect.name == "postgresql" else _SEE_DUE
    return query.asked(conn, now=now, most=limit, without=sorted(without), most_deaths=most_deaths)


def is_due(conn: Connection, now: datetime, *, without: Collection[str] = (), most_deaths: int = NO_MATTER) -> bool:
    """Whether `due` would find anything."""
    return bool(_IS_DUE.ask(conn, now=now, most=1, without=sorted(without), most_deaths=most_deaths))


def lease_all(conn: Connection, tokens: Mapping[str, str], *, worker: str, now: datetime, until: datetime) -> None:
    """Take pages, each under its token, as far as they are still to be had.

    A page whose last sender vanished may reach its reader twice.
    """
    taken = {"now": now, "lease_owner": worker, "lease_until": until}
    rows = [{"page": page, "lease_token": token, **taken} for page, token in tokens.items()]
    _LEASE_ALL.run(conn, rows)


def leased(conn: Connection, ids: Sequence[str]) -> Later:
    """The leased pages with the address to send to; it is None when the contact is gone or disabled."""
    return _LEASED.asked(conn, ids=ids)


def renew(conn: Connection, tokens: Sequence[str], until: datetime) -> int:
    """Hold the leases under these tokens longer; how many pages are still ours."""
    return conn.execute(_RENEW, {"tokens": list(tokens), "lease_until": until}).rowcount


def paged_together(conn: Connection, ids: Sequence[str]) -> Later:
    """Of these pages, everybody paged at the same place of their incidents: (page, username)."""
    return _PAGED_TOGETHER.asked(conn, ids=ids)
