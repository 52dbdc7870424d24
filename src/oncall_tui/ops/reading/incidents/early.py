"""The open queue as its columns alone tell it: shown while what the rest of a screen takes is still being loaded."""

from __future__ import annotations

from oncall_tui.domain.queue.filters import OPEN, Filter
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.ops.reading.rows import IncidentPage, IncidentRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.looking import AnyRow
from oncall_tui.storage.reading import queue as queue_rows

EVERYTHING_OPEN = Filter(states=OPEN)


def early(session: Session, *, limit: int) -> IncidentPage:
    """All that is open, by need. What takes the directory or the engine is left out: team, runbook, what is next."""
    with session.looking() as look:
        condition = queue_rows.matching(look, EVERYTHING_OPEN, (), None, session.now())
        places = queue_rows.page(look, condition, history=False, after=None, limit=limit + 1)
        found = {row.number: row for row in queue_rows.rows(look, [place.number for place in places[:limit]])}
        total = queue_rows.count(look, condition)
    rows = tuple(_row(found[place.number]) for place in places if place.number in found)
    return IncidentPage(rows=rows, next_cursor=None, total=total, more=len(places) > limit)


def _row(row: AnyRow) -> IncidentRow:
    return IncidentRow(
        number=row.number,
        title=row.title,
        description=row.description,
        state=row.state,
        phase=row.phase,
        severity=Severity(row.severity),
        urgency=Urgency(row.urgency),
        service=row.service or "",
        team=None,
        assignees=tuple(row.assignees),
        alerts=row.alerts,
        events=row.events,
        opened_at=row.opened_at,
        version=row.version,
        step=row.step,
        round=row.round,
        steps=0,
        link=row.link,
    )
