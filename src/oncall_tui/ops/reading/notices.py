"""What was told beside pages, to whom, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oncall_tui.ops.session import Session
from oncall_tui.storage.reading import notices as stored

SECRET_KINDS = frozenset({"verification"})
"""Kinds whose text nobody else may read."""


@dataclass(frozen=True, slots=True)
class NoticeAttempt:
    """One try to send a notice, with the provider's answer."""

    n: int
    started_at: datetime
    ended_at: datetime
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """One notice: to a person's contact or to a channel, never both. `state` is pending, sending, delivered, failed
    (refused for good) or given up (nobody needs it any more)."""

    number: int
    kind: str
    user: str | None
    contact: str | None
    channel: str | None
    subject: str
    body: str
    state: str
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    tries: int
    attempts: tuple[NoticeAttempt, ...] = ()


def notices(session: Session, *, limit: int = 100, unfinished: bool = False) -> tuple[NoticeRow, ...]:
    """The newest notices, at most `limit`; with `unfinished` only those with something left to do."""
    with session.reading() as conn:
        rows = stored.newest(conn, limit, unfinished=unfinished)
        attempts = stored.attempts_of(conn, [row.id for row in rows])
    return tuple(
        NoticeRow(
            number=row.id,
            kind=row.kind,
            user=row.username,
            contact=row.contact or None,
            channel=row.display,
            subject=row.subject,
            body="" if row.kind in SECRET_KINDS else row.body,
            state=row.state,
            created_at=row.created_at,
            due_at=row.due_at,
            expires_at=row.expires_at,
            finished_at=row.finished_at,
            tries=row.tries,
            attempts=tuple(
                NoticeAttempt(one.n, one.started_at, one.ended_at, one.outcome, one.answer)
                for one in attempts.get(row.id, ())
            ),
        )
        for row in rows
    )
