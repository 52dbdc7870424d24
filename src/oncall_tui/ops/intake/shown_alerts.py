"""What an integration's sender may ask: which of its alerts are known, and which of them a silence holds back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.events import Event
from oncall_tui.domain.matching.looking import Seen
from oncall_tui.domain.matching.silences import Silence
from oncall_tui.domain.world import World
from oncall_tui.storage.statements.incident import shown_alerts as rows

MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlert:
    """One alert that fires. `number` is its incident, None for one that a silence holds back.

    `silenced_by` holds the uuids of the silences that match it now.
    """

    key: str
    title: str
    labels: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime
    updated_at: datetime
    ends_at: datetime | None
    number: int | None
    silenced_by: tuple[str, ...] = ()


def firing(conn: Connection, world: World, integration: str, now: datetime) -> tuple[ShownAlert, ...]:
    """The integration's alerts that fire, open ones and those held back; of many only the newest 10,000."""
    service = world.integrations[integration].service
    active = [one for one in world.silences if one.start <= now < one.end and one.integration in (None, integration)]
    found = [
        ShownAlert(
            key=row.dedup_key or "",
            title=row.title,
            labels=row.labels,
            started_at=row.started_at or row.first_seen_at,
            updated_at=row.last_seen_at,
            ends_at=row.expires_at,
            number=row.number,
            silenced_by=_silencing(active, row.title, row.labels, service, integration),
        )
        for row in rows.open_of(conn, integration, MOST)
    ]
    held = [
        ShownAlert(
            key=row.dedup_key,
            title=str(row.event.get("title") or ""),
            labels=row.event.get("labels") or {},
            started_at=row.first_seen_at,
            updated_at=row.last_seen_at,
            ends_at=None,
            number=None,
            silenced_by=(row.uuid,),
        )
        for row in rows.held_back_of(conn, integration, MOST)
    ]
    return (*found, *held)


def _silencing(
    active: list[Silence], title: str, labels: Mapping[str, str], service: str, integration: str
) -> tuple[str, ...]:
    if not active:
        return ()
    from oncall_tui.domain.events import Action

    seen = Seen(Event(action=Action.TRIGGER, dedup_key=None, title=title, labels=labels), service, integration)
    return tuple(one.uuid for one in active if all(matcher.holds(seen) for matcher in one.matchers))
