"""Write down what a provider answered, and what follows from it, while the lease is ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.retrying import LONGEST_ASKED, next_try
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.delivery.claiming import ALONE_FROM, TRIES_THAT_RAISED, overtaken
from oncall_tui.ops.delivery.jobs import Job, Leased
from oncall_tui.ops.delivery.telling import note_fault, tell_admins
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.storage.statements import digests, outbox

TELL_AFTER_TRIES = 4
"""Half a minute of trying in vain: from then on admins are told that a provider fails."""


def record(  # noqa: PLR0913 - one attempt has all of these
    conn: Connection,
    directory: Directory,
    job: Job,
    result: SendResult,
    *,
    worker: str,
    started_at: datetime,
    ended_at: datetime,
    jitter: float,
    pages: Sequence[Leased] | None = None,
    fault: bool = False,
) -> bool:
    """Write down one attempt and what follows from it, for all pages of the job or some; whether the lease was ours.

    `jitter`, between 0 and 1, spreads retries. Without the lease only the attempt is kept: another worker speaks for
    the page now. `fault`: the try raised here instead of being answered.
    """
    ours = False
    for page in sorted(job.pages if pages is None else pages, key=lambda one: one.number):
        _add_attempt(conn, page, result, worker, started_at, ended_at)
        # The incident first, then the page, as every act does it: else the two could wait for each other.
        kept = keeping.load(conn, page.number)
        over = overtaken(page.created_at, kept.incident.acknowledged_at, kept.incident.resolved_at)
        fate = _fate(conn, job, page, result, ended_at, jitter, fault=fault, over=over)
        if not outbox.finish(conn, page.page, job.token, **fate.values):
            outbox.exonerate(conn, page.page)
            continue
        ours = True
        cause = replace(
            page.place,
            delivered=fate.delivered,
            final=fate.final,
            answer=fate.answer,
            took=ended_at - started_at,
            retry_in=fate.wait,
        )
        keeping.step(conn, kept, directory.world(conn), cause, ended_at, via="engine")
    if ours:
        _note_provider(conn, job, result, ended_at)
        if not fault and result.outcome is not Outcome.DELIVERED and job.tries >= TELL_AFTER_TRIES:
            tell_admins(conn, directory.world(conn), job, result, ended_at)
    return ours


def record_apart(  # noqa: PLR0913 - one attempt has all of these
    conn: Connection,
    job: Job,
    page: Leased,
    result: SendResult,
    *,
    worker: str,
    started_at: datetime,
    ended_at: datetime,
    error: str,
) -> bool:
    """Write down an attempt whose incident the engine fails on: what was delivered must not be sent again and again."""
    _add_attempt(conn, page, result, worker, started_at, ended_at)
    if result.outcome is Outcome.DELIVERED:
        values: dict[str, Any] = {"state": outbox.DELIVERED, "finished_at": ended_at}
        told = f"page {page.page} was delivered"
    elif result.outcome is Outcome.REFUSED or page.faults + 1 >= TRIES_THAT_RAISED:
        values = {"state": outbox.QUARANTINED, "finished_at": ended_at, "faults": page.faults + 1}
        told = f"page {page.page} was set aside: {result.answer}"
    else:
        again = ended_at + (next_try(page.tries, timedelta(0), 0.5, result.retry_after) or timedelta(0))
        values = {"state": outbox.PENDING, "due_at": again, "faults": page.faults + 1}
        told = f"page {page.page}: {result.answer}"
    if not outbox.finish(conn, page.page, job.token, **values):
        return False
    note_fault(conn, page.number, ended_at, f"{told}; the engine failed on it: {error}")
    return True


class _Fate:
    """What becomes of one page after an attempt."""

    __slots__ = ("answer", "delivered", "final", "values", "wait")

    def __init__(
        self, values: Mapping[str, Any], answer: str, *, delivered: bool = False, wait: timedelta | None = None
    ) -> None:
        self.values = values
        self.answer = answer
        self.delivered = delivered
        self.wait = wait
        self.final = not delivered and wait is None


def _fate(  # noqa: PLR0913 - everything that decides it
    conn: Connection,
    job: Job,
    page: Leased,
    result: SendResult,
    now: datetime,
    jitter: float,
    *,
    fault: bool,
    over: bool,
) -> _Fate:
    if result.outcome is Outcome.DELIVERED:
        return _Fate({"state": outbox.DELIVERED, "finished_at": now}, result.answer, delivered=True)
    faults = page.faults + fault
    if faults >= TRIES_THAT_RAISED:
        values = {"state": outbox.QUARANTINED, "finished_at": now, "faults": faults}
        return _Fate(values, f"set aside after {faults} tries that failed here: {result.answer}")
    wait = None
    if result.outcome is not Outcome.REFUSED:
        # Counted from the first try: a page that could not be tried during an outage still has its hour.
        since = max(page.created_at, outbox.first_try_at(conn, page.page) or page.created_at)
        wait = next_try(page.tries, now - since, jitter, result.retry_after)
    if wait is None:
        return _Fate({"state": outbox.FAILED, "finished_at": now, "faults": faults}, result.answer)
    if over:
        return _Fate({"state": outbox.CANCELLED, "finished_at": now}, result.answer)
    values = {"state": outbox.PENDING, "due_at": now + wait, "faults": faults}
    if result.outcome is Outcome.UNKNOWN:
        values["possible_repeat"] = True
    if fault and faults >= ALONE_FROM and job.page != page.page:
        values["digest"] = None  # whichever of its pages is to blame, the others go out without it
    return _Fate(values, result.answer, wait=wait)


def _add_attempt(
    conn: Connection, page: Leased, result: SendResult, worker: str, started_at: datetime, ended_at: datetime
) -> None:
    outbox.add_attempt(
        conn,
        {
            "page_id": page.page,
            "n": page.tries,
            "started_at": started_at,
            "ended_at": ended_at,
            "outcome": result.outcome.value,
            "answer": result.answer,
            "worker": worker,
        },
    )


def _note_provider(conn: Connection, job: Job, result: SendResult, now: datetime) -> None:
    if job.contact_id is not None:
        delivered = result.outcome is Outcome.DELIVERED
        outbox.note_contact(conn, job.contact_id, now, delivered=delivered, answer=result.answer)
    if job.provider and result.outcome is Outcome.RETRY_LATER and result.retry_after:
        digests.rest(conn, job.provider, now + min(result.retry_after, LONGEST_ASKED), result.answer)


def renew(conn: Connection, jobs: Sequence[Job], until: datetime) -> int:
    """Hold the leases of jobs in flight longer; how many pages are still ours."""
    return outbox.renew(conn, [job.token for job in jobs], until)


def release(conn: Connection, jobs: Sequence[Job], now: datetime) -> None:
    """Hand back leases of jobs that will not be sent by us: another worker may have them at once."""
    for job in jobs:
        outbox.release(conn, job.token, now)
