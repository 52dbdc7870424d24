"""Put a message that is no page into the outbox of notices, as part of whatever led to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.storage.statements.delivery import notices as rows

GIVE_UP_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class NoticeTo:
    """One contact of a person, both by name."""

    user: str
    contact: str


@dataclass(frozen=True, slots=True)
class ToChannel:
    """A channel by its number."""

    channel: int


def queue(  # noqa: PLR0913 - a message says this much
    conn: Connection,
    *,
    now: datetime,
    kind: str,
    to: NoticeTo | ToChannel,
    subject: str,
    body: str,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    key: str | None = None,
) -> int | None:
    """Queue one message in the caller's transaction; its id, or None when there is nothing to be sent.

    That is so when a notice of this `key` has ever been queued, and when the person has no such contact. It is sent
    from `due_at` (now) on, and not tried any more from `expires_at` (six hours later) on.
    """
    row = {
        "kind": kind,
        "subject": subject,
        "body": body,
        "key": key,
        "state": rows.PENDING,
        "created_at": now,
        "due_at": due_at or now,
        "expires_at": expires_at or (due_at or now) + GIVE_UP_AFTER,
    }
    if isinstance(to, ToChannel):
        return rows.add(conn, row | {"channel_id": to.channel})
    found = rows.contact_ids(conn, to.user, to.contact)
    if found is None:
        return None
    user, contact = found
    return rows.add(conn, row | {"user_id": user, "username": to.user, "contact_id": contact, "contact": to.contact})
