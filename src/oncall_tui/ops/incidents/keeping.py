"""Writing down what `advance` decided: the row, its timer, its pages and its timeline, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.errors import LostRace, Unknown
from oncall_tui.domain.incident import Advance, Incident, State, advance
from oncall_tui.domain.incident.causes import Cause
from oncall_tui.domain.incident.effects import (
    CancelPages,
    Effect,
    Entry,
    Page,
    RecallPages,
    ReopenAlerts,
    RestorePages,
    TookTurn,
)
from oncall_tui.domain.world import World
from oncall_tui.ops.contacts.updates import tell_updates
from oncall_tui.ops.incidents import turns
from oncall_tui.ops.incidents.codec import decode, encode
from oncall_tui.storage.statements import incidents as rows
from oncall_tui.storage.statements import merging, outbox, timeline, undoing
from oncall_tui.storage.statements import turns as turn_rows


class Kept:
    """An incident as it stands in the database: its value and the row revision to compare when writing."""

    __slots__ = ("incident", "rev")

    def __init__(self, incident: Incident, rev: int) -> None:
        self.incident = incident
        self.rev = rev


def load(conn: Connection, number: int) -> Kept:
    """The incident, locked until the transaction ends. Raises Unknown."""
    row = rows.lock(conn, number)
    if row is None:
        raise Unknown(f"there is no incident #{number}", mend="see 'oncall incidents'")
    return Kept(decode(row.document), row.rev)


def lock_senders(conn: Connection, numbers: list[int]) -> None:
    """Let no event be placed meanwhile that could reach these incidents: what ends or reopens one takes this first."""
    rows.lock_services(conn, merging.services_of(conn, numbers))


def step(  # noqa: PLR0913 - who, how and when belong to every change
    conn: Connection,
    kept: Kept,
    world: World,
    cause: Cause,
    now: datetime,
    *,
    via: str,
    account: str | None = None,
) -> Advance:
    """Let one cause happen to an incident, and write down what became of it. Raises what `advance` raises."""
    advanced = advance(kept.incident, turns.locked(conn, world, kept.incident, cause), cause, now)
    update(conn, kept, advanced, now, via=via, account=account)
    return advanced


def load_free(conn: Connection, numbers: Sequence[int]) -> list[Kept]:
    """Those of the incidents that nobody is changing just now, locked; the engine waits for nobody's transaction."""
    return [Kept(decode(row.document), row.rev) for row in rows.lock_free(conn, numbers)]


def insert(  # noqa: PLR0913 - who, how and when belong to every change
    conn: Connection,
    advanced: Advance,
    service: int,
    integration: int | None,
    now: datetime,
    *,
    via: str,
    account: str | None = None,
) -> None:
    """Write a new incident with everything that its opening led to."""
    incident = advanced.incident
    rows.add(
        conn,
        {
            **_columns(incident, advanced.next_due_at),
            "number": incident.number,
            "service_id": service,
            "integration_id": integration,
            "dedup_key": incident.dedup_key,
            "group_key": incident.group_key,
            "link": incident.link,
            "opened_at": incident.opened_at,
            "previous": incident.previous,
            "last_event_at": now,
            "alerts": 1,
            "events": 1,
            "rev": 1,
        },
    )
    if advanced.next_due_at is not None:
        rows.add_timer(conn, incident.number, advanced.next_due_at)
    _write_effects(conn, incident, advanced.effects, now, via=via, account=account)


def update(
    conn: Connection, kept: Kept, advanced: Advance, now: datetime, *, via: str, account: str | None = None
) -> None:
    """Write what became of an incident. Raises LostRace when somebody else wrote it since it was loaded."""
    incident = advanced.incident
    if not rows.compare_and_set(conn, incident.number, kept.rev, _columns(incident, advanced.next_due_at)):
        raise LostRace(f"#{incident.number} was changed by somebody else just now", mend="look again, then repeat it")
    rows.set_timer(conn, incident.number, advanced.next_due_at)
    _write_effects(conn, incident, advanced.effects, now, via=via, account=account)
    tell_updates(conn, kept.incident, incident, now)


def _columns(incident: Incident, next_due_at: datetime | None) -> dict[str, Any]:
    """The document, and what queries look at."""
    lead = incident.lead
    return {
        "document": encode(incident),
        "title": incident.title,
        "description": incident.description,
        "severity": incident.severity.value,
        "severity_rank": incident.severity.rank,
        "urgency": incident.urgency.value,
        "state": incident.state.value,
        "phase": incident.phase.value,
        "step": lead.step if lead else 0,
        "round": lead.round if lead else 1,
        "assignees": list(incident.assignees),
        "labels": dict(incident.labels),
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
        "resolution": incident.resolution,
        "merged_into": incident.merged_into,
        "next_due_at": next_due_at,
        "version": incident.version,
    }


def _write_effects(
    conn: Connection, incident: Incident, effects: Sequence[Effect], now: datetime, *, via: str, account: str | None
) -> None:
    for effect in effects:
        _take_effect(conn, incident.number, effect, now)
    timeline.append(
        conn,
        [
            {
                "number": incident.number,
                "at": now,
                "kind": effect.kind,
                "by": effect.by,
                "via": via if effect.by is not None else "engine",
                "text": effect.text,
                "os_account": account if effect.by is not None else None,
            }
            for effect in effects
            if isinstance(effect, Entry)
        ],
    )
    _queue_pages(conn, incident, [effect for effect in effects if isinstance(effect, Page)], now)
    if incident.state is State.RESOLVED:
        rows.close_alerts(conn, incident.number, now, incident.resolved_by or "engine")


def _take_effect(conn: Connection, number: int, effect: Effect, now: datetime) -> None:
    """What an effect does to rows that are there already. Raises LostRace when they are not as it took them to be."""
    match effect:
        case CancelPages():
            outbox.cancel(conn, number, now)
        case RestorePages(since=since, seq=seq):
            undoing.restore(conn, number, since, seq)
        case RecallPages(seq=seq):
            if not undoing.recall(conn, number, seq, now):
                raise LostRace(f"a page of #{number} is on its way already", mend="call whoever was paged")
        case ReopenAlerts(closed_at=closed_at, closed_by=closed_by):
            undoing.reopen_alerts(conn, number, closed_at, closed_by)
        case TookTurn(policy=policy, step=place, count=count, taken=taken):
            if not turn_rows.move(conn, policy, place, count, taken):
                raise LostRace(f"step {place} of policy {policy} has gone on just now", mend="repeat it")
        case _:
            pass


def _queue_pages(conn: Connection, incident: Incident, queued: Sequence[Page], now: datetime) -> None:
    if not queued:
        return
    known = outbox.contact_ids(conn, sorted({page.user for page in queued if page.user is not None}))
    fresh = []
    for page in queued:
        user_id, contact_id = known.get((page.user, page.contact), (None, None)) if page.user else (None, None)
        fresh.append(
            {
                "id": f"{incident.number}-{page.seq}",
                "number": incident.number,
                "seq": page.seq,
                "user_id": user_id,
                "username": page.user,
                "contact_id": contact_id,
                "contact": page.contact,
                "channel_id": page.channel,
                "run": page.run,
                "step": page.step,
                "round": page.round,
                "kind": page.kind.value,
                "because": page.because,
                "state": outbox.PENDING,
                "created_at": now,
                "due_at": now,
                "tries": 0,
                "possible_repeat": False,
            }
        )
    outbox.add(conn, fresh)
