"""The queue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.queue.filters import MINE, Filter
from oncall_tui.domain.queue.ordering import USUAL, Order
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents import turns
from oncall_tui.ops.reading.incidents.ahead import Ahead
from oncall_tui.ops.reading.rows import IncidentPage, IncidentRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.looking import AnyRow
from oncall_tui.storage.reading import ordered
from oncall_tui.storage.reading import queue as queue_rows

if TYPE_CHECKING:
    from oncall_tui.ops.reading.near_rows import GroupRow

_ahead = Ahead()
_CURSOR = re.compile(r"(?P<rank>[0-9]{1,3})\.(?P<number>[0-9]{1,18})")


def queue(
    session: Session,
    wanted: Filter,
    *,
    limit: int = 200,
    cursor: str | None = None,
    order: Order = USUAL,
    counted: bool = True,
) -> IncidentPage:
    """A stretch of the queue: open ones by what needs a human first, with resolved ones among them newest first.

    `cursor` is the `next_cursor` of the stretch before; Invalid when it is none. Any other order begins at its top.
    Not `counted`: nobody asks for the total, which costs as much as the rest with many open.
    """
    if cursor is not None and order != USUAL:
        raise Invalid(
            "a cursor goes on in the usual order alone", path="cursor", mend="ask for more with a higher limit"
        )
    after = _place(cursor) if cursor is not None else None
    with session.looking() as look:
        base = world = session.directory.world(look)
        teams = _teams(wanted, world, session.actor.username)
        teams_services = [service.name for service in world.services.values() if service.team in teams]
        condition = queue_rows.matching(look, wanted, teams_services, session.actor.username, session.now())
        history = not wanted.only_open
        if order == USUAL:
            places = queue_rows.page(look, condition, history=history, after=after, limit=limit + 1)
            numbers = [place.number for place in places]
            next_cursor = f"{places[limit - 1].rank}.{numbers[limit - 1]}" if len(places) > limit else None
        else:
            numbers = list(ordered.numbers(look, condition, order, history=history, limit=limit + 1))
            next_cursor = None
        found = {row.number: row for row in queue_rows.rows(look, numbers[:limit])}
        total = queue_rows.count(look, condition) if counted else None
        groups = _groups(ordered.counts(look, condition, order)) if order.group else ()
        world = turns.seen(look, world)
    rows = tuple(incident_row(found[number], base, world) for number in numbers[:limit] if number in found)
    return IncidentPage(rows=rows, next_cursor=next_cursor, total=total, more=len(numbers) > limit, groups=groups)


def _groups(counts: Sequence[ordered.Count]) -> tuple[GroupRow, ...]:
    from oncall_tui.ops.reading.near_rows import GroupRow

    found: dict[str, dict[str, int]] = {}
    for name, state, many in counts:
        found.setdefault(name, {})[state] = many
    return tuple(GroupRow(name=name, **states) for name, states in found.items())


def _teams(wanted: Filter, world: World, me: str | None) -> set[str]:
    """The teams a filter names; `mine` are those of whoever asks."""
    mine = {team.name for team in world.teams.values() if me in team.members} if MINE in wanted.teams else set()
    return {*wanted.teams} - {MINE} | mine


def _place(cursor: str) -> queue_rows.Place:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Invalid(f"'{cursor}' is no cursor", path="cursor", mend="take the next_cursor of the answer before")
    return queue_rows.Place(int(found["rank"]), int(found["number"]))


def incident_row(row: AnyRow, base: World, world: World) -> IncidentRow:
    """A stored incident as the queue shows it; `world` is `base`, the directory, with the turns as they stand."""
    incident, following = _ahead.of(row.document, base, world)
    service = world.services.get(incident.service)
    return IncidentRow(
        number=row.number,
        title=row.title,
        description=row.description,
        state=row.state,
        phase=row.phase,
        severity=Severity(row.severity),
        urgency=Urgency(row.urgency),
        service=row.service or incident.service,
        team=service.team if service else None,
        assignees=tuple(row.assignees),
        alerts=row.alerts,
        events=row.events,
        opened_at=row.opened_at,
        version=row.version,
        step=row.step,
        round=row.round,
        steps=_steps(incident),
        dedup_key=row.dedup_key,
        integration=row.integration or incident.integration,
        labels=row.labels,
        runbook=service.runbook if service else None,
        link=row.link,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        resolution=row.resolution,
        last_event_at=row.last_event_at,
        previous=row.previous,
        next=following,
    )


def _steps(incident: Incident) -> int:
    return len(incident.lead.policy.steps) if incident.lead else 0
