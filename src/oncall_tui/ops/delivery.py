"""The outbox: claim pages under a lease, and write down what their providers answered.

A page is sent at least once. Whoever lost the lease may not mark the page any more; a lease that ran out is sent again
under the same page id and said to be a possible repeat.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import PageResult
from oncall_tui.domain.retrying import next_try
from oncall_tui.domain.services import Service
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.texts import PageFacts
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.storage.statements import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One page to send: the sealed address (None when the contact is gone), its lease, and what its text tells."""

    page: str
    token: str
    number: int
    sealed_address: str | None
    contact_id: int | None
    tries: int
    created_at: datetime
    lease_until: datetime
    place: PageResult
    facts: PageFacts


def claim(
    conn: Connection, directory: Directory, worker: str, now: datetime, lease: timedelta, limit: int
) -> tuple[Job, ...]:
    """Lease up to `limit` pages that are due, the worst severity first."""
    token = secrets.token_hex(8)
    until = now + lease
    taken = []
    for row in outbox.due(conn, now, limit):
        if _overtaken(row.created_at, row.acknowledged_at, row.resolved_at):
            # It was being sent when somebody acknowledged, and its sender died: nobody needs it any more.
            outbox.abandon(conn, row.id, now)
        elif outbox.lease(conn, row.id, worker=worker, token=token, now=now, until=until):
            taken.append(row.id)
    if not taken:
        return ()
    world = directory.world(conn)
    jobs = [_job(conn, row, token, now, world.services) for row in outbox.leased(conn, taken)]
    order = {page: position for position, page in enumerate(taken)}
    return tuple(sorted(jobs, key=lambda job: order[job.page]))


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
) -> bool:
    """Write down one attempt and what follows from it; whether the lease was still ours.

    `jitter`, between 0 and 1, spreads retries. Without the lease only the attempt is kept: another worker speaks for
    the page now.
    """
    wait = _wait_for(job, result, ended_at, jitter)
    delivered = result.outcome is Outcome.DELIVERED
    final = not delivered and wait is None
    outbox.add_attempt(
        conn,
        {
            "page_id": job.page,
            "n": job.tries,
            "started_at": started_at,
            "ended_at": ended_at,
            "outcome": result.outcome.value,
            "answer": result.answer,
            "worker": worker,
        },
    )
    # The incident first, then the page, as every act does it: the other way round the two could wait for each other.
    kept = keeping.load(conn, job.number)
    if wait is not None and _overtaken(job.created_at, kept.incident.acknowledged_at, kept.incident.resolved_at):
        state: Mapping[str, Any] = {"state": outbox.CANCELLED, "finished_at": ended_at}
        wait, final = None, True
    else:
        state = _next_state(delivered, wait, ended_at)
    if not outbox.finish(conn, job.page, job.token, **state):
        return False
    if job.contact_id is not None:
        outbox.note_contact(conn, job.contact_id, ended_at, delivered=delivered, answer=result.answer)
    cause = replace(
        job.place,
        delivered=delivered,
        final=final,
        answer=result.answer,
        took=ended_at - started_at,
        retry_in=wait,
    )
    keeping.step(conn, kept, directory.world(conn), cause, ended_at, via="engine")
    return True


def _overtaken(created_at: datetime, *ends: datetime | None) -> bool:
    """Whether somebody has acknowledged or resolved since the page was made: then it is not started any more."""
    return any(end is not None and end >= created_at for end in ends)


def _wait_for(job: Job, result: SendResult, now: datetime, jitter: float) -> timedelta | None:
    """How long until the next try; None when there is none: it was delivered, refused for good, or too old."""
    if result.outcome in (Outcome.DELIVERED, Outcome.REFUSED):
        return None
    return next_try(job.tries, now - job.created_at, jitter, result.retry_after)


def _next_state(delivered: bool, wait: timedelta | None, now: datetime) -> Mapping[str, Any]:
    if delivered:
        return {"state": outbox.DELIVERED, "finished_at": now}
    if wait is None:
        return {"state": outbox.FAILED, "finished_at": now}
    return {"state": outbox.PENDING, "due_at": now + wait}


def _job(
    conn: Connection, row: Row[*tuple[Any, ...]], token: str, now: datetime, services: Mapping[str, Service]
) -> Job:
    incident = decode(row.document)
    place = PageResult(
        seq=row.seq,
        user=row.username,
        contact=row.contact,
        run=row.run,
        step=row.step,
        round=row.round,
        delivered=False,
        final=False,
        answer="",
        took=timedelta(0),
    )
    also = [name for name in outbox.also_paged(conn, row.number, row.run, row.step, row.round) if name != row.username]
    return Job(
        page=row.id,
        token=token,
        number=row.number,
        sealed_address=row.address,
        contact_id=row.contact_id,
        tries=row.tries,
        created_at=row.created_at,
        lease_until=row.lease_until,
        place=place,
        facts=_facts(incident, row, also, now, services),
    )


def _facts(
    incident: Incident, row: Row[*tuple[Any, ...]], also: Sequence[str], now: datetime, services: Mapping[str, Service]
) -> PageFacts:
    run = incident.runs[row.run] if row.run < len(incident.runs) else None
    service = services.get(incident.service)
    return PageFacts(
        page_id=row.id,
        number=incident.number,
        title=incident.title,
        description=incident.description,
        service=incident.service,
        team=service.team if service is not None else None,
        severity=incident.severity,
        state=incident.state.value,
        opened_at=incident.opened_at,
        now=now,
        kind=row.kind,
        step=row.step,
        round=row.round,
        of_steps=len(run.policy.steps) if run is not None else row.step,
        also_paged=tuple(also),
        assignees=incident.assignees,
        timezone=row.timezone or "UTC",
        possible_repeat=row.possible_repeat,
    )


def renew(conn: Connection, jobs: Sequence[Job], until: datetime) -> int:
    """Hold the leases of jobs in flight longer; how many are still ours."""
    return sum(outbox.renew(conn, job.page, job.token, until) for job in jobs)


def release(conn: Connection, jobs: Sequence[Job], now: datetime) -> None:
    """Hand back leases of jobs that will not be sent by us: another worker may have them at once."""
    for job in jobs:
        outbox.finish(conn, job.page, job.token, state=outbox.PENDING, due_at=now)
