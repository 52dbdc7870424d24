"""What stands around an incident: how it went the times before, and what keeps alerts like it quiet."""

from __future__ import annotations

from datetime import datetime

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.matching.silences import silencing
from oncall_tui.domain.world import World
from oncall_tui.ops.reading.near_rows import EarlierRow, QuietRow
from oncall_tui.ops.reading.rows import IncidentRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.looking import Look
from oncall_tui.storage.reading import before

MOST = 5
NOTES = 3  # the last ones of each: what helped stands at the end


def earlier(session: Session, number: int, *, limit: int = MOST) -> tuple[EarlierRow, ...]:
    """Earlier occurrences of an incident's key, newest first, and how each ended. None for an unknown number."""
    with session.looking() as look:
        return earlier_of(look, before.previous_of(look, number), limit=limit)


def earlier_of(look: Look, previous: int | None, *, limit: int = MOST) -> tuple[EarlierRow, ...]:
    """The same from the incident before on, within the caller's transaction: one look-up by number for each."""
    found: list[EarlierRow] = []
    while previous is not None and len(found) < limit:
        row = before.occurrence(look, previous)
        if row is None:
            break  # history is kept for so long only
        found.append(
            EarlierRow(
                number=row.number,
                title=row.title,
                opened_at=row.opened_at,
                resolved_at=row.resolved_at,
                resolved_by=row.resolved_by,
                resolution=row.resolution,
                acknowledged_by=row.acknowledged_by,
                notes=tuple(before.notes_of(look, row.number, NOTES)),
            )
        )
        # A number only ever points back; anything else would walk in a ring.
        previous = row.previous if row.previous is not None and row.previous < row.number else None
    return tuple(found)


def quiet_for(row: IncidentRow, world: World, now: datetime) -> QuietRow | None:
    """The silence that a new alert like this incident's would run into now; of several the one that ends last."""
    event = Event(
        action=Action.TRIGGER,
        dedup_key=row.dedup_key,
        title=row.title,
        description=row.description,
        severity=row.severity,
        labels=row.labels,
        link=row.link,
    )
    found = silencing(world.silences, event, row.service, row.integration, now)
    if found is None:
        return None
    return QuietRow(number=found.id, until=found.end, by=found.creator, comment=found.comment)
