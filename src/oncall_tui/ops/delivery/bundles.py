"""Pages that go out as one message: those over a contact's limit, and those that waited out an outage."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from oncall_tui.domain.delivery.bundling import FIRST_ALONE_FROM, parse_limit
from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.delivery.claims import Claim
from oncall_tui.ops.delivery.giving_up import ALONE_FROM
from oncall_tui.ops.delivery.jobs import Job, digest_facts, leased_page
from oncall_tui.storage.statements.delivery import digests

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Collecting:
    """The digest that collects for a contact, when it goes out, and the pages that are still to be put into it."""

    digest: str
    goes_at: datetime
    joining: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Bundles:
    """Bundles pages within one claim, and leases digests that are due."""

    claim: Claim
    _used: dict[int, int] = field(default_factory=dict)
    _ours: dict[int, bool] = field(default_factory=dict)
    _collecting: dict[int, _Collecting] = field(default_factory=dict)

    def take(self, due: Sequence[Row[Any]]) -> None:
        """Lease the digests that are due."""
        claim = self.claim
        for row in due:
            if claim.left > 0 and claim.room(row.provider) and digests.mine(claim.conn, row.digest):
                self._take(row.digest, row.provider)

    def joined(self, row: Row[Any]) -> bool:
        """Whether a page of a contact went into a digest, or is left to another worker; else it is sent by itself."""
        return self._joins_stale(row) or self._joins_collecting(row)

    def _joins_stale(self, row: Row[Any]) -> bool:
        """Put a page that waited too long into one digest with the contact's others, and take that now."""
        conn, now, bundling = self.claim.conn, self.claim.now, self.claim.bundling
        if not bundling.is_stale(row.created_at, now):
            return False
        if not self._alone_with(row.contact_id):
            return True
        self.put_together()
        found = digests.to_contact(
            conn, row.contact_id, now, now - bundling.stale_after, least_rank=FIRST_ALONE_FROM.rank
        )
        firsts = {one.id for one in found if one.is_first}
        together = bundling.together([one.id for one in found], firsts)
        if row.id not in together:
            return False
        digest = f"d{together[0]}"
        if not digests.mine(conn, digest):
            return True
        digests.bundle(conn, together, digest, now, now)
        self._take(digest, row.provider)
        return True

    def _joins_collecting(self, row: Row[Any]) -> bool:
        """Put a page over its contact's limit into the digest that collects for it."""
        if row.limit_text is None:
            return False
        if not self._alone_with(row.contact_id):
            return True
        if not self._over_limit(row):
            return False
        if self._is_critical_first(row, row.contact_id):
            return False
        self._digest_of(row).joining[row.id] = None
        return True

    def put_together(self) -> None:
        """Put the pages into their digests that were found to be over their contacts' limits: each digest at once."""
        for one in self._collecting.values():
            if one.joining:
                digests.bundle(self.claim.conn, [*one.joining], one.digest, one.goes_at, self.claim.now)
                one.joining = {}

    def _digest_of(self, row: Row[Any]) -> _Collecting:
        if row.contact_id not in self._collecting:
            found = digests.collecting(self.claim.conn, row.contact_id)
            self._collecting[row.contact_id] = (
                self._begun(row) if found is None else _Collecting(found.digest, found.due_at)
            )
        return self._collecting[row.contact_id]

    def _begun(self, row: Row[Any]) -> _Collecting:
        """A new digest. One that has no time left to collect takes all that waits, not what this claim looks at."""
        now = self.claim.now
        begun = _Collecting(f"d{row.id}", self.claim.bundling.goes_at(row.due_at, now))
        if begun.goes_at <= now:
            found = digests.to_contact(self.claim.conn, row.contact_id, now, now, least_rank=FIRST_ALONE_FROM.rank)
            begun.joining = {one.id: None for one in found if not one.is_first}
        return begun

    def _alone_with(self, contact: int) -> bool:
        """Whether no other worker counts or bundles this contact's pages now; one that does leaves them to us soon."""
        if contact not in self._ours:
            self._ours[contact] = digests.mine(self.claim.conn, f"contact {contact}")
        return self._ours[contact]

    def _over_limit(self, row: Row[Any]) -> bool:
        try:
            limit = parse_limit(row.limit_text)
        except Invalid:
            log.error("contact %d has a broken limit: its pages go out one by one", row.contact_id)
            return False
        if row.contact_id not in self._used:
            self._used[row.contact_id] = digests.used(self.claim.conn, row.contact_id, self.claim.now - limit.window)
        if self._used[row.contact_id] >= limit.count:
            return True
        self._used[row.contact_id] += 1
        return False

    def _is_critical_first(self, row: Row[Any], contact: int) -> bool:
        return row.severity_rank >= FIRST_ALONE_FROM.rank and digests.is_first(
            self.claim.conn, row.number, contact, row.seq
        )

    def _take(self, digest: str, provider: str) -> None:
        claim = self.claim
        digests.abandon_overtaken(claim.conn, digest, claim.now)
        deaths, vanished = digests.deaths(claim.conn, digest)
        if deaths >= ALONE_FROM:
            log.error(
                "digest %s killed its worker or raised %d times (last: %s): taken apart", digest, deaths, vanished
            )
            digests.take_apart(claim.conn, digest, claim.now)
            return
        token = secrets.token_hex(8)
        taken = digests.lease(claim.conn, digest, worker=claim.worker, token=token, now=claim.now, until=claim.until)
        if not taken:
            return
        rows = digests.leased(claim.conn, token)
        claim.begins(provider)
        claim.jobs.append(
            Job(
                page=digest,
                token=token,
                pages=tuple(map(leased_page, rows)),
                facts=digest_facts(digest, rows, claim.now, claim.bundling.is_stale),
                sealed_address=rows[0].address,
                contact_id=rows[0].contact_id,
                lease_until=claim.until,
                provider=provider,
            )
        )
