"""Rows of the REST API's tokens, of which only the digests are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from oncall_tui.storage.tables import api_tokens, users


class TokenRow(NamedTuple):
    """A token: whose it is, with which role at most, and until when. `user_role` is what its owner has now."""

    id: int
    name: str
    username: str
    role: str
    user_role: str
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    revoked_at: datetime | None


_ROWS = select(
    api_tokens.c.id,
    api_tokens.c.name,
    users.c.username,
    api_tokens.c.role,
    users.c.role.label("user_role"),
    api_tokens.c.made_at,
    api_tokens.c.made_by,
    api_tokens.c.expires_at,
    api_tokens.c.revoked_at,
).join(users, users.c.id == api_tokens.c.user_id)


def token_rows(conn: Connection) -> Sequence[TokenRow]:
    """Every token that was not revoked, oldest first."""
    found = conn.execute(_ROWS.where(api_tokens.c.revoked_at.is_(None)).order_by(api_tokens.c.id))
    return [TokenRow(*row) for row in found]


def token_by_digest(conn: Connection, digest: str) -> TokenRow | None:
    """The token of this digest, a revoked one too."""
    row = conn.execute(_ROWS.where(api_tokens.c.digest == digest)).one_or_none()
    return TokenRow(*row) if row is not None else None


def user_of_token(conn: Connection, username: str) -> tuple[int, str] | None:
    """A user's id and role."""
    row = conn.execute(select(users.c.id, users.c.role).where(users.c.username == username)).one_or_none()
    return (row.id, row.role) if row is not None else None


def add_token(  # noqa: PLR0913 - a row's columns
    conn: Connection,
    *,
    name: str,
    digest: str,
    user: int,
    role: str,
    made_at: datetime,
    made_by: str,
    expires_at: datetime | None,
) -> None:
    """Keep a new token."""
    conn.execute(
        insert(api_tokens).values(
            name=name,
            digest=digest,
            user_id=user,
            role=role,
            made_at=made_at,
            made_by=made_by,
            expires_at=expires_at,
        )
    )


def revoke_token(conn: Connection, row: int, at: datetime) -> None:
    """Let it open nothing any more."""
    conn.execute(update(api_tokens).where(api_tokens.c.id == row).values(revoked_at=at))
