"""Rows of integration keys, of which only the digests are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from oncall_tui.storage.tables import integration_keys, integrations


class KeyRow(NamedTuple):
    """A key and the integration it opens, or opened; `secret` is the integration's own, sealed."""

    digest: str
    integration: str
    expires_at: datetime | None
    revoked_at: datetime | None
    service: int
    secret: str | None


def held(conn: Connection) -> Sequence[KeyRow]:
    """Every key of an integration that is there, the dead ones too."""
    found = conn.execute(
        select(
            integration_keys.c.digest,
            integrations.c.name,
            integration_keys.c.expires_at,
            integration_keys.c.revoked_at,
            integrations.c.service_id,
            integrations.c.secret,
        ).join(integrations, integrations.c.id == integration_keys.c.integration_id)
    )
    return [KeyRow(*row) for row in found]
