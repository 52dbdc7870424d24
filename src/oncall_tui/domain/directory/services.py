"""What is watched: services, and the integrations that report on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from oncall_tui.domain.directory.routing_rules import Rule
from oncall_tui.domain.schedules import Restriction, within
from oncall_tui.domain.schedules.windows import windows_of
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.time.walltime import zone


class Grouping(StrEnum):
    """Which alerts become one incident."""

    DEDUP_KEY = "dedup_key"
    LABELS = "labels"
    SERVICE = "service"


class UrgencyRule(StrEnum):
    """Where a service's urgency comes from: the severity, or fixed."""

    SEVERITY = "severity"
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class SupportHours:
    """Weekly windows, in a zone, inside which urgency is high; outside it is low."""

    timezone: str
    windows: tuple[Restriction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something that can burn, and how its incidents are handled."""

    name: str
    description: str = ""
    team: str | None = None
    policy: str | None = None
    grouping: Grouping = Grouping.DEDUP_KEY
    group_labels: tuple[str, ...] = ()
    group_window: timedelta = timedelta(minutes=5)
    urgency: UrgencyRule = UrgencyRule.SEVERITY
    support_hours: SupportHours | None = None
    ack_timeout: timedelta | None = None
    hold_for: timedelta = timedelta(0)
    runbook: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def support_from(self, at: datetime) -> datetime | None:
        """When support hours begin next after an instant; None without any."""
        if self.support_hours is None:
            return None
        local = zone(self.support_hours.timezone)
        # Windows are weekly; a day more, as the clocks may change in between.
        coming = windows_of(self.support_hours.windows, local)(at, at + timedelta(days=8))
        return min((start for start, _, _ in coming if start > at), default=None)

    def urgency_of(self, severity: Severity, at: datetime) -> Urgency:
        """The urgency of an incident of this severity at this instant (RULES, Incidents: Urgency)."""
        if self.support_hours is not None:
            local = zone(self.support_hours.timezone)
            inside = any(within(window, at, local) for window in self.support_hours.windows)
            return Urgency.HIGH if inside else Urgency.LOW
        if self.urgency is UrgencyRule.SEVERITY:
            return Urgency.LOW if severity in (Severity.LOW, Severity.INFO) else Urgency.HIGH
        return Urgency(self.urgency.value)


@dataclass(frozen=True, slots=True)
class Integration:
    """A sender's way in: its kind names the dialect, its service the default receiver; `options` are its kind's own.

    `rules` are asked in order for each of its events, before those of all integrations.
    """

    name: str
    kind: str
    service: str
    enabled: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
