"""The alerts of a simulated service, kept in memory as the intake keeps them in tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oncall_tui.domain.events import Event
from oncall_tui.domain.incident import Incident, State
from oncall_tui.domain.incident.causes import Cause, Opened
from oncall_tui.domain.incident.effects import Entry
from oncall_tui.domain.intake.grouping import KnownAlert, OpenIncident
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.simulation.stage import Line, Stage

_INTEGRATION = "integration "


@dataclass(slots=True, kw_only=True)
class _Alert:
    """One keyed problem. It is open until its sender closes it or its incident is resolved."""

    integration: str | None
    key: str
    number: int
    title: str
    severity: Severity
    started_at: datetime | None
    last_seen_at: datetime
    closed_at: datetime | None = None


@dataclass(slots=True)
class Alerts:
    """Every alert and every incident of one simulated service, on one stage."""

    stage: Stage
    all: list[_Alert] = field(default_factory=list)
    last_event_at: dict[int, datetime] = field(default_factory=dict)

    def source(self, name: str, *, by_hand: bool) -> Source:
        """The register as one sender, or one person, sees it."""
        return Source(self, name, None if by_hand else name)

    def is_open(self, alert: _Alert) -> bool:
        """Whether neither its sender nor anybody has ended it."""
        return alert.closed_at is None and self.stage.incidents[alert.number].state is not State.RESOLVED

    def newest(self, key: str) -> _Alert | None:
        """The newest alert of a key, whoever posted it, an open one before any closed one."""
        return self.preferred(alert for alert in self.all if alert.key == key)

    def preferred(self, alerts: Iterable[_Alert]) -> _Alert | None:
        """The newest of these, an open one before any closed one."""
        found = list(alerts)
        return next((alert for alert in reversed(found) if self.is_open(alert)), found[-1] if found else None)

    def open_keys(self, number: int) -> tuple[tuple[str | None, str], ...]:
        """(integration, key) of an incident's open alerts."""
        return tuple((a.integration, a.key) for a in self.all if a.number == number and self.is_open(a))

    @property
    def open_numbers(self) -> tuple[int, ...]:
        """The open incidents, newest first."""
        known = self.stage.incidents
        return tuple(number for number in sorted(known, reverse=True) if known[number].state is not State.RESOLVED)


@dataclass(frozen=True, slots=True)
class Source:
    """What `taking.take` asks of a register, for one sender or one person (integration None)."""

    alerts: Alerts
    name: str
    integration: str | None

    def known(self, dedup_key: str) -> KnownAlert | None:
        mine = (a for a in self.alerts.all if a.key == dedup_key and a.integration == self.integration)
        found = self.alerts.preferred(mine)
        if found is None:
            return None
        incident = self.alerts.stage.incidents[found.number]
        alone = sum(a.number == found.number for a in self.alerts.all) == 1
        return KnownAlert(
            id=self.alerts.all.index(found),
            number=found.number,
            open=self.alerts.is_open(found),
            title=found.title,
            severity=found.severity,
            started_at=found.started_at,
            last_seen_at=found.last_seen_at,
            told=incident.description if alone else None,
            closed_at=found.closed_at or incident.resolved_at,
            closed_by_hand=found.closed_at is None
            and incident.state is State.RESOLVED
            and not (incident.resolved_by or "").startswith(_INTEGRATION),
        )

    def open_incidents(self, group_key: str | None, limit: int) -> Sequence[OpenIncident]:
        found = (self.alerts.stage.incidents[number] for number in self.alerts.open_numbers)
        wanted = [each for each in found if group_key is None or each.group_key == group_key]
        return [
            OpenIncident(
                number=each.number, group_key=each.group_key, last_event_at=self.alerts.last_event_at[each.number]
            )
            for each in wanted[:limit]
        ]

    def open_titles(self, number: int) -> tuple[str, ...]:
        alerts = self.alerts
        return tuple(alert.title for alert in alerts.all if alert.number == number and alerts.is_open(alert))

    def next_number(self) -> int:
        return len(self.alerts.stage.incidents) + 1

    def open(self, incident: Incident, opened: Opened) -> None:
        self.alerts.stage.open(incident, opened.by)

    def add_alert(self, event: Event, number: int, *, joins: bool) -> None:  # noqa: ARG002 - tables count joining ones
        assert event.dedup_key is not None, "a trigger has a key"
        self.alerts.all.append(
            _Alert(
                integration=self.integration,
                key=event.dedup_key,
                number=number,
                title=event.title,
                severity=event.severity,
                started_at=event.started_at,
                last_seen_at=self.alerts.stage.now,
            )
        )
        self.alerts.last_event_at[number] = self.alerts.stage.now

    def repeat(self, alert: KnownAlert, event: Event) -> None:
        kept = self.alerts.all[alert.id]
        kept.title, kept.severity, kept.last_seen_at = event.title, event.severity, self.alerts.stage.now
        self.alerts.last_event_at[alert.number] = self.alerts.stage.now

    def close(self, alert: KnownAlert) -> None:
        self.alerts.all[alert.id].closed_at = self.alerts.stage.now

    def say(self, number: int, entry: Entry) -> None:
        stage = self.alerts.stage
        stage.story.append(Line(stage.now, number, entry))

    def tell(self, number: int, cause: Cause) -> None:
        if self.alerts.stage.incidents[number].state is not State.RESOLVED:
            self.alerts.stage.apply(number, cause)
