"""Tokens of the REST API: each acts as one user, with that user's role or a lesser one. Told once, stored hashed."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import Connection

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, Refused, Unknown
from oncall_tui.ops.session import Actor, Session
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.directory_rows.writing import note
from oncall_tui.storage.statements import tokens as rows
from oncall_tui.storage.statements.tokens import TokenRow

VIA = "api"
PREFIX = "oc_"
LONGEST_NAME = 120
_ORDER = (Role.VIEWER, Role.RESPONDER, Role.ADMIN)


def add_token(
    session: Session,
    name: str,
    *,
    user: str | None = None,
    role: Role | None = None,
    lasts: timedelta | None = None,
) -> str:
    """A new token, told here and nowhere else: one's own, or, for an admin, anybody's. Its role is the user's at most.

    Raises Forbidden, Unknown for nobody's name, Invalid for a nonsense name, Refused for one that is in use.
    """
    actor = session.actor
    owner = user or actor.username
    if owner is None:
        raise Forbidden(f"'{actor.name}' is nobody the team knows", mend="say for whom with --of")
    if owner != actor.username:
        actor.may_configure()
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid("a token has a name of printable signs", mend="name it after what uses it", path="name")
    token = PREFIX + secrets.token_urlsafe(32)
    now = session.now()
    with session.writing() as conn:
        known = rows.user_of_token(conn, owner)
        if known is None:
            raise Unknown(f"there is no user '{owner}'", mend="see 'oncall user list'", path="user")
        user_id, own_role = known
        wanted = role or Role(own_role)
        if _ORDER.index(wanted) > _ORDER.index(Role(own_role)):
            raise Forbidden(f"{owner} is no {wanted.value}", mend=f"give it the role {own_role} or a lesser one")
        if any(row.name == name for row in rows.token_rows(conn)):
            raise Refused(f"there is a token '{name}' already", mend="choose another name, or revoke it", path="name")
        rows.add_token(
            conn,
            name=name,
            digest=digest(token),
            user=user_id,
            role=wanted.value,
            made_at=now,
            made_by=actor.name,
            expires_at=now + lasts if lasts is not None else None,
        )
        _note(conn, session, "token.added", name, f"for {owner}, {wanted.value}")
    return token


def tokens(session: Session) -> tuple[TokenRow, ...]:
    """One's own tokens; an admin sees all."""
    with session.reading() as conn:
        found = rows.token_rows(conn)
    actor = session.actor
    every = actor.role is Role.ADMIN or actor.keeper
    return tuple(row for row in found if every or row.username == actor.username)


def revoke_token(session: Session, name: str) -> TokenRow:
    """Let a token open nothing from now on: one's own, or, for an admin, anybody's. Raises Unknown."""
    with session.writing() as conn:
        found = next((row for row in rows.token_rows(conn) if row.name == name), None)
        actor = session.actor
        if found is None or (found.username != actor.username and actor.role is not Role.ADMIN and not actor.keeper):
            raise Unknown(f"there is no token '{name}' of yours", mend="see 'oncall token list'", path="name")
        rows.revoke_token(conn, found.id, session.now())
        _note(conn, session, "token.revoked", name, f"of {found.username}")
    return found


def actor_of(session: Session, token: str) -> Actor | None:
    """Who acts with this token now; None for one that is unknown, over or revoked, which nobody is told apart."""
    with session.reading() as conn:
        row = rows.token_by_digest(conn, digest(token))
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= session.now()):
        return None
    role = min(Role(row.role), Role(row.user_role), key=_ORDER.index)
    return Actor(username=row.username, role=role, os_account="", via=VIA)


def _note(conn: Connection, session: Session, action: str, name: str, text: str) -> None:
    actor = session.actor
    entry = {"at": session.now(), "actor": actor.username, "os_account": actor.os_account, "via": actor.via}
    note(conn, [{**entry, "action": action, "object": f"token {name}", "text": text}])
