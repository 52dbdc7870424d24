"""Pages that are not sent, or not now: somebody has answered, every try killed its worker, or their provider rests."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from oncall_tui.domain.delivery.retrying import GIVE_UP_AFTER
from oncall_tui.ops.delivery.claims import Claim
from oncall_tui.ops.delivery.telling import tell_fault, tell_or_note
from oncall_tui.storage.statements.delivery import digests, marking, outbox

log = logging.getLogger(__name__)

TRIES_THAT_RAISED = 3
"""So many tries that raised, or whose worker vanished, set a page aside."""
ALONE_FROM = TRIES_THAT_RAISED - 1
PUT_OFF_AT_ONCE = 20


def overtaken(created_at: datetime, *ends: datetime | None) -> bool:
    """Whether somebody has acknowledged or resolved since the page was made: then it is not started any more.

    At the very same instant as well: what would page again takes `acknowledged_at` away, so the page came first.
    """
    return any(end is not None and end >= created_at for end in ends)


def survives(claim: Claim, row: Row[Any]) -> bool:
    """Note that the page's sender vanished; whether the page is sent again or, as the third killed so, set aside.

    A worker that has said since that it lives was late, not dead: the page is not to blame for that.
    """
    answer = f"{marking.VANISHED}{row.lease_owner}"
    marking.add_attempt(claim.conn, _attempt(claim, row, row.lease_owner or "", "unknown", answer))
    if row.deaths < TRIES_THAT_RAISED or row.deaths - marking.lived_on(claim.conn, row.id) < TRIES_THAT_RAISED:
        return True
    log.error("page %s is set aside: %d workers vanished while sending it", row.id, row.deaths)
    if outbox.set_aside(claim.conn, row.id, claim.now, outbox.QUARANTINED):
        tell_fault(claim.conn, claim.directory, row.id, claim.now, f"set aside: {answer}")
    return False


def put_down(claim: Claim, row: Row[Any], token: str, error: Exception) -> None:
    """A leased page that can't even be worded: later again, and set aside after the third time."""
    answer = f"a fault of ours: {type(error).__name__}"
    faults = row.faults + 1
    marking.add_attempt(claim.conn, _attempt(claim, row, claim.worker, "retry_later", answer))
    if faults >= TRIES_THAT_RAISED:
        values: dict[str, Any] = {"state": outbox.QUARANTINED, "finished_at": claim.now}
        marking.finish(claim.conn, row.id, token, faults=faults, **values)
        tell_fault(claim.conn, claim.directory, row.id, claim.now, f"set aside: {answer}")
        return
    again = claim.now + timedelta(seconds=5 * faults)
    marking.finish(claim.conn, row.id, token, faults=faults, state=outbox.PENDING, due_at=again)


def put_off(claim: Claim) -> None:
    """Tell incidents whose pages wait for a provider at rest, so that their next contacts need not wait for it."""
    for provider, rest in claim.resting.items():
        for row in digests.waiting_for(claim.conn, provider, claim.now, PUT_OFF_AT_ONCE):
            answer = f"{provider} wants to be left alone: {rest.answer}" if rest.answer else f"{provider} is at rest"
            if row.created_at <= claim.now - GIVE_UP_AFTER:
                if outbox.set_aside(claim.conn, row.id, claim.now, outbox.FAILED):
                    tell_or_note(claim.conn, claim.directory, row, claim.now, answer)
            elif outbox.put_off(claim.conn, row.id, claim.now, rest.until_at):
                wait = rest.until_at - claim.now
                tell_or_note(claim.conn, claim.directory, row, claim.now, answer, retry_in=wait)


def _attempt(claim: Claim, row: Row[Any], worker: str, outcome: str, answer: str) -> dict[str, Any]:
    return {
        "page_id": row.id,
        "n": row.tries,
        "started_at": claim.now,
        "ended_at": claim.now,
        "outcome": outcome,
        "answer": answer,
        "worker": worker,
    }
