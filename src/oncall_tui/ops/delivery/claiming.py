"""Take what is due out of the outbox, under leases: in order of importance, within limits, around providers at rest."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.delivery.bundling import BUNDLING, Bundling
from oncall_tui.ops.delivery.bundles import Bundles
from oncall_tui.ops.delivery.claims import Claim
from oncall_tui.ops.delivery.giving_up import ALONE_FROM, overtaken, put_down, put_off, survives
from oncall_tui.ops.delivery.jobs import ANY_NUMBER, Job, Providers, leased_page, page_facts
from oncall_tui.ops.directory import Directory
from oncall_tui.storage.drivers.direct import in_one_go
from oncall_tui.storage.statements.delivery import digests, leasing, outbox

log = logging.getLogger(__name__)

AT_ONCE = 100  # rows looked at in one go
ROUNDS = 6  # goes in one transaction: what is left is taken in the next


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
    full = sorted(providers.full)
    most_deaths = ALONE_FROM if providers.suspect_under_way else leasing.NO_MATTER
    # Asked as if no provider were at rest, which mostly none is: PostgreSQL is waited for once.
    with in_one_go(conn):
        resting = digests.resting(conn, now)
        bundled = digests.due(conn, now, limit, without=full)
        single = leasing.due(conn, now, min(AT_ONCE, limit), without=full, most_deaths=most_deaths)
    at_rest = {row.provider: row for row in resting()}
    taking = Claim(conn, directory, worker, now, now + lease, limit, providers, bundling, at_rest)
    bundles = Bundles(taking)
    due = bundled()
    if any(row.provider in at_rest for row in due):
        due = digests.due(conn, now, limit, without=taking.passed_over)()
    bundles.take(due)
    rows = single()
    asked_well = not due and all(row.provider not in at_rest for row in rows)
    _take_pages(taking, bundles, rows if asked_well else None)
    put_off(taking)
    return tuple(taking.jobs)


def is_something_due(conn: Connection, now: datetime, providers: Providers = ANY_NUMBER) -> bool:
    """Whether a claim would change anything now; only looks."""
    full = sorted(providers.full)
    most_deaths = ALONE_FROM if providers.suspect_under_way else leasing.NO_MATTER
    if leasing.is_due(conn, now, without=full, most_deaths=most_deaths):
        return True
    resting = {row.provider for row in digests.resting(conn, now)()}
    return bool(digests.due(conn, now, 1, without=sorted({*full, *resting}))())


def _take_pages(claim: Claim, bundles: Bundles, first: Sequence[Row[Any]] | None) -> None:
    """Take single pages; `first` are those that would be looked at first, where that is known already."""
    for place in range(ROUNDS):
        if claim.left <= 0:
            return
        without = claim.passed_over
        most_deaths = ALONE_FROM if claim.suspect else leasing.NO_MATTER
        if place and not leasing.is_due(claim.conn, claim.now, without=without, most_deaths=most_deaths):
            return  # asked first: it costs less than putting everything in order
        wanted = min(AT_ONCE, claim.left)
        if first is not None and not place:
            rows = first
        else:
            rows = leasing.due(claim.conn, claim.now, wanted, without=without, most_deaths=most_deaths)()
        alone = [row for row in rows if _goes_alone(claim, bundles, row)]
        bundles.put_together()
        _lease(claim, alone)
        if len(rows) < wanted:
            return


def _goes_alone(claim: Claim, bundles: Bundles, row: Row[Any]) -> bool:
    """Whether the page is to be leased by itself now; otherwise it was cancelled, set aside, bundled or left."""
    if overtaken(row.created_at, row.acknowledged_at, row.resolved_at):
        # It was being sent when somebody acknowledged, and its sender died: nobody needs it any more.
        outbox.abandon(claim.conn, row.id, claim.now)
        return False
    if row.state == outbox.SENDING and not survives(claim, row):
        return False
    # What may have arrived keeps its id, and what has raised goes alone, so that the one to blame is found.
    is_fresh = row.state != outbox.SENDING and not row.possible_repeat and not row.faults
    return row.contact_id is None or not is_fresh or not bundles.joined(row)


def _lease(claim: Claim, rows: Sequence[Row[Any]]) -> None:
    tokens: dict[str, str] = {}
    suspects: set[str] = set()
    for row in rows:
        if not claim.room(row.provider) or (row.deaths >= ALONE_FROM and claim.suspect):
            continue
        tokens[row.id] = secrets.token_hex(8)
        claim.begins(row.provider)
        if row.deaths >= ALONE_FROM:
            suspects.add(row.id)
            claim.suspect = True
    if not tokens:
        return
    with in_one_go(claim.conn):
        leasing.lease_all(claim.conn, tokens, worker=claim.worker, now=claim.now, until=claim.until)
        leased = leasing.leased(claim.conn, list(tokens))
        paged_together = leasing.paged_together(claim.conn, list(tokens))
        world = claim.directory.asked(claim.conn)
    services = world().services
    found = {row.id: row for row in leased()}
    together: dict[str, set[str]] = {page: set() for page in tokens}
    for page, username in paged_together():
        together[page].add(username)
    for page, token in tokens.items():
        row = found[page]
        if row.lease_token != token:  # it was no more to be had
            claim.under_way[row.provider] -= 1
            continue
        try:
            facts = page_facts(row, together[page], claim.now, services)
        except Exception as error:  # one broken incident must not keep the others' pages from going out
            log.exception("page %s can't be worded", page)
            put_down(claim, row, token, error)
            continue
        claim.jobs.append(
            Job(
                page=page,
                token=token,
                pages=(leased_page(row),),
                facts=facts,
                sealed_address=row.address,
                contact_id=row.contact_id,
                lease_until=claim.until,
                provider=row.provider,
                suspect=page in suspects,
            )
        )
