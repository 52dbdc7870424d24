"""Rows of integration keys, of which only the digests are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from oncall_tui.storage.tables import integration_keys, integrations


class KeyRow(NamedTuple):
    """A key that was not revoked, and the integration it opens."""

    digest: str
    integration: str
    expires_at: datetime | None
    service: int


def valid(conn: Connection) -> Sequence[KeyRow]:
    """Every key that was not revoked."""
    found = conn.execute(
        select(integration_keys.c.digest, integrations.c.name, integration_keys.c.expires_at, integrations.c.service_id)
        .join(integrations, integrations.c.id == integration_keys.c.integration_id)
        .where(integration_keys.c.revoked_at.is_(None))
    )
    return [KeyRow(*row) for row in found]
