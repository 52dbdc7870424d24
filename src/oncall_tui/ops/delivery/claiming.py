"""Take what is due out of the outbox, under leases: in order of importance, within limits, around providers at rest."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.delivery.bundling import BUNDLING, Bundling, parse_limit
from oncall_tui.domain.delivery.retrying import GIVE_UP_AFTER
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.delivery.jobs import ANY_NUMBER, Job, Providers, digest_facts, leased_page, page_facts
from oncall_tui.ops.delivery.telling import tell_fault, tell_or_note
from oncall_tui.ops.directory import Directory
from oncall_tui.storage.statements.delivery import digests, outbox

log = logging.getLogger(__name__)

TRIES_THAT_RAISED = 3
"""So many tries that raised, or whose worker vanished, set a page aside."""
ALONE_FROM = TRIES_THAT_RAISED - 1
AT_ONCE = 100  # rows looked at in one go
ROUNDS = 6  # goes in one transaction: what is left is taken in the next
PUT_OFF_AT_ONCE = 20


def claim(  # noqa: PLR0913 - what bounds a claim
    conn: Connection,
    directory: Directory,
    worker: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    providers: Providers = ANY_NUMBER,
    bundling: Bundling = BUNDLING,
) -> tuple[Job, ...]:
    """Lease up to `limit` messages that are due: worst severity first, first pages before reminders, then oldest.

    Pages over a contact's limit are put into its digest; a provider that is full or at rest is passed over.
    """
    claiming = _Claiming(conn, directory, worker, now, now + lease, limit, providers, bundling)
    claiming.take_digests()
    claiming.take_pages()
    claiming.put_off()
    return tuple(claiming.jobs)


def is_something_due(conn: Connection, now: datetime, providers: Providers = ANY_NUMBER) -> bool:
    """Whether a claim would change anything now; only looks."""
    full = sorted(providers.full)
    most_deaths = ALONE_FROM if providers.suspect_under_way else outbox.NO_MATTER
    if outbox.is_due(conn, now, without=full, most_deaths=most_deaths):
        return True
    resting = digests.resting(conn, now)
    return bool(digests.due(conn, now, 1, without=sorted({*full, *resting})))


@dataclass(slots=True)
class _Claiming:
    conn: Connection
    directory: Directory
    worker: str
    now: datetime
    until: datetime
    limit: int
    providers: Providers
    bundling: Bundling
    jobs: list[Job] = field(default_factory=list)
    resting: dict[str, Row[Any]] = field(init=False)
    under_way: dict[str, int] = field(init=False)
    suspect: bool = field(init=False)
    used: dict[int, int] = field(default_factory=dict)
    ours: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resting = dict(digests.resting(self.conn, self.now))
        self.under_way = dict(self.providers.under_way)
        self.suspect = self.providers.suspect_under_way

    def take_digests(self) -> None:
        for row in digests.due(self.conn, self.now, self.limit, without=self._passed_over()):
            if len(self.jobs) < self.limit and self._room(row.provider) and digests.mine(self.conn, row.digest):
                self._take_digest(row.digest, row.provider)

    def take_pages(self) -> None:
        for place in range(ROUNDS):
            if len(self.jobs) >= self.limit:
                return
            without = self._passed_over()
            most_deaths = ALONE_FROM if self.suspect else outbox.NO_MATTER
            if place and not outbox.is_due(self.conn, self.now, without=without, most_deaths=most_deaths):
                return  # asked first: it costs less than putting everything in order
            wanted = min(AT_ONCE, self.limit - len(self.jobs))
            rows = outbox.due(self.conn, self.now, wanted, without=without, most_deaths=most_deaths)
            self._lease([row for row in rows if self._to_send_alone(row)])
            if len(rows) < wanted:
                return

    def put_off(self) -> None:
        """Tell incidents whose pages wait for a provider at rest, so that their next contacts need not wait for it."""
        for provider, rest in self.resting.items():
            for row in digests.waiting_for(self.conn, provider, self.now, PUT_OFF_AT_ONCE):
                answer = (
                    f"{provider} wants to be left alone: {rest.answer}" if rest.answer else f"{provider} is at rest"
                )
                if row.created_at <= self.now - GIVE_UP_AFTER:
                    if outbox.set_aside(self.conn, row.id, self.now, outbox.FAILED):
                        tell_or_note(self.conn, self.directory, row, self.now, answer)
                elif outbox.put_off(self.conn, row.id, self.now, rest.until_at):
                    tell_or_note(self.conn, self.directory, row, self.now, answer, retry_in=rest.until_at - self.now)

    # One page at a time

    def _to_send_alone(self, row: Row[Any]) -> bool:
        """Whether the page is to be leased by itself now; otherwise it was cancelled, set aside, bundled or left."""
        if overtaken(row.created_at, row.acknowledged_at, row.resolved_at):
            # It was being sent when somebody acknowledged, and its sender died: nobody needs it any more.
            outbox.abandon(self.conn, row.id, self.now)
            return False
        if row.state == outbox.SENDING and not self._survivor(row):
            return False
        # What may have arrived keeps its id, and what has raised goes alone, so that the one to blame is found.
        is_fresh = row.state != outbox.SENDING and not row.possible_repeat and not row.faults
        if row.contact_id is not None and is_fresh:
            return not self._joins_stale(row) and not self._joins_digest(row)
        return True

    def _survivor(self, row: Row[Any]) -> bool:
        """Its sender vanished: note that, and set the page aside when it was the third to do so."""
        answer = f"its worker vanished while sending it: {row.lease_owner}"
        outbox.add_attempt(
            self.conn,
            {
                "page_id": row.id,
                "n": row.tries,
                "started_at": self.now,
                "ended_at": self.now,
                "outcome": "unknown",
                "answer": answer,
                "worker": row.lease_owner or "",
            },
        )
        if row.deaths < TRIES_THAT_RAISED:
            return True
        log.error("page %s is set aside: %d workers vanished while sending it", row.id, row.deaths)
        if outbox.set_aside(self.conn, row.id, self.now, outbox.QUARANTINED):
            tell_fault(self.conn, self.directory, row.id, self.now, f"set aside: {answer}")
        return False

    def _joins_stale(self, row: Row[Any]) -> bool:
        """Put a page that waited too long into one digest with the contact's others, and take that now."""
        if not self.bundling.is_stale(row.created_at, self.now):
            return False
        if not self._alone_with(row.contact_id):
            return True
        found = digests.stale(self.conn, row.contact_id, self.now, self.now - self.bundling.stale_after)
        firsts = {one.id for one in found if self._is_critical_first(one, row.contact_id)}
        together = self.bundling.together([one.id for one in found], firsts)
        if row.id not in together:
            return False
        digest = f"d{together[0]}"
        if not digests.mine(self.conn, digest):
            return True
        digests.bundle(self.conn, together, digest, self.now, self.now)
        self._take_digest(digest, row.provider)
        return True

    def _joins_digest(self, row: Row[Any]) -> bool:
        """Put a page over its contact's limit into the digest that collects for it."""
        if row.limit_text is None:
            return False
        if not self._alone_with(row.contact_id):
            return True
        if not self._over_limit(row):
            return False
        if self._is_critical_first(row, row.contact_id):
            return False
        collecting = digests.collecting(self.conn, row.contact_id)
        digest = collecting.digest if collecting is not None else f"d{row.id}"
        goes_at = self.bundling.goes_at(row.due_at, self.now) if collecting is None else collecting.due_at
        digests.bundle(self.conn, [row.id], digest, goes_at, self.now)
        return True

    def _alone_with(self, contact: int) -> bool:
        """Whether no other worker counts or bundles this contact's pages now; one that does leaves them to us soon."""
        if contact not in self.ours:
            self.ours[contact] = digests.mine(self.conn, f"contact {contact}")
        return self.ours[contact]

    def _over_limit(self, row: Row[Any]) -> bool:
        try:
            limit = parse_limit(row.limit_text)
        except Invalid:
            log.error("contact %d has a broken limit: its pages go out one by one", row.contact_id)
            return False
        if row.contact_id not in self.used:
            self.used[row.contact_id] = digests.used(self.conn, row.contact_id, self.now - limit.window)
        if self.used[row.contact_id] >= limit.count:
            return True
        self.used[row.contact_id] += 1
        return False

    def _is_critical_first(self, row: Row[Any], contact: int) -> bool:
        critical = row.severity_rank >= Severity.CRITICAL.rank
        return critical and digests.is_first(self.conn, row.number, contact, row.seq)

    def _lease(self, rows: list[Row[Any]]) -> None:
        tokens: dict[str, str] = {}
        suspects: set[str] = set()
        for row in rows:
            if not self._room(row.provider) or (row.deaths >= ALONE_FROM and self.suspect):
                continue
            tokens[row.id] = secrets.token_hex(8)
            self.under_way[row.provider] = self.under_way.get(row.provider, 0) + 1
            if row.deaths >= ALONE_FROM:
                suspects.add(row.id)
                self.suspect = True
        if not tokens:
            return
        outbox.lease_all(self.conn, tokens, worker=self.worker, now=self.now, until=self.until)
        services = self.directory.world(self.conn).services
        found = {row.id: row for row in outbox.leased(self.conn, list(tokens))}
        together = outbox.paged_together(self.conn, list(tokens))
        for page, token in tokens.items():
            row = found[page]
            if row.lease_token != token:  # it was no more to be had
                self.under_way[row.provider] -= 1
                continue
            try:
                facts = page_facts(row, together[page], self.now, services)
            except Exception as error:  # one broken incident must not keep the others' pages from going out
                log.exception("page %s can't be worded", page)
                self._put_down(row, token, error)
                continue
            self.jobs.append(
                Job(
                    page=page,
                    token=token,
                    pages=(leased_page(row),),
                    facts=facts,
                    sealed_address=row.address,
                    contact_id=row.contact_id,
                    lease_until=self.until,
                    provider=row.provider,
                    suspect=page in suspects,
                )
            )

    def _put_down(self, row: Row[Any], token: str, error: Exception) -> None:
        """A page that can't even be worded: later again, and set aside after the third time."""
        answer = f"a fault of ours: {type(error).__name__}"
        faults = row.faults + 1
        outbox.add_attempt(
            self.conn,
            {
                "page_id": row.id,
                "n": row.tries,
                "started_at": self.now,
                "ended_at": self.now,
                "outcome": "retry_later",
                "answer": answer,
                "worker": self.worker,
            },
        )
        if faults >= TRIES_THAT_RAISED:
            values: dict[str, Any] = {"state": outbox.QUARANTINED, "finished_at": self.now}
            outbox.finish(self.conn, row.id, token, faults=faults, **values)
            tell_fault(self.conn, self.directory, row.id, self.now, f"set aside: {answer}")
            return
        again = self.now + timedelta(seconds=5 * faults)
        outbox.finish(self.conn, row.id, token, faults=faults, state=outbox.PENDING, due_at=again)

    # Digests

    def _take_digest(self, digest: str, provider: str) -> None:
        digests.abandon_overtaken(self.conn, digest, self.now)
        deaths, vanished = digests.deaths(self.conn, digest)
        if deaths >= ALONE_FROM:
            log.error(
                "digest %s killed its worker or raised %d times (last: %s): taken apart", digest, deaths, vanished
            )
            digests.take_apart(self.conn, digest, self.now)
            return
        token = secrets.token_hex(8)
        taken = digests.lease(self.conn, digest, worker=self.worker, token=token, now=self.now, until=self.until)
        if not taken:
            return
        rows = digests.leased(self.conn, token)
        self.under_way[provider] = self.under_way.get(provider, 0) + 1
        self.jobs.append(
            Job(
                page=digest,
                token=token,
                pages=tuple(map(leased_page, rows)),
                facts=digest_facts(digest, rows, self.now, self.bundling.is_stale),
                sealed_address=rows[0].address,
                contact_id=rows[0].contact_id,
                lease_until=self.until,
                provider=provider,
            )
        )

    def _room(self, provider: str) -> bool:
        taken = self.under_way.get(provider, 0) - self.providers.under_way.get(provider, 0)
        return taken < self.providers.room(provider)

    def _passed_over(self) -> list[str]:
        full = [provider for provider in self.under_way if provider and not self._room(provider)]
        return sorted({*full, *self.resting})


def overtaken(created_at: datetime, *ends: datetime | None) -> bool:
    """Whether somebody has acknowledged or resolved since the page was made: then it is not started any more.

    At the very same instant as well: what would page again takes `acknowledged_at` away, so the page came first.
    """
    return any(end is not None and end >= created_at for end in ends)
