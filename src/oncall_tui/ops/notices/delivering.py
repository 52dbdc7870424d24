"""The outbox of notices: claim them under a lease, and write down what their providers answered.

As with pages, whoever lost the lease may not mark the notice any more. A sender that dies between the send and its mark
makes the notice go out once more under the same id, said to be a possible repeat; after a second death it is given up.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.delivery.retrying import next_try
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.words.message import Message
from oncall_tui.notify.words.notice_texts import sent_text
from oncall_tui.storage.statements.delivery import marking
from oncall_tui.storage.statements.delivery import notices as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeJob:
    """One notice to send: the sealed address (None when it is gone or disabled), its lease, and its words."""

    notice: int
    token: str
    sealed_address: str | None
    contact_id: int | None
    tries: int
    expires_at: datetime
    message: Message


def claim(conn: Connection, worker: str, now: datetime, lease: timedelta, limit: int) -> tuple[NoticeJob, ...]:
    """Lease up to `limit` notices that are due, the longest due first; what nobody needs any more is given up."""
    token = secrets.token_hex(8)
    until = now + lease
    rows.give_up(conn, now)
    taken = [
        notice
        for notice in rows.due(conn, now, limit)
        if rows.lease(conn, notice, worker=worker, token=token, now=now, until=until)
    ]
    if not taken:
        return ()
    return tuple(
        NoticeJob(
            notice=row.id,
            token=token,
            sealed_address=row.address,
            contact_id=row.contact_id,
            tries=row.tries,
            expires_at=row.expires_at,
            message=sent_text(row.id, row.subject, row.body, possible_repeat=row.possible_repeat),
        )
        for row in rows.leased(conn, taken)
    )


def record(  # noqa: PLR0913 - one attempt has all of these
    conn: Connection,
    job: NoticeJob,
    result: SendResult,
    *,
    worker: str,
    started_at: datetime,
    ended_at: datetime,
    jitter: float,
) -> bool:
    """Write down one attempt; whether the lease was still ours. Without it only the attempt is kept.

    `jitter`, between 0 and 1, spreads retries.
    """
    rows.add_attempt(
        conn,
        {
            "notice_id": job.notice,
            "n": job.tries,
            "started_at": started_at,
            "ended_at": ended_at,
            "outcome": result.outcome.value,
            "answer": result.answer,
            "worker": worker,
        },
    )
    delivered = result.outcome is Outcome.DELIVERED
    if not rows.finish(conn, job.notice, job.token, **_next_state(job, result, ended_at, jitter)):
        return False
    if job.contact_id is not None:
        marking.note_contact(conn, job.contact_id, ended_at, delivered=delivered, answer=result.answer)
    return True


def _next_state(job: NoticeJob, result: SendResult, now: datetime, jitter: float) -> dict[str, object]:
    if result.outcome is Outcome.DELIVERED:
        return {"state": rows.DELIVERED, "finished_at": now}
    if result.outcome is Outcome.REFUSED:
        return {"state": rows.FAILED, "finished_at": now}
    # Its own end, not a page's, says when it is too old.
    wait = next_try(job.tries, timedelta(0), jitter, result.retry_after)
    if wait is None or now + wait >= job.expires_at:
        return {"state": rows.GIVEN_UP, "finished_at": now}
    return {"state": rows.PENDING, "due_at": now + wait}


def renew(conn: Connection, jobs: Sequence[NoticeJob], until: datetime) -> int:
    """Hold the leases of jobs in flight longer; how many are still ours."""
    return sum(rows.renew(conn, job.notice, job.token, until) for job in jobs)


def release(conn: Connection, jobs: Sequence[NoticeJob], now: datetime) -> None:
    """Hand back leases of jobs that will not be sent by us: another worker may have them at once."""
    for job in jobs:
        rows.finish(conn, job.notice, job.token, state=rows.PENDING, due_at=now)
