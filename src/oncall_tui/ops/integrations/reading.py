"""Integrations as the faces show them: where each posts to, and the state of its keys, never a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from oncall_tui.domain.errors import Unknown
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.intake import integrations as rows
from oncall_tui.storage.statements.intake.integrations import HeldKey, IntegrationRow

SHOWN_OF_A_DIGEST = 12

KeyState = Literal["valid", "ends", "over", "revoked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown:
    """A key by the first digits of its digest: since when it is good and, where it has an end, until when."""

    digest: str
    state: KeyState
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationShown:
    """An integration. `signed`: it has a secret that its senders sign with."""

    name: str
    kind: str
    service: str
    enabled: bool
    signed: bool
    keys: tuple[KeyShown, ...]


def integrations(session: Session) -> tuple[IntegrationShown, ...]:
    """Every integration by name, keys oldest first."""
    now = session.now()
    with session.reading() as conn:
        held: dict[int, list[HeldKey]] = {}
        for one in rows.keys_of(conn):
            held.setdefault(one.integration, []).append(one)
        return tuple(_shown(row, held.get(row.id, []), now) for row in rows.integration_rows(conn))


def integration(session: Session, name: str) -> IntegrationShown:
    """One integration. Raises Unknown."""
    with session.reading() as conn:
        return shown_in(conn, name, session.now())


def mapping_of(session: Session, name: str) -> Mapping[str, str]:
    """Where an integration finds its fields in payloads; empty where it has no words of its own. Raises Unknown."""
    with session.reading() as conn:
        known(conn, name)
        found: Mapping[str, str] = session.directory.world(conn).integrations[name].options.get("mapping", {})
    return found


def shown_in(conn: Connection, name: str, now: datetime) -> IntegrationShown:
    """One integration within a transaction. Raises Unknown."""
    row = known(conn, name)
    return _shown(row, list(rows.keys_of(conn, row.id)), now)


def known(conn: Connection, name: str) -> IntegrationRow:
    """The integration's row. Raises Unknown, naming those that are there."""
    row = rows.integration_row(conn, name)
    if row is None:
        there = ", ".join(one.name for one in rows.integration_rows(conn)) or "none yet"
        raise Unknown(f"there is no integration '{name}'", mend=f"there is: {there}", path="name")
    return row


def _shown(row: IntegrationRow, keys: list[HeldKey], now: datetime) -> IntegrationShown:
    return IntegrationShown(
        name=row.name,
        kind=row.kind,
        service=row.service,
        enabled=row.enabled,
        signed=row.secret is not None,
        keys=tuple(
            KeyShown(
                digest=one.digest.removeprefix("sha256:")[:SHOWN_OF_A_DIGEST],
                state=_state(one, now),
                made_at=one.made_at,
                expires_at=one.expires_at,
                revoked_at=one.revoked_at,
            )
            for one in keys
        ),
    )


def _state(key: HeldKey, now: datetime) -> KeyState:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is None:
        return "valid"
    return "ends" if key.expires_at > now else "over"
