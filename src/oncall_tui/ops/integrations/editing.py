"""Changes of single integrations: each one transaction, noted in the audit trail, known to every worker at once.

A key is told once, by the call that made it; what is stored is its hash.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import get_args

from sqlalchemy import Connection

from oncall_tui.domain.errors import Invalid, Refused, Unknown
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.ops.config.entries.services import Kind
from oncall_tui.ops.config.texts import KEPT, integration_key, name
from oncall_tui.ops.integrations.reading import IntegrationShown, known, shown_in
from oncall_tui.ops.schedules.changing import kept
from oncall_tui.ops.session import Session
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.directory_rows.writing import give_key
from oncall_tui.storage.statements.incident import incidents as incident_rows
from oncall_tui.storage.statements.intake import integrations as rows

KINDS: tuple[str, ...] = get_args(Kind)
OVERLAP = timedelta(days=1)
LONGEST_OVERLAP = timedelta(days=90)
LONGEST_SECRET = 1_000
NO_OVERLAP = timedelta(0)


@dataclass(frozen=True, slots=True)
class Keyed:
    """An integration with the key it was just given, told here and nowhere else; None when the caller brought it."""

    integration: IntegrationShown
    key: str | None = field(repr=False)


def create(session: Session, wanted: str, *, kind: str, service: str, key: str | None = None) -> Keyed:
    """A new way in for a sender, with the key given (one of another system, as it is) or one that is made.

    Raises Invalid for a nonsense name, kind or key, Unknown for a service that is not there, Refused when it exists.
    """
    called = name(wanted)
    if kind not in KINDS:
        raise Invalid(f"'{kind}' is no kind of sender", mend=f"one of: {', '.join(KINDS)}", path="kind")
    with _changing(session) as conn:
        service_id = incident_rows.service_id(conn, service)
        if service_id is None:
            raise Unknown(f"there is no service '{service}'", mend="see 'oncall config export'", path="service")
        if rows.integration_row(conn, called) is not None:
            raise Refused(f"there is an integration '{called}' already", mend="choose another name", path="name")
        row = rows.add_integration(conn, called, kind, service_id)
        made = _give(session, conn, called, row, key, NO_OVERLAP)
        _note(session, conn, "integration.created", called, f"{kind}, for {service}")
        return Keyed(shown_in(conn, called, session.now()), made)


def rotate(session: Session, wanted: str, *, key: str | None = None, overlap: timedelta = OVERLAP) -> Keyed:
    """Give an integration a new key, or this one; those it has are good for `overlap` longer, 90 days at most.

    Raises Unknown, Invalid for a nonsense key or overlap, Refused for a key that another integration has.
    """
    if not NO_OVERLAP <= overlap <= LONGEST_OVERLAP:
        raise Invalid("an overlap is 90 days at most", mend="like 1d; 0s ends the old key at once", path="overlap")
    with _changing(session) as conn:
        row = known(conn, wanted)
        made = _give(session, conn, wanted, row.id, key, overlap)
        _note(session, conn, "integration.key", wanted, f"the old ones end in {format_duration(overlap)}")
        return Keyed(shown_in(conn, wanted, session.now()), made)


def switch(session: Session, wanted: str, *, on: bool) -> IntegrationShown:
    """Let its keys open the door, or none of them. Raises Unknown."""
    with _changing(session) as conn:
        row = known(conn, wanted)
        if row.enabled != on:
            rows.change_integration(conn, row.id, enabled=on)
            _note(session, conn, "integration.enabled" if on else "integration.disabled", wanted, "")
        return shown_in(conn, wanted, session.now())


def sign_with(session: Session, wanted: str, secret: str | None) -> IntegrationShown:
    """Ask for posts signed with this secret from now on, or for none. Raises Unknown or Invalid."""
    if secret is not None and (not secret.strip() or len(secret) > LONGEST_SECRET or secret == KEPT):
        raise Invalid("a signing secret is a text", mend="give the one that the sender shows", path="secret")
    sealed = session.cipher().seal(secret) if secret is not None else None
    with _changing(session) as conn:
        row = known(conn, wanted)
        rows.change_integration(conn, row.id, secret=sealed)
        _note(session, conn, "integration.secret", wanted, "set" if secret is not None else "removed")
        return shown_in(conn, wanted, session.now())


def delete(session: Session, wanted: str) -> IntegrationShown:
    """Remove an integration and its keys; its incidents stay. Raises Unknown."""
    with _changing(session) as conn:
        shown = shown_in(conn, wanted, session.now())
        rows.remove_integration(conn, known(conn, wanted).id)
        _note(session, conn, "integration.deleted", wanted, "")
        return shown


@contextmanager
def _changing(session: Session) -> Iterator[Connection]:
    """The directory, for an admin, with nobody else changing it meanwhile."""
    session.actor.may_configure()
    with session.writing() as conn:
        revision.lock(conn)
        yield conn


def _give(session: Session, conn: Connection, called: str, row: int, key: str | None, overlap: timedelta) -> str | None:
    # 32 hexadecimal digits, as PagerDuty's clients demand of a routing key.
    made = secrets.token_hex(16) if key is None else None
    hashed = _hashed(made or key or "")
    owner = rows.owner_of_key(conn, hashed)
    if owner is not None and owner != called:
        raise Refused(f"integration {owner} has this key", mend="give each a key of its own", path="key")
    now = session.now()
    rows.end_keys(conn, row, now, now + overlap, hashed)
    give_key(conn, row, hashed, now)
    return made


def _hashed(key: str) -> str:
    try:
        text = integration_key(key)
    except Invalid as error:
        raise Invalid(error.sentence, mend="let one be made", path="key") from None
    if text == KEPT:
        raise Invalid("*** is no key", mend="give the key, or let one be made", path="key")
    return text if text.startswith("sha256:") else digest(text)


def _note(session: Session, conn: Connection, action: str, wanted: str, text: str) -> None:
    kept(conn, session, session.now(), action, f"integration {wanted}", text)
