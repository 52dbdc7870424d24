"""The story of one incident."""

from __future__ import annotations

from collections.abc import Mapping

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.incident import advance
from oncall_tui.domain.incident.causes import Escalate
from oncall_tui.domain.incident.effects import Page
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.incidents import turns
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.ops.reading.incidents.around import earlier_of, quiet_for
from oncall_tui.ops.reading.incidents.changes import changes_of
from oncall_tui.ops.reading.incidents.queue import incident_row
from oncall_tui.ops.reading.incidents.story_rows import AlertRow, AttemptRow, IncidentDetail, PageRow, TimelineRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.looking import AnyRow, Look
from oncall_tui.storage.reading import queue as queue_rows
from oncall_tui.storage.reading import story


def detail(session: Session, number: int) -> IncidentDetail:
    """One incident with everything that belongs to it. Raises Unknown."""
    with session.looking() as look:
        base = session.directory.world(look)
        world = turns.seen(look, base)
        row = incident_row(_row(look, number), base, world)
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


def _row(look: Look, number: int) -> AnyRow:
    found = queue_rows.rows(look, [number])
    if not found:
        raise Unknown(f"there is no incident #{number}", mend="see 'oncall incidents'")
    return found[0]


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
