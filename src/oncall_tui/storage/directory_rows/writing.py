"""Writing configured objects: one row, and the rows that belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from oncall_tui.storage.tables import audit, channels, contact_methods, incidents, integration_keys
from oncall_tui.storage.tables.incidents import OPEN_INCIDENT

Values = Mapping[str, Any]


def add(conn: Connection, table: Table, values: Values) -> int:
    """Insert a row; its id."""
    done = conn.execute(insert(table).values(**values).returning(table.c.id))
    return int(done.scalar_one())


def change(conn: Connection, table: Table, row: int, values: Values) -> None:
    """Update the row with this id."""
    conn.execute(update(table).where(table.c.id == row).values(**values))


def remove(conn: Connection, table: Table, row: int) -> None:
    """Delete the row with this id, and with it what belongs to it."""
    conn.execute(delete(table).where(table.c.id == row))


def replace(conn: Connection, table: Table, owner: str, row: int, values: Sequence[Values]) -> None:
    """Let these be all the rows of `table` that belong to the owner."""
    conn.execute(delete(table).where(table.c[owner] == row))
    add_all(conn, table, [{**one, owner: row} for one in values])


def add_all(conn: Connection, table: Table, values: Sequence[Values]) -> None:
    """Insert rows, in order."""
    if values:
        conn.execute(insert(table), [dict(one) for one in values])


def contacts(conn: Connection, user: int) -> dict[str, int]:
    """The ids of a user's contacts by name."""
    found = conn.execute(select(contact_methods.c.name, contact_methods.c.id).where(contact_methods.c.user_id == user))
    return {name: row for name, row in found}  # noqa: C416 - dict() does not know that a row is a pair


def drop_contacts(conn: Connection, user: int, but: Iterable[str]) -> None:
    """Delete a user's contacts that are not named."""
    conn.execute(
        delete(contact_methods).where(contact_methods.c.user_id == user, contact_methods.c.name.not_in(list(but)))
    )


def channel_id(conn: Connection, fingerprint: str) -> int | None:
    """The channel whose address has this fingerprint."""
    return conn.execute(select(channels.c.id).where(channels.c.digest == fingerprint)).scalar_one_or_none()


def revoke_keys(conn: Connection, integration: int, at: datetime, but: str) -> None:
    """Let only this key open the integration."""
    conn.execute(
        update(integration_keys)
        .where(
            integration_keys.c.integration_id == integration,
            integration_keys.c.revoked_at.is_(None),
            integration_keys.c.digest != but,
        )
        .values(revoked_at=at)
    )


def give_key(conn: Connection, integration: int, digest: str, at: datetime) -> None:
    """Let this key open the integration, be it one that was revoked before."""
    known = integration_keys.c.digest == digest
    values = {"integration_id": integration, "made_at": at, "expires_at": None, "revoked_at": None}
    if conn.execute(update(integration_keys).where(known).values(values)).rowcount == 0:
        conn.execute(insert(integration_keys).values(digest=digest, **values))


def holders(conn: Connection) -> dict[str, list[int]]:
    """The open incidents of every user who holds some."""
    held: dict[str, list[int]] = {}
    open_ones = conn.execute(
        select(incidents.c.number, incidents.c.assignees).where(OPEN_INCIDENT).order_by(incidents.c.number)
    )
    for number, assignees in open_ones:
        for username in assignees:
            held.setdefault(username, []).append(number)
    return held


def open_by_service(conn: Connection) -> dict[int, int]:
    """How many open incidents each service has, by its id."""
    owner = incidents.c.service_id
    counted = conn.execute(select(owner, func.count()).where(OPEN_INCIDENT, owner.is_not(None)).group_by(owner))
    return {row: count for row, count in counted}  # noqa: C416 - dict() does not know that a row is a pair


def note(conn: Connection, entries: Sequence[Values]) -> None:
    """Put entries into the audit trail."""
    add_all(conn, audit, entries)
