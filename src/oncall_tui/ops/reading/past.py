"""Insights: what the last weeks were like, by service and by person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.domain.insights import (
    Interruption,
    Past,
    PersonPast,
    ServicePast,
    by_person,
    by_service,
    overall,
)
from oncall_tui.domain.time.walltime import zone
from oncall_tui.ops.session import Session
from oncall_tui.storage.reading import past as rows

WEEKS = timedelta(weeks=4)
AT_MOST = 100_000  # incidents, and pages: figures of more would tell nothing else
_QUIET_SCHEMES = ("mailto", "mailtos")  # mail interrupts nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """The figures of `[since, until)`. `cut`: there was more than `AT_MOST`, and the oldest are left out."""

    since: datetime
    until: datetime
    all: ServicePast
    services: tuple[ServicePast, ...]
    people: tuple[PersonPast, ...]
    cut: bool = False


def insights(session: Session, span: timedelta = WEEKS) -> Insights:
    """What the last `span` was like."""
    until = session.now()
    since = until - span
    with session.reading() as conn:
        found = rows.incidents_since(conn, since, AT_MOST)
        pages = rows.interruptions_since(conn, since, AT_MOST)
    past = [
        Past(
            number=row.number,
            service=row.service or "",
            title=row.title,
            opened_at=row.opened_at,
            acknowledged_at=row.acknowledged_at,
            resolved_at=row.resolved_at,
            alerts=row.alerts,
        )
        for row in found
    ]
    interruptions = (
        Interruption(user=row.username, number=row.number, at=row.created_at, zone=zone(row.timezone))
        for row in pages
        if (row.display or "").partition(":")[0] not in _QUIET_SCHEMES
    )
    return Insights(
        since=since,
        until=until,
        all=overall(past),
        services=by_service(past),
        people=by_person(interruptions),
        cut=len(found) == AT_MOST or len(pages) == AT_MOST,
    )
