"""What became of leased pages: marks by whoever still holds the lease, attempts, and what is heard of contacts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from oncall_tui.storage.statements.bulk import Joined, NewRows, given
from oncall_tui.storage.statements.delivery.outbox import DELIVERED, SENDING
from oncall_tui.storage.statements.lists import among
from oncall_tui.storage.statements.prepared import Later, Question
from oncall_tui.storage.tables import attempts, contact_methods, pages, workers
from oncall_tui.storage.tables.delivery import UNFINISHED_PAGE
from oncall_tui.storage.types import Instant

VANISHED = "its worker vanished while sending it: "
"""How the answer begins that stands for a worker whose lease ran out; its id follows."""

_INSTANT = Instant()

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
_TRIED = Question(
    select(attempts.c.page_id, attempts.c.n, attempts.c.started_at).where(among(attempts.c.page_id, "ids"))
)
_ANSWERED = attempts.alias()
_LIVED_ON = (
    select(func.count())
    .select_from(attempts)
    .join(workers, workers.c.id == attempts.c.worker)
    .where(
        attempts.c.page_id == bindparam("page"),
        attempts.c.answer == VANISHED + attempts.c.worker,
        workers.c.seen_at > attempts.c.started_at,
        ~select(_ANSWERED.c.id)
        .where(
            _ANSWERED.c.page_id == attempts.c.page_id,
            _ANSWERED.c.n == attempts.c.n,
            _ANSWERED.c.worker == attempts.c.worker,
            _ANSWERED.c.answer != attempts.c.answer,
        )
        .exists(),
    )
)
_FIRST_TRY = select(func.min(attempts.c.started_at)).where(attempts.c.page_id == bindparam("page"))


def finish(conn: Connection, page: str, token: str, **values: Any) -> bool:
    """Mark a page, if the lease is still ours; whether it was."""
    given_back = {"lease_token": None, "lease_until": None, "lease_owner": None}
    return conn.execute(_OURS, {"page": page, "token": token, **given_back, **values}).rowcount == 1


def hold(conn: Connection, ids: Collection[str]) -> Later:
    """Those of these pages that are being sent, and under which token; nobody marks one meanwhile."""
    query = _HOLD if conn.dialect.name == "postgresql" else _SEE_HELD
    return query.asked(conn, ids=ids)


def delivered(conn: Connection, told: Mapping[str, tuple[str, datetime]]) -> None:
    """Mark pages delivered, each with its token and when, as far as the leases are still ours."""
    rows = [{"page": page, "token": token, "finished_at": at} for page, (token, at) in told.items()]
    _DELIVERED.run(conn, rows)


def lived_on(conn: Connection, page: str) -> int:
    """How many of the page's workers whose lease ran out have since said that they live, but not what was answered."""
    return int(conn.execute(_LIVED_ON, {"page": page}).scalar_one())


def add_attempt(conn: Connection, row: Mapping[str, Any]) -> None:
    """Keep one attempt with the provider's answer."""
    add_attempts(conn, [row])


def add_attempts(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep attempts with their providers' answers."""
    _NEW_ATTEMPTS.add(conn, rows)


def tried(conn: Connection, ids: Collection[str]) -> set[tuple[str, int, datetime]]:
    """The attempts at these pages: (page, which of its tries, when it began)."""
    return {tuple(row) for row in _TRIED.ask(conn, ids=ids)}


def first_try_at(conn: Connection, page: str) -> datetime | None:
    """When the page was first tried; None before that."""
    found: datetime | None = conn.execute(_FIRST_TRY, {"page": page}).scalar_one()
    return found


def exonerate(conn: Connection, page: str) -> None:
    """Take one fault back: the worker that was thought dead has answered."""
    conn.execute(
        update(pages).where(pages.c.id == page, UNFINISHED_PAGE, pages.c.faults > 0).values(faults=pages.c.faults - 1)
    )


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
        _HOLD_CONTACTS.asked(conn, ids=heard)
    _NOTE.run(conn, rows)
