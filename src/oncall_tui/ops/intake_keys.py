"""Which integration a key opens: by its digest, so that neither a look at the database nor a stopwatch tells a key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.services import Integration
from oncall_tui.domain.world import World
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.statements import intake_keys as rows
from oncall_tui.storage.statements.intake_keys import KeyRow


class IntakeKeys:
    """The keys of all integrations, read anew when the directory has changed."""

    def __init__(self) -> None:
        self._known: tuple[int, Mapping[str, KeyRow]] = (-1, {})

    def integration(self, conn: Connection, world: World, key: str, now: datetime) -> Integration | None:
        """The enabled integration that this key opens at `now`; None tells nothing about why not."""
        found = self._row(conn, world, key)
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            return None
        integration = world.integrations.get(found.integration)
        return integration if integration is not None and integration.enabled else None

    def services(self, conn: Connection, world: World, key: str) -> tuple[int, ...]:
        """The services whose incidents a post with this key may touch: several are locked in one order."""
        found = self._row(conn, world, key)
        return () if found is None else (found.service,)

    def _row(self, conn: Connection, world: World, key: str) -> KeyRow | None:
        revision, known = self._known
        if revision != world.revision:
            known = {row.digest: row for row in rows.valid(conn)}
            self._known = (world.revision, known)
        return known.get(digest(key))
