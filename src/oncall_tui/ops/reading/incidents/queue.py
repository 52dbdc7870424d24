"""The queue and the story of one incident."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from oncall_tui.domain.directory.world import World
from oncall_tui.domain.errors import Invalid, Unknown
from oncall_tui.domain.incident import Incident, advance
from oncall_tui.domain.incident.causes import Escalate
from oncall_tui.domain.incident.effects import Page
from oncall_tui.domain.incident.preview import next_step
from oncall_tui.domain.queue.filters import MINE, Filter
from oncall_tui.domain.queue.ordering import USUAL, Order
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.ops.incidents import turns
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.ops.reading.changes import changes_of
from oncall_tui.ops.reading.incidents.around import earlier_of, quiet_for
from oncall_tui.ops.reading.incidents.near_rows import GroupRow
from oncall_tui.ops.reading.rows import (
    AlertRow,
    AttemptRow,
    IncidentDetail,
    IncidentPage,
    IncidentRow,
    PageRow,
    TimelineRow,
)
from oncall_tui.ops.session import Session
from oncall_tui.storage.looking import AnyRow, Look
from oncall_tui.storage.reading import ordered, story
from oncall_tui.storage.reading import queue as queue_rows

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
        world = session.directory.world(look)
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
    rows = tuple(_incident_row(found[number], world) for number in numbers[:limit] if number in found)
    return IncidentPage(rows=rows, next_cursor=next_cursor, total=total, more=len(numbers) > limit, groups=groups)


def detail(session: Session, number: int) -> IncidentDetail:
    """One incident with everything that belongs to it. Raises Unknown."""
    with session.looking() as look:
        world = turns.seen(look, session.directory.world(look))
        row = _incident_row(_row(look, number), world)
        tries = story.attempts_of(look, number)
        together = story.digests_of(look, number)
        return IncidentDetail(
            incident=row,
            timeline=tuple(
                TimelineRow(at=entry.at, kind=entry.kind, by=entry.by, via=entry.via, text=entry.text)
                for entry in story.entries(look, number)
            ),
            pages=tuple(
                _page_row(page, tuple(_attempt_row(one) for one in tries.get(page.id, ())), together)
                for page in story.pages_of(look, number)
            ),
            alerts=tuple(_alert_row(alert) for alert in story.alerts_of(look, number)),
            changes=changes_of(look, row.service, row.opened_at),
            earlier=earlier_of(look, row.previous),
            quiet=quiet_for(row, world, session.now()),
        )


def who_is_next(session: Session, number: int) -> tuple[str, ...]:
    """Whom an escalation at this instant would page, by the engine's own word. Raises Unknown."""
    with session.looking() as look:
        incident = decode(_row(look, number).document)
        world = turns.seen(look, session.directory.world(look), [incident])
    after = advance(incident, world, Escalate(by=session.actor.name, version=incident.version), session.now())
    paged = [effect.user or effect.contact for effect in after.effects if isinstance(effect, Page)]
    soon = [rule.user for rule in after.incident.pending if rule not in incident.pending]
    return tuple(dict.fromkeys((*paged, *soon)))


def _groups(counts: Sequence[ordered.Count]) -> tuple[GroupRow, ...]:
    found: dict[str, dict[str, int]] = {}
    for name, state, many in counts:
        found.setdefault(name, {})[state] = many
    return tuple(GroupRow(name=name, **states) for name, states in found.items())


def _teams(wanted: Filter, world: World, me: str | None) -> set[str]:
    """The teams a filter names; `mine` are those of whoever asks."""
    mine = {team.name for team in world.teams.values() if me in team.members} if MINE in wanted.teams else set()
    return {*wanted.teams} - {MINE} | mine


def _row(look: Look, number: int) -> AnyRow:
    found = queue_rows.rows(look, [number])
    if not found:
        raise Unknown(f"there is no incident #{number}", mend="see 'oncall incidents'")
    return found[0]


def _place(cursor: str) -> queue_rows.Place:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Invalid(f"'{cursor}' is no cursor", path="cursor", mend="take the next_cursor of the answer before")
    return queue_rows.Place(int(found["rank"]), int(found["number"]))


def _incident_row(row: AnyRow, world: World) -> IncidentRow:
    incident = decode(row.document)
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
        next=next_step(incident, world),
    )


def _steps(incident: Incident) -> int:
    return len(incident.lead.policy.steps) if incident.lead else 0


def _page_row(row: AnyRow, attempts: tuple[AttemptRow, ...], digests: Mapping[str, tuple[str, ...]]) -> PageRow:
    return PageRow(
        id=row.id,
        at=row.created_at,
        user=row.username,
        contact=row.contact,
        step=row.step,
        round=row.round,
        kind=row.kind,
        state=row.state,
        attempts=attempts,
        digest=row.digest,
        bundled=digests.get(row.digest, ()) if row.digest is not None else (),
        unverified=bool(row.unverified),
    )


def _attempt_row(row: AnyRow) -> AttemptRow:
    return AttemptRow(started_at=row.started_at, ended_at=row.ended_at, outcome=row.outcome, answer=row.answer)


def _alert_row(row: AnyRow) -> AlertRow:
    return AlertRow(
        key=row.dedup_key,
        integration=row.integration,
        title=row.title,
        severity=Severity(row.severity),
        open=row.open,
        count=row.count,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
    )
