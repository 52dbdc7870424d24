"""Who may change whom: everybody themselves, an admin everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Unknown
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.statements.delivery import contacts

AnyRow = Row[*tuple[Any, ...]]


def may_change(session: Session, username: str) -> None:
    """Raise Forbidden unless the actor is this person or an admin."""
    actor = session.actor
    if actor.username != username and actor.role is not Role.ADMIN and not actor.keeper:
        raise Forbidden(f"{actor.name} is no admin", mend=f"ask {username} or an admin to do it")


def is_trusted(session: Session) -> bool:
    """Whether the actor may name addresses of private hosts."""
    return session.actor.role is Role.ADMIN or session.actor.keeper


@contextmanager
def changing(session: Session, username: str) -> Iterator[tuple[Connection, AnyRow]]:
    """The person's row in a transaction in which nobody else changes the directory. Raises Forbidden or Unknown."""
    may_change(session, username)
    with session.writing() as conn:
        revision.lock(conn)
        yield conn, user_named(conn, username)


def user_named(conn: Connection, username: str) -> AnyRow:
    """The person's row. Raises Unknown."""
    found = contacts.user_row(conn, username)
    if found is None:
        raise Unknown(f"there is no user '{username}'", mend="see 'oncall user list'", path="user")
    return found


def contact_named(conn: Connection, username: str, name: str) -> AnyRow:
    """The contact's row. Raises Unknown."""
    found = contacts.contact(conn, username, name)
    if found is None:
        user_named(conn, username)
        mend = f"see 'oncall user contact list {username}'"
        raise Unknown(f"{username} has no contact '{name}'", mend=mend, path="contact")
    return found


def done(conn: Connection, session: Session, action: str, thing: str, text: str = "") -> None:
    """Finish a change in its own transaction: tell every process, let waiting incidents look, note who did it."""
    now = session.now()
    noted(conn, session, action, thing, text)
    revision.move_on(conn)
    revision.wake_waiting(conn, now)


def noted(conn: Connection, session: Session, action: str, thing: str, text: str = "") -> None:
    """Write down who did it."""
    actor = session.actor
    entry = {"at": session.now(), "actor": actor.username, "os_account": actor.os_account, "via": actor.via}
    rows.note(conn, [{**entry, "action": action, "object": thing, "text": text}])
