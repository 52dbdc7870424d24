"""Taking in what senders post: from an event to an incident, in the transaction that the 2xx waits for."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain import taking
from oncall_tui.domain.events import Action, Event, as_of
from oncall_tui.domain.grouping import KnownAlert, OpenIncident
from oncall_tui.domain.incident import Incident, State, advance
from oncall_tui.domain.incident.causes import Cause, Opened
from oncall_tui.domain.incident.effects import Entry
from oncall_tui.domain.services import Service
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents import keeping, turns
from oncall_tui.storage.statements import events as event_rows
from oncall_tui.storage.statements import incidents as rows
from oncall_tui.storage.statements import merging, timeline


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
    service_id: int
    via: str
    account: str | None = None


def take(
    conn: Connection,
    world: World,
    integration: str,
    events: Sequence[Event],
    now: datetime,
    payload: str,
) -> tuple[Taken, ...]:
    """Take an integration's events in order; each is kept with what it did. Raises Unknown for a gone integration."""
    ids = event_rows.integration_ids(conn, integration)
    service = world.services[world.integrations[integration].service]
    tables = _Tables(conn, world, Source(integration, ids.integration, ids.service, "http"), service, now)
    # The payload is kept once, with the first of its events.
    return tuple(tables.take(event, "" if place else payload) for place, event in enumerate(events))


def end(conn: Connection, world: World, integration: str, dedup_key: str, why: str, now: datetime) -> Taken:
    """Resolve an integration's alert by its key as kept, as if its sender had: no rule looks at it again."""
    ids = event_rows.integration_ids(conn, integration)
    service = world.services[world.integrations[integration].service]
    tables = _Tables(conn, world, Source(integration, ids.integration, ids.service, "http"), service, now)
    return tables.take(Event(action=Action.RESOLVE, dedup_key=dedup_key, notes=(why,)), "")


def take_by_hand(  # noqa: PLR0913 - who, where, what and when
    conn: Connection,
    world: World,
    service: str,
    event: Event,
    now: datetime,
    *,
    by: str,
    via: str,
    account: str | None = None,
) -> Taken:
    """Take an event that a person made: same rules, no integration."""
    service_id = rows.service_id(conn, service)
    assert service_id is not None, "the world and the tables are read in one transaction"
    return _Tables(conn, world, Source(by, None, service_id, via, account), world.services[service], now).take(
        event, ""
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """The register of one source's alerts as the database keeps it, within one transaction."""

    conn: Connection
    world: World
    source: Source
    service: Service
    now: datetime

    def take(self, event: Event, payload: str) -> Taken:
        """Place one event, do what that means, and keep the event with it."""
        event = as_of(event, self.now)
        if event.action is Action.TRIGGER and event.dedup_key is None:
            event = replace(event, dedup_key=secrets.token_hex(16))
        source = self.source
        rows.lock_service(self.conn, source.service_id)
        integration = source.name if source.integration is not None else None
        placement = taking.take(event, self.service, source.name, self, self.now, integration=integration)
        event_rows.add(
            self.conn,
            integration_id=source.integration,
            received_at=self.now,
            action=event.action.value,
            dedup_key=event.dedup_key,
            payload=payload,
            outcome=placement.verdict.value,
            number=placement.number,
            note="; ".join((*event.notes, placement.because) if placement.because else event.notes),
        )
        return Taken(event.dedup_key, placement.number, placement.verdict.value, placement.because)

    def known(self, dedup_key: str) -> KnownAlert | None:
        row = rows.newest_alert(self.conn, self.source.integration, self.source.service_id, dedup_key)
        return _known(row) if row is not None else None

    def open_incidents(self, group_key: str | None, limit: int) -> Sequence[OpenIncident]:
        found = [
            OpenIncident(number=row.number, group_key=row.group_key, last_event_at=row.last_event_at or row.opened_at)
            for row in rows.open_of_service(self.conn, self.source.service_id, group_key, limit)
        ]
        if found or group_key is None:
            return found
        # The group's incident may have been merged into another, be it one of another service.
        row = merging.open_target(self.conn, self.source.service_id, group_key)
        if row is None:
            return ()
        return [OpenIncident(number=row.number, group_key=group_key, last_event_at=row.last_event_at or row.opened_at)]

    def open_titles(self, number: int) -> tuple[str, ...]:
        return tuple(alert.title for alert in rows.open_alerts(self.conn, number))

    def next_number(self) -> int:
        return rows.next_number(self.conn)

    def open(self, incident: Incident) -> None:
        source = self.source
        opened = Opened(source.name)
        world = turns.locked(self.conn, self.world, incident, opened)
        keeping.insert(
            self.conn,
            advance(incident, world, opened, self.now),
            source.service_id,
            source.integration,
            self.now,
            via=source.via,
            account=source.account,
        )

    def add_alert(self, event: Event, number: int, *, joins: bool) -> None:
        rows.add_alert(
            self.conn,
            {
                "integration_id": self.source.integration,
                "dedup_key": event.dedup_key,
                "number": number,
                "open": True,
                "title": event.title,
                "severity": event.severity.value,
                "labels": dict(event.labels),
                "count": 1,
                "first_seen_at": self.now,
                "last_seen_at": self.now,
                "started_at": event.started_at,
                "expires_at": event.expires_at,
            },
        )
        if joins:
            rows.count_event(self.conn, number, self.now, new_alert=True)

    def repeat(self, alert: KnownAlert, event: Event) -> None:
        rows.repeat_alert(
            self.conn,
            alert.id,
            title=event.title,
            severity=event.severity.value,
            last_seen_at=self.now,
            labels=dict(event.labels),
            expires_at=event.expires_at,
        )
        rows.count_event(self.conn, alert.number, self.now, new_alert=False)

    def say(self, number: int, entry: Entry) -> None:
        line = {"number": number, "at": self.now, "kind": entry.kind, "by": entry.by, "text": entry.text}
        timeline.append(self.conn, [{**line, "via": self.source.via, "os_account": None}])

    def close(self, alert: KnownAlert) -> None:
        rows.close_alerts(self.conn, alert.number, self.now, f"integration {self.source.name}", alert.id)

    def tell(self, number: int, cause: Cause) -> None:
        kept = keeping.load(self.conn, number)
        if kept.incident.state is State.RESOLVED:
            return
        keeping.step(self.conn, kept, self.world, cause, self.now, via=self.source.via)


def _known(alert: rows.AlertRow) -> KnownAlert:
    return KnownAlert(
        id=alert.id,
        number=alert.number,
        open=alert.open,
        title=alert.title,
        severity=Severity(alert.severity),
        started_at=alert.started_at,
        closed_at=alert.closed_at,
        last_seen_at=alert.last_seen_at,
        closed_by_hand=alert.closed_by is not None and not alert.closed_by.startswith("integration "),
    )
