"""The house itself, as the System tab shows it: workers, deliveries, what was turned away, notices, the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.ops.intake.rejected import newest
from oncall_tui.ops.reading.notices import NoticeRow, notices
from oncall_tui.ops.session import Session
from oncall_tui.ops.watching.reading import Watching, watching
from oncall_tui.ops.watching.verdict import red
from oncall_tui.storage.reading import house as rows
from oncall_tui.storage.statements.intake import topics
from oncall_tui.storage.statements.intake.rejected import RejectedRow

SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A page as the books have it: to whom, how often tried, what the provider said last, and how long it took."""

    page: str
    number: int
    user: str | None
    contact: str
    state: str
    at: datetime
    tries: int
    answer: str
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the audit."""

    at: datetime
    actor: str
    via: str
    action: str
    object: str
    text: str


@dataclass(frozen=True, slots=True)
class WaitingTopic:
    """A topic of AWS SNS that asks to post to an integration, until an operator confirms it."""

    integration: str
    arn: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything of the System tab, newest first; `red` is what somebody must look at, in words."""

    watching: Watching
    red: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    rejected: tuple[RejectedRow, ...]
    notices: tuple[NoticeRow, ...]
    changes: tuple[Change, ...]
    topics: tuple[WaitingTopic, ...] = ()


def house(session: Session, *, shown: int = SHOWN) -> House:
    """How the house does now, with the newest `shown` entries of each of its books."""
    seen = watching(session)
    with session.reading() as conn:
        pages = rows.newest_pages(conn, shown)
        turned_away = tuple(newest(conn, shown))
        asking = topics.listed(conn)
    return House(
        watching=seen,
        red=red(seen, timedelta(seconds=session.settings.audit_every)),
        deliveries=tuple(
            Delivery(
                page=row.id,
                number=row.number,
                user=row.username,
                contact=row.contact,
                state=row.state,
                at=row.created_at,
                tries=row.tries,
                answer=row.answer or "",
                took=row.finished_at - row.created_at if row.finished_at is not None else None,
            )
            for row in pages
        ),
        rejected=turned_away,
        notices=notices(session, limit=shown),
        changes=changes(session, shown),
        topics=tuple(
            WaitingTopic(row.integration, row.arn, row.asked_at)
            for row in reversed(asking)
            if row.confirmed_at is None and row.ended_at is None
        ),
    )


def changes(session: Session, limit: int) -> tuple[Change, ...]:
    """The newest entries of the audit."""
    with session.reading() as conn:
        found = rows.newest_changes(conn, limit)
    return tuple(
        Change(row.at, row.actor or row.os_account or "", row.via, row.action, row.object, row.text) for row in found
    )
