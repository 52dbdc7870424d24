"""Rows of single integrations and of their keys, for changing one by command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, update

from oncall_tui.storage.tables import integration_keys, integrations, services


class IntegrationRow(NamedTuple):
    """An integration as it stands; `secret` is sealed."""

    id: int
    name: str
    kind: str
    service: str
    enabled: bool
    secret: str | None


class HeldKey(NamedTuple):
    """A key of an integration, known by its digest alone."""

    integration: int
    digest: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


_ROWS = select(
    integrations.c.id,
    integrations.c.name,
    integrations.c.kind,
    services.c.name.label("service"),
    integrations.c.enabled,
    integrations.c.secret,
).join(services, services.c.id == integrations.c.service_id)


def integration_rows(conn: Connection) -> Sequence[IntegrationRow]:
    """Every integration, by name."""
    return [IntegrationRow(*row) for row in conn.execute(_ROWS.order_by(integrations.c.name))]


def integration_row(conn: Connection, name: str) -> IntegrationRow | None:
    """The integration of this name."""
    row = conn.execute(_ROWS.where(integrations.c.name == name)).one_or_none()
    return IntegrationRow(*row) if row is not None else None


def add_integration(conn: Connection, name: str, kind: str, service: int) -> int:
    """A new integration; its id."""
    done = conn.execute(
        insert(integrations).values(name=name, kind=kind, service_id=service).returning(integrations.c.id)
    )
    return int(done.scalar_one())


def change_integration(conn: Connection, row: int, **values: Any) -> None:
    """Change columns of one integration."""
    conn.execute(update(integrations).where(integrations.c.id == row).values(**values))


def remove_integration(conn: Connection, row: int) -> None:
    """Delete an integration and its keys; what it reported stays."""
    conn.execute(delete(integrations).where(integrations.c.id == row))


def keys_of(conn: Connection, row: int | None = None) -> Sequence[HeldKey]:
    """The keys of one integration, or of all, oldest first, the dead ones too."""
    columns = integration_keys.c
    query = select(
        columns.integration_id, columns.digest, columns.made_at, columns.expires_at, columns.revoked_at
    ).order_by(columns.made_at, columns.id)
    if row is not None:
        query = query.where(columns.integration_id == row)
    return [HeldKey(*found) for found in conn.execute(query)]


def owner_of_key(conn: Connection, digest: str) -> str | None:
    """The integration that a key was ever given to."""
    return conn.execute(
        select(integrations.c.name)
        .join(integration_keys, integration_keys.c.integration_id == integrations.c.id)
        .where(integration_keys.c.digest == digest)
    ).scalar_one_or_none()


def end_keys(conn: Connection, row: int, at: datetime, until: datetime, but: str) -> None:
    """Let every other key of the integration open it until an instant at the latest; at once when that is now."""
    columns = integration_keys.c
    others = (columns.integration_id == row, columns.revoked_at.is_(None), columns.digest != but)
    if until <= at:
        conn.execute(update(integration_keys).where(*others).values(revoked_at=at))
        return
    later = or_(columns.expires_at.is_(None), columns.expires_at > until)
    conn.execute(update(integration_keys).where(*others, later).values(expires_at=until))
