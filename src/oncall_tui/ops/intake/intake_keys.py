"""Which integration a key opens: by its digest, so that neither a look at the database nor a stopwatch tells a key."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.directory.services import Integration
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.statements.intake import intake_keys as rows
from oncall_tui.storage.statements.intake.intake_keys import KeyRow

UNKNOWN = "unknown key"
_PREFIX = len("sha256:") + 8  # digits by which a digest is found; the rest is compared in constant time


class _Held:
    """The keys of one revision: by their digests, and by themselves once they have opened something.

    Only good keys are remembered. A look at them tells a guesser nothing: Python's hash of a text is salted.
    """

    __slots__ = ("_by_prefix", "_opened", "revision")

    def __init__(self, revision: int, rows: Iterable[KeyRow]) -> None:
        self.revision = revision
        self._by_prefix: dict[str, list[KeyRow]] = {}
        self._opened: dict[str, KeyRow] = {}
        for row in rows:
            self._by_prefix.setdefault(row.digest[:_PREFIX], []).append(row)

    def of(self, key: str) -> KeyRow | None:
        found = self._opened.get(key)
        if found is None:
            wanted = digest(key)
            alike = self._by_prefix.get(wanted[:_PREFIX], ())
            found = next((row for row in alike if hmac.compare_digest(row.digest, wanted)), None)
            if found is not None:
                self._opened[key] = found
        return found


class IntakeKeys:
    """The keys of all integrations, read anew when the directory has changed."""

    def __init__(self) -> None:
        self._held = _Held(-1, ())

    def integration(self, conn: Connection, world: World, key: str, now: datetime) -> Integration | None:
        """The enabled integration that this key opens at `now`; None tells nothing about why not."""
        found = self._row(conn, world, key)
        if found is None or not _good(found, now):
            return None
        integration = world.integrations.get(found.integration)
        return integration if integration is not None and integration.enabled else None

    def known(self, world: World, key: str) -> Integration | None:
        """The integration that this key may open, without a look at the database: None when that is not known."""
        held = self._held
        found = held.of(key) if held.revision == world.revision else None
        return None if found is None else world.integrations.get(found.integration)

    def services(self, conn: Connection, world: World, key: str) -> tuple[int, ...]:
        """The services whose incidents a post with this key may touch: several are locked in one order."""
        found = self._row(conn, world, key)
        return () if found is None else (found.service,)

    def sealed_secret(self, conn: Connection, world: World, key: str) -> str | None:
        """The sealed secret that posts with this key are signed with; None where none is asked for."""
        found = self._row(conn, world, key)
        return None if found is None else found.secret

    def why_not(self, conn: Connection, world: World, key: str, now: datetime) -> str:
        """Why a key opens nothing, for the operator alone: whoever sent it hears the same in each case."""
        found = self._row(conn, world, key)
        if found is None:
            return UNKNOWN
        if found.revoked_at is not None:
            return f"a key of {found.integration} that was revoked at {format_instant(found.revoked_at)}"
        if not _good(found, now) and found.expires_at is not None:
            return f"a key of {found.integration} that ended at {format_instant(found.expires_at)}"
        return f"a key of {found.integration}, which is disabled"

    def _row(self, conn: Connection, world: World, key: str) -> KeyRow | None:
        if self._held.revision != world.revision:
            self._held = _Held(world.revision, rows.held(conn))
        return self._held.of(key)


def _good(row: KeyRow, now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)
