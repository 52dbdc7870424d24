"""What an event does, from its placement to what the incidents concerned are told, over whatever keeps the alerts.

The intake keeps them in tables, a simulation in memory: the walk is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from oncall_tui.domain.directory.services import Grouping, Service
from oncall_tui.domain.events import TITLE_LIMIT, Event, cut
from oncall_tui.domain.incident.causes import (
    AlertJoined,
    AlertRepeated,
    AlertsResolved,
    Cause,
    Opened,
    SenderAcknowledged,
)
from oncall_tui.domain.incident.effects import Entry
from oncall_tui.domain.incident.state import Incident
from oncall_tui.domain.intake.grouping import (
    STILL_FIRING,
    KnownAlert,
    OpenIncident,
    Placement,
    Verdict,
    group_key_of,
    place,
)
from oncall_tui.domain.matching.silences import Silence, silencing
from oncall_tui.domain.time.walltime import format_instant

MOST_RESOLVED = 1000
"""How many incidents one "healthy" ends."""


class Register(Protocol):
    """One source's alerts, and the incidents of the service it reports on."""

    def known(self, dedup_key: str) -> KnownAlert | None:
        """The newest alert of this key, an open one before any closed one."""
        ...

    def open_incidents(self, group_key: str | None, limit: int) -> Sequence[OpenIncident]:
        """The newest `limit` of the service's open incidents, newest first; of one group key if it is given."""
        ...

    def open_titles(self, number: int) -> tuple[str, ...]:
        """The titles of an incident's open alerts."""
        ...

    def next_number(self) -> int:
        """A number that no incident has or will get."""
        ...

    def open(self, incident: Incident, opened: Opened) -> None:
        """Let the engine open a new incident, and keep it."""
        ...

    def add_alert(self, event: Event, number: int, *, joins: bool) -> None:
        """Keep a new open alert of an incident; `joins` when the incident was there before."""
        ...

    def repeat(self, alert: KnownAlert, event: Event) -> None:
        """Count an alert that was posted again, and refresh what its sender says."""
        ...

    def close(self, alert: KnownAlert) -> None:
        """Close an alert by its sender's word."""
        ...

    def say(self, number: int, entry: Entry) -> None:
        """Keep a line of an incident's timeline, also after its end."""
        ...

    def tell(self, number: int, cause: Cause) -> None:
        """Let the engine know of it, unless the incident is over."""
        ...


def look(
    event: Event,
    service: Service,
    register: Register,
    now: datetime,
    *,
    integration: str | None,
    silences: Sequence[Silence] = (),
) -> tuple[Placement, KnownAlert | None]:
    """Where an event would go, and the alert that bears its key; nothing is changed."""
    if event.suppressed is not None:
        return Placement(Verdict.SUPPRESSED, None, f"suppressed by {event.suppressed}"), None
    known = register.known(event.dedup_key) if event.dedup_key is not None else None
    placement = place(event, service, known, _candidates(event, service, known, register), now)
    if silences and placement.verdict in (Verdict.OPEN, Verdict.JOIN):
        silence = silencing(silences, event, service.name, integration, now)
        if silence is not None:
            return Placement(Verdict.SILENCED, None, f"silenced by silence {silence.id}", silence), known
    return placement, known


def take(  # noqa: PLR0913 - what, where, whose, when and against which silences
    event: Event,
    service: Service,
    source: str,
    register: Register,
    now: datetime,
    *,
    integration: str | None,
    silences: Sequence[Silence] = (),
) -> Placement:
    """Place one event and do what that means; the placement bears the number of the incident it is about.

    `source` is who posts: an integration, or a person by hand, and then `integration` is None; who opens an incident by
    hand wants it opened, and gives no `silences`. A trigger has a key.
    """
    if len(event.title) > TITLE_LIMIT:
        event = replace(event, title=cut(event.title, TITLE_LIMIT))
    placement, known = look(event, service, register, now, integration=integration, silences=silences)
    match placement.verdict:
        case Verdict.OPEN:
            incident = _opened(event, service, known, register.next_number(), integration, now)
            register.open(incident, Opened(source, event.routed, event.hold_for))
            register.add_alert(event, incident.number, joins=False)
            return Placement(placement.verdict, incident.number, placement.because)
        case Verdict.JOIN:
            assert placement.number is not None, "a joining alert has an incident to join"
            register.add_alert(event, placement.number, joins=True)
            register.tell(placement.number, AlertJoined(event.title, event.severity, source, placement.because))
        case Verdict.RESOLVE_ALL:
            for candidate in register.open_incidents(None, MOST_RESOLVED):
                titles = register.open_titles(candidate.number)
                register.tell(candidate.number, AlertsResolved(titles, 0, source))
        case Verdict.NOTHING if placement.number is not None:
            register.say(placement.number, Entry("note", event.title, source))
        case Verdict.NOTHING | Verdict.SUPPRESSED | Verdict.SILENCED:
            pass
        case verdict:
            assert known is not None, "the other verdicts are about a known alert"
            _about_known(verdict, event, known, source, register)
    return placement


def _candidates(event: Event, service: Service, known: KnownAlert | None, register: Register) -> Sequence[OpenIncident]:
    """The open incidents that could take the event in; none are looked up where its own key decides."""
    if known is not None and known.open:
        return ()
    wanted = group_key_of(event, service)
    if service.grouping is not Grouping.SERVICE and wanted is None:
        return ()
    return register.open_incidents(wanted, 1)


def _opened(
    event: Event,
    service: Service,
    known: KnownAlert | None,
    number: int,
    integration: str | None,
    now: datetime,
) -> Incident:
    return Incident(
        number=number,
        service=service.name,
        title=event.title,
        description=event.description,
        severity=event.severity,
        urgency=event.urgency or service.urgency_of(event.severity, now),
        urgency_fixed=event.urgency is not None,
        opened_at=now,
        dedup_key=event.dedup_key,
        group_key=group_key_of(event, service),
        integration=integration,
        labels=dict(event.labels),
        link=event.link,
        previous=known.number if known is not None else None,
    )


def _about_known(verdict: Verdict, event: Event, alert: KnownAlert, source: str, register: Register) -> None:
    match verdict:
        case Verdict.ACKNOWLEDGE:
            register.tell(alert.number, SenderAcknowledged(source))
        case Verdict.RESOLVE:
            register.close(alert)
            remaining = len(register.open_titles(alert.number))
            register.tell(alert.number, AlertsResolved((alert.title,), remaining, source))
        case _:
            if not alert.open:
                _still_firing(alert, source, register)
            register.repeat(alert, event)
            _repeated(event, alert, register)


def _still_firing(alert: KnownAlert, source: str, register: Register) -> None:
    """Say once, on an incident that was resolved by hand, that its sender does not agree."""
    closed, seen = alert.closed_at, alert.last_seen_at
    if closed is None or (seen is not None and seen > closed):
        return
    text = f"still firing: a new incident opens if it is so at {format_instant(closed + STILL_FIRING)}"
    register.say(alert.number, Entry("still_firing", text, source))


def _repeated(event: Event, alert: KnownAlert, register: Register) -> None:
    """The incident itself hears of a repeat only when the alert's text or severity has changed."""
    reworded = alert.told is not None and event.description not in ("", alert.told)
    if not alert.open or (event.title == alert.title and event.severity is alert.severity and not reworded):
        return
    alone = len(register.open_titles(alert.number)) == 1
    cause = AlertRepeated(
        event.severity,
        title=event.title if alone else None,
        description=event.description if alone and event.description else None,
        was=alert.severity,
    )
    register.tell(alert.number, cause)
