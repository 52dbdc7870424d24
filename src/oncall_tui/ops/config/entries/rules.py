"""Rules of routing: what they look for, and what they make of an event."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.kinds import Duration, Matchers, Name, Template, TransformName


class RoutingRuleEntry(Entry):
    """One rule of an integration; the first that matches and does not say continue is the last one asked."""

    name: Name | None = Field(None, description="what events and timelines call it; absent: its place")
    match: Matchers = Field("", description="matchers that all have to hold; absent: every event")
    transform: TransformName | None = Field(None, description="a Python transform that is asked first")
    service: Name | None = Field(None, description="where the event goes")
    severity: Literal["critical", "high", "medium", "low", "info"] | None = None
    urgency: Literal["high", "low"] | None = Field(None, description="fixed, whatever the service says")
    title: Template | None = Field(None, description="a new title; $name stands for a label or a field")
    dedup_key: Template | None = Field(None, description="the alert's key, filled in like title")
    group_key: Template | None = Field(None, description="what the alert is grouped by, filled in like title")
    labels: dict[Name, Template] = Field(default_factory=dict, description="labels to set; an empty one goes away")
    hold_for: Duration | None = Field(None, description="wins over the service's")
    suppress: bool = Field(False, description="the trigger is kept and counted, and opens nothing")
    go_on: bool = Field(False, alias="continue", description="the rules after it are asked too")


class GlobalRuleEntry(RoutingRuleEntry):
    """One rule for all integrations, asked after each one's own."""

    name: Name = Field(description="unique among these rules")
