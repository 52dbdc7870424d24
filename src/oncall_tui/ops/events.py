"""Taking in what senders post: from an event to an incident, in the transaction that the 2xx waits for."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.events import TITLE_LIMIT, Action, Event, cut
from oncall_tui.domain.grouping import (
    KnownAlert,
    OpenIncident,
    Placement,
    Verdict,
    group_key_of,
    place,
)
from oncall_tui.domain.incident import Incident, State, advance
from oncall_tui.domain.incident.causes import (
    AlertJoined,
    AlertRepeated,
    AlertsResolved,
    Cause,
    Opened,
    SenderAcknowledged,
)
from oncall_tui.domain.services import Grouping, Service
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents import keeping
from oncall_tui.storage import events as event_rows
from oncall_tui.storage import incidents as rows


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event: its key as kept, the incident it is about, what it did and why."""

    dedup_key: str | None
    number: int | None
    verdict: str
    because: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who posts: an integration, or a person by hand (then without an integration's id)."""

    name: str
    integration: int | None
    service: str
    service_id: int
    via: str


def take(  # noqa: PLR0913 - where from, what, when and as what it was received
    conn: Connection,
    world: World,
    integration: str,
    events: Sequence[Event],
    now: datetime,
    payload: str,
    via: str = "http",
) -> tuple[Taken, ...]:
    """Take an integration's events in order; every one is kept with what it did. Raises Unknown for a gone integration."""
    ids = event_rows.integration_ids(conn, integration)
    known = world.integrations[integration]
    source = Source(integration, ids.integration, known.service, ids.service, via)
    return tuple(_take_one(conn, world, source, event, now, payload if i == 0 else "") for i, event in enumerate(events))


def take_by_hand(  # noqa: PLR0913 - who, where, what and when
    conn: Connection, world: World, service: str, event: Event, now: datetime, *, by: str, via: str
) -> Taken:
    """Take an event that a person made: same rules, no integration."""
    service_id = rows.service_id(conn, service)
    assert service_id is not None, "the world and the tables are read in one transaction"
    return _take_one(conn, world, Source(by, None, service, service_id, via), event, now, "")


def _take_one(  # noqa: PLR0913 - the same as take, one by one
    conn: Connection, world: World, source: Source, event: Event, now: datetime, payload: str
) -> Taken:
    service = world.services[source.service]
    if event.action is Action.TRIGGER and event.dedup_key is None:
        event = replace(event, dedup_key=secrets.token_hex(16))
    event = replace(event, title=cut(event.title, TITLE_LIMIT))
    rows.lock_service(conn, source.service_id)
    alert = None
    if event.dedup_key is not None:
        alert = rows.newest_alert(conn, source.integration, source.service_id, event.dedup_key)
    known = None
    if alert is not None:
        known = KnownAlert(
            number=alert.number,
            open=alert.open,
            started_at=alert.started_at,
            closed_at=alert.closed_at,
            closed_by_hand=alert.closed_by is not None and not alert.closed_by.startswith("integration "),
        )
    placement = place(event, service, known, _candidates(conn, source, service, event, known), now)
    number = _carry_out(conn, world, source, service, event, placement, alert, now)
    event_rows.add(
        conn,
        integration_id=source.integration,
        received_at=now,
        action=event.action.value,
        dedup_key=event.dedup_key,
        payload=payload,
        outcome=placement.verdict.value,
        number=number,
        note="; ".join((*event.notes, placement.because) if placement.because else event.notes),
    )
    return Taken(event.dedup_key, number, placement.verdict.value, placement.because)


def _candidates(
    conn: Connection, source: Source, service: Service, event: Event, known: KnownAlert | None
) -> Sequence[OpenIncident]:
    """The open incidents that could take the event in; none are looked up where its own key decides."""
    if known is not None and known.open:
        return ()
    wanted = group_key_of(event, service)
    if service.grouping is not Grouping.SERVICE and wanted is None:
        return ()
    return [
        OpenIncident(number=row.number, group_key=row.group_key, last_event_at=row.last_event_at or row.opened_at)
        for row in rows.open_of_service(conn, source.service_id, wanted, limit=1)
    ]


def _carry_out(  # noqa: PLR0913 - everything that the verdict was made of
    conn: Connection,
    world: World,
    source: Source,
    service: Service,
    event: Event,
    placement: Placement,
    alert: rows.AlertRow | None,
    now: datetime,
) -> int | None:
    match placement.verdict:
        case Verdict.OPEN:
            return _open(conn, world, source, service, event, alert, now)
        case Verdict.JOIN:
            return _join(conn, world, source, event, placement, now)
        case Verdict.REPEAT | Verdict.STILL_FIRING:
            assert alert is not None, "only a known alert can repeat"
            _repeat(conn, world, source, event, alert, now)
        case Verdict.ACKNOWLEDGE:
            assert alert is not None, "only a known alert can be acknowledged"
            _tell(conn, world, source, alert.number, SenderAcknowledged(source.name), now)
        case Verdict.RESOLVE:
            assert alert is not None, "only a known alert can be resolved"
            _resolve(conn, world, source, alert, now)
        case Verdict.RESOLVE_ALL:
            for row in rows.open_of_service(conn, source.service_id, None, limit=1000):
                titles = tuple(known.title for known in rows.open_alerts(conn, row.number))
                _tell(conn, world, source, row.number, AlertsResolved(titles, 0, source.name), now)
        case Verdict.NOTHING:
            pass
    return placement.number


def _open(  # noqa: PLR0913 - everything that an incident is made of
    conn: Connection,
    world: World,
    source: Source,
    service: Service,
    event: Event,
    alert: rows.AlertRow | None,
    now: datetime,
) -> int:
    number = rows.next_number(conn)
    incident = Incident(
        number=number,
        service=service.name,
        title=event.title,
        description=event.description,
        severity=event.severity,
        urgency=service.urgency_of(event.severity, now),
        opened_at=now,
        dedup_key=event.dedup_key,
        group_key=group_key_of(event, service),
        integration=source.name if source.integration is not None else None,
        labels=dict(event.labels),
        link=event.link,
        previous=alert.number if alert is not None else None,
    )
    advanced = advance(incident, world, Opened(source.name), now)
    keeping.insert(conn, advanced, source.service_id, source.integration, now)
    _add_alert(conn, source, event, number, now)
    return number


def _join(  # noqa: PLR0913 - the event, and where it goes
    conn: Connection, world: World, source: Source, event: Event, placement: Placement, now: datetime
) -> int:
    assert placement.number is not None, "a joining alert has an incident to join"
    _add_alert(conn, source, event, placement.number, now)
    rows.count_event(conn, placement.number, now, new_alert=True)
    cause = AlertJoined(event.title, event.severity, source.name, placement.because)
    _tell(conn, world, source, placement.number, cause, now)
    return placement.number


def _repeat(  # noqa: PLR0913 - the event, and the alert that it repeats
    conn: Connection, world: World, source: Source, event: Event, alert: rows.AlertRow, now: datetime
) -> None:
    """Count it and refresh its text; the incident itself is written only when its text or severity changes."""
    rows.repeat_alert(
        conn, alert.id, title=event.title, severity=event.severity.value, last_seen_at=now, labels=dict(event.labels)
    )
    rows.count_event(conn, alert.number, now, new_alert=False)
    if not alert.open:
        return
    changed = event.title != alert.title or event.severity.value != alert.severity
    if not changed:
        return
    alone = len(rows.open_alerts(conn, alert.number)) == 1
    cause = AlertRepeated(
        event.severity,
        title=event.title if alone else None,
        description=event.description if alone and event.description else None,
    )
    _tell(conn, world, source, alert.number, cause, now)


def _resolve(conn: Connection, world: World, source: Source, alert: rows.AlertRow, now: datetime) -> None:
    rows.close_alerts(conn, alert.number, now, f"integration {source.name}", alert.id)
    remaining = len(rows.open_alerts(conn, alert.number))
    _tell(conn, world, source, alert.number, AlertsResolved((alert.title,), remaining, source.name), now)


def _tell(conn: Connection, world: World, source: Source, number: int, cause: Cause, now: datetime) -> None:
    kept = keeping.load(conn, number)
    if kept.incident.state is State.RESOLVED:
        return
    keeping.update(conn, kept, advance(kept.incident, world, cause, now), now, via=source.via)


def _add_alert(conn: Connection, source: Source, event: Event, number: int, now: datetime) -> None:
    rows.add_alert(
        conn,
        {
            "integration_id": source.integration,
            "dedup_key": event.dedup_key,
            "number": number,
            "open": True,
            "title": event.title,
            "severity": event.severity.value,
            "labels": dict(event.labels),
            "count": 1,
            "first_seen_at": now,
            "last_seen_at": now,
            "started_at": event.started_at,
        },
    )
