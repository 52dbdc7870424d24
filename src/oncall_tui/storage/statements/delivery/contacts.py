"""Rows of contact methods, of the codes that verify them, and of who wants to hear of an incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from oncall_tui.storage.tables import (
    contact_codes,
    contact_methods,
    notice_attempts,
    notices,
    notification_rules,
    pages,
    users,
)
from oncall_tui.storage.tables.notices import UNFINISHED_NOTICE

_CONTACT = (
    select(contact_methods, users.c.username)
    .join(users, users.c.id == contact_methods.c.user_id)
    .where(users.c.username == bindparam("username"), contact_methods.c.name == bindparam("contact"))
)
_WIPED = {"subject": "a code", "body": ""}
_WHO_WANTS_UPDATES = (
    select(users.c.username, contact_methods.c.name)
    .join(contact_methods, contact_methods.c.user_id == users.c.id)
    .where(
        contact_methods.c.updates,
        contact_methods.c.enabled,
        users.c.id.in_(select(pages.c.user_id).where(pages.c.number == bindparam("number"))),
    )
    .order_by(users.c.username, contact_methods.c.position)
)


def contact(conn: Connection, username: str, name: str) -> Row[*tuple[Any, ...]] | None:
    """One contact of a person."""
    return conn.execute(_CONTACT, {"username": username, "contact": name}).one_or_none()


def user_row(conn: Connection, username: str) -> Row[*tuple[Any, ...]] | None:
    """One user."""
    return conn.execute(select(users).where(users.c.username == username)).one_or_none()


def next_position(conn: Connection, user: int) -> int:
    """Where a person's next contact stands: behind the others."""
    last = conn.execute(select(func.max(contact_methods.c.position)).where(contact_methods.c.user_id == user))
    found = last.scalar_one()
    return 0 if found is None else int(found) + 1


def rules_of(conn: Connection, user: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """A person's notification rules in their order, with their contacts' names."""
    query = (
        select(notification_rules, contact_methods.c.name.label("contact"))
        .join(contact_methods, contact_methods.c.id == notification_rules.c.contact_id)
        .where(notification_rules.c.user_id == user)
        .order_by(notification_rules.c.position, notification_rules.c.id)
    )
    return conn.execute(query).all()


def keep_code(conn: Connection, contact_id: int, digest: str, made_at: datetime, expires_at: datetime) -> None:
    """Let this be the contact's one code."""
    conn.execute(delete(contact_codes).where(contact_codes.c.contact_id == contact_id))
    conn.execute(
        insert(contact_codes).values(contact_id=contact_id, digest=digest, made_at=made_at, expires_at=expires_at)
    )


def code(conn: Connection, contact_id: int) -> Row[*tuple[Any, ...]] | None:
    """The contact's code; locked until the transaction ends, so that guesses are counted one by one."""
    query = select(contact_codes).where(contact_codes.c.contact_id == contact_id)
    return conn.execute(query.with_for_update()).one_or_none()


def count_wrong(conn: Connection, contact_id: int) -> None:
    """One guess more was wrong."""
    known = contact_codes.c.contact_id == contact_id
    conn.execute(update(contact_codes).where(known).values(wrong=contact_codes.c.wrong + 1))


def forget_code(conn: Connection, contact_id: int) -> None:
    """The contact has no code any more, and none stands in what was sent to it."""
    conn.execute(delete(contact_codes).where(contact_codes.c.contact_id == contact_id))
    wipe_codes(conn, contact_id)


def wipe_codes(conn: Connection, contact_id: int) -> None:
    """No code stands any more in what was sent to the contact."""
    sent = (notices.c.contact_id == contact_id, notices.c.kind == "verification", notices.c.finished_at.is_not(None))
    conn.execute(update(notices).where(*sent).values(**_WIPED))


def take_back_codes(conn: Connection, contact_id: int, now: datetime) -> None:
    """Let codes that wait to be sent never be sent: a newer one counts."""
    waiting = (UNFINISHED_NOTICE, notices.c.contact_id == contact_id, notices.c.kind == "verification")
    conn.execute(
        update(notices)
        .where(*waiting, notices.c.state == "pending")
        .values(state="given up", finished_at=now, **_WIPED)
    )


def notice(conn: Connection, number: int) -> Row[*tuple[Any, ...]] | None:
    """One notice with the newest answer to it (started_at, ended_at, outcome, answer; None before it)."""
    query = (
        select(
            notices.c.id,
            notices.c.state,
            notices.c.tries,
            notices.c.created_at,
            notice_attempts.c.started_at,
            notice_attempts.c.ended_at,
            notice_attempts.c.outcome,
            notice_attempts.c.answer,
        )
        .outerjoin(notice_attempts, notice_attempts.c.notice_id == notices.c.id)
        .where(notices.c.id == number)
        .order_by(notice_attempts.c.id.desc())
        .limit(1)
    )
    return conn.execute(query).one_or_none()


def latest_tests(conn: Connection) -> dict[int, int]:
    """The newest test of every contact that had one: its notice by the contact's row."""
    newest = (
        select(notices.c.contact_id, func.max(notices.c.id))
        .where(notices.c.kind == "test", notices.c.contact_id.is_not(None))
        .group_by(notices.c.contact_id)
    )
    return {row: notice_id for row, notice_id in conn.execute(newest)}  # noqa: C416 - dict() does not know a row


def who_wants_updates(conn: Connection, number: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(username, contact name) of those who were paged for the incident and asked to hear how it goes on."""
    return conn.execute(_WHO_WANTS_UPDATES, {"number": number}).all()
