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
from oncall_tui.storage.statements import events as event_rows
from oncall_tui.storage.statements import incidents as rows


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
    taking = _Taking(conn, world, Source(integration, ids.integration, ids.service, "http"), service, now)
    # The payload is kept once, with the first of its events.
    return tuple(taking.take(event, "" if place else payload) for place, event in enumerate(events))


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
    return _Taking(conn, world, Source(by, None, service_id, via, account), world.services[service], now).take(
        event, ""
    )


@dataclass(frozen=True, slots=True)
class _Taking:
    """One source's events on their way into the database, within one transaction."""

    conn: Connection
    world: World
    source: Source
    service: Service
    now: datetime

    def take(self, event: Event, payload: str) -> Taken:
        """Place one event, do what that means, and keep the event with it."""
        if event.action is Action.TRIGGER and event.dedup_key is None:
            event = replace(event, dedup_key=secrets.token_hex(16))
        event = replace(event, title=cut(event.title, TITLE_LIMIT))
        rows.lock_service(self.conn, self.source.service_id)
        alert = self._newest_alert(event)
        known = _known(alert)
        placement = place(event, self.service, known, self._candidates(event, known), self.now)
        number = self._carry_out(event, placement, alert)
        event_rows.add(
            self.conn,
            integration_id=self.source.integration,
            received_at=self.now,
            action=event.action.value,
            dedup_key=event.dedup_key,
            payload=payload,
            outcome=placement.verdict.value,
            number=number,
            note="; ".join((*event.notes, placement.because) if placement.because else event.notes),
        )
        return Taken(event.dedup_key, number, placement.verdict.value, placement.because)

    def _newest_alert(self, event: Event) -> rows.AlertRow | None:
        if event.dedup_key is None:
            return None
        return rows.newest_alert(self.conn, self.source.integration, self.source.service_id, event.dedup_key)

    def _candidates(self, event: Event, known: KnownAlert | None) -> Sequence[OpenIncident]:
        """The open incidents that could take the event in; none are looked up where its own key decides."""
        if known is not None and known.open:
            return ()
        wanted = group_key_of(event, self.service)
        if self.service.grouping is not Grouping.SERVICE and wanted is None:
            return ()
        return [
            OpenIncident(number=row.number, group_key=row.group_key, last_event_at=row.last_event_at or row.opened_at)
            for row in rows.open_of_service(self.conn, self.source.service_id, wanted, limit=1)
        ]

    def _carry_out(self, event: Event, placement: Placement, alert: rows.AlertRow | None) -> int | None:
        match placement.verdict:
            case Verdict.OPEN:
                return self._open(event, alert)
            case Verdict.JOIN:
                self._join(event, placement)
            case Verdict.RESOLVE_ALL:
                self._resolve_all()
            case Verdict.NOTHING:
                pass
            case verdict:
                assert alert is not None, "the other verdicts are about a known alert"
                self._about_known(verdict, event, alert)
        return placement.number

    def _about_known(self, verdict: Verdict, event: Event, alert: rows.AlertRow) -> None:
        match verdict:
            case Verdict.ACKNOWLEDGE:
                self._tell(alert.number, SenderAcknowledged(self.source.name))
            case Verdict.RESOLVE:
                self._resolve(alert)
            case _:
                self._repeat(event, alert)

    def _open(self, event: Event, alert: rows.AlertRow | None) -> int:
        number = rows.next_number(self.conn)
        incident = Incident(
            number=number,
            service=self.service.name,
            title=event.title,
            description=event.description,
            severity=event.severity,
            urgency=self.service.urgency_of(event.severity, self.now),
            opened_at=self.now,
            dedup_key=event.dedup_key,
            group_key=group_key_of(event, self.service),
            integration=self.source.name if self.source.integration is not None else None,
            labels=dict(event.labels),
            link=event.link,
            previous=alert.number if alert is not None else None,
        )
        advanced = advance(incident, self.world, Opened(self.source.name), self.now)
        source = self.source
        keeping.insert(
            self.conn,
            advanced,
            source.service_id,
            source.integration,
            self.now,
            via=source.via,
            account=source.account,
        )
        self._add_alert(event, number)
        return number

    def _join(self, event: Event, placement: Placement) -> None:
        assert placement.number is not None, "a joining alert has an incident to join"
        self._add_alert(event, placement.number)
        rows.count_event(self.conn, placement.number, self.now, new_alert=True)
        self._tell(placement.number, AlertJoined(event.title, event.severity, self.source.name, placement.because))

    def _repeat(self, event: Event, alert: rows.AlertRow) -> None:
        """Count it and refresh its text; the incident itself is written only when its text or severity changes."""
        rows.repeat_alert(
            self.conn,
            alert.id,
            title=event.title,
            severity=event.severity.value,
            last_seen_at=self.now,
            labels=dict(event.labels),
        )
        rows.count_event(self.conn, alert.number, self.now, new_alert=False)
        changed = event.title != alert.title or event.severity.value != alert.severity
        if not (alert.open and changed):
            return
        alone = len(rows.open_alerts(self.conn, alert.number)) == 1
        cause = AlertRepeated(
            event.severity,
            title=event.title if alone else None,
            description=event.description if alone and event.description else None,
        )
        self._tell(alert.number, cause)

    def _resolve(self, alert: rows.AlertRow) -> None:
        rows.close_alerts(self.conn, alert.number, self.now, f"integration {self.source.name}", alert.id)
        remaining = len(rows.open_alerts(self.conn, alert.number))
        self._tell(alert.number, AlertsResolved((alert.title,), remaining, self.source.name))

    def _resolve_all(self) -> None:
        for row in rows.open_of_service(self.conn, self.source.service_id, None, limit=1000):
            titles = tuple(alert.title for alert in rows.open_alerts(self.conn, row.number))
            self._tell(row.number, AlertsResolved(titles, 0, self.source.name))

    def _tell(self, number: int, cause: Cause) -> None:
        """Let the engine know of it, unless the incident is over."""
        kept = keeping.load(self.conn, number)
        if kept.incident.state is State.RESOLVED:
            return
        advanced = advance(kept.incident, self.world, cause, self.now)
        keeping.update(self.conn, kept, advanced, self.now, via=self.source.via)

    def _add_alert(self, event: Event, number: int) -> None:
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
            },
        )


def _known(alert: rows.AlertRow | None) -> KnownAlert | None:
    if alert is None:
        return None
    return KnownAlert(
        number=alert.number,
        open=alert.open,
        started_at=alert.started_at,
        closed_at=alert.closed_at,
        closed_by_hand=alert.closed_by is not None and not alert.closed_by.startswith("integration "),
    )
