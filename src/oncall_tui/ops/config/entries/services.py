"""Services, and what reports on them: integrations, heartbeats, maintenance windows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.entries.rules import RoutingRuleEntry
from oncall_tui.ops.config.entries.schedules import WindowEntry
from oncall_tui.ops.config.kinds import (
    Cron,
    Duration,
    DurationOrOff,
    Expression,
    InstantText,
    Key,
    Link,
    Name,
    Runbook,
    SomeDuration,
    Text,
    TurnText,
    Zone,
)

Kind = Literal[
    "generic",
    "alertmanager",
    "pagerduty",
    "opsgenie",
    "victorops",
    "prometheus",
    "oncall",
    "grafana",
    "sns",
    "datadog",
    "sentry",
    "zabbix",
    "uptime-kuma",
    "healthchecks",
    "nagios",
    "icinga",
    "monit",
    "apprise",
]
"""The dialects that senders speak."""


class SupportHoursEntry(Entry):
    """Inside these windows urgency is high, outside it is low."""

    timezone: Zone
    windows: list[WindowEntry]


class ServiceEntry(Entry):
    """Something that can burn."""

    name: Name
    description: Text = ""
    team: Name | None = Field(None, description="who owns it")
    policy: Name | None = Field(None, description="absent: the team's policies")
    grouping: Literal["dedup_key", "labels", "service"] = Field(
        "dedup_key", description="which alerts make one incident"
    )
    group_labels: list[Name] = Field(default_factory=list, description="for grouping: labels")
    group_window: SomeDuration = Field("5m", description="for grouping: labels, rolling")
    urgency: Literal["severity", "high", "low"] = Field("severity", description="by the alert's severity, or fixed")
    support_hours: SupportHoursEntry | None = None
    ack_timeout: DurationOrOff = Field("off", description="an acknowledged incident is triggered again; 30m is advised")
    hold_for: Duration = Field("0s", description="nobody is paged for what resolves in this time")
    runbook: Runbook | None = None
    labels: dict[Name, Text] = Field(default_factory=dict)


Mapped = Literal["title", "description", "key", "action", "severity", "service", "labels", "link", "started_at"]
"""The generic dialect's fields that a mapping may name."""


class OptionsEntry(Entry):
    """What a sender's way in is told beside its key; each kind reads its own."""

    mapping: dict[Mapped, Expression] = Field(
        default_factory=dict, description="generic: where in the payload a field is found, as JMESPath"
    )
    topics: list[Text] = Field(default_factory=list, description="sns: topics whose subscription is confirmed at once")
    certificates_from: list[Link] = Field(
        default_factory=list, description="sns: origins beside AWS's own whose certificates and addresses are believed"
    )


class IntegrationEntry(Entry):
    """A sender's way in."""

    name: Name
    kind: Kind = Field(description="the sender's dialect")
    service: Name = Field(description="receives what comes in")
    key: Key | None = Field(None, description="absent: apply makes one and prints it once")
    secret: Text | None = Field(None, description="what the sender signs its posts with; *** keeps what is stored")
    rules: list[RoutingRuleEntry] = Field(default_factory=list, description="asked in order for each event")
    options: OptionsEntry | None = Field(None, description="what its kind is told beside the key")

    @field_validator("options")
    @classmethod
    def _none_or_some(cls, options: OptionsEntry | None) -> OptionsEntry | None:
        return options if options is not None and options.plain() else None


class HeartbeatEntry(Entry):
    """A sign of life that is expected; either every or cron."""

    name: Name
    service: Name = Field(description="gets an incident when the sign is late")
    every: SomeDuration | None = None
    cron: Cron | None = None
    timezone: Zone | None = Field(None, description="of cron; absent: UTC")
    grace: Duration = Field("0s", description="how late it may be")
    key: Key | None = Field(None, description="absent: apply makes one and prints it once")


class MaintenanceEntry(Entry):
    """A span in which incidents of these services are silent."""

    name: Name
    services: list[Name]
    start: InstantText
    end: InstantText
    every: TurnText | None = Field(None, description="again after this long")
    until: InstantText | None = Field(None, description="the last repetition starts before this")
