"""Escalation policies: steps, targets, fallback."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.kinds import DurationOrOff, Name, SomeDuration, Url, Username


class TargetEntry(Entry):
    """Exactly one of user, schedule, team and url."""

    user: Username | None = Field(None, description="this person")
    schedule: Name | None = Field(None, description="whoever is on call in it")
    team: Name | None = Field(None, description="every member")
    url: Url | None = Field(None, description="a channel: Apprise URL; `***` keeps what is stored")

    @property
    def named(self) -> list[tuple[str, str]]:
        """The keys that are given, with their values; one, if all is well."""
        return [(key, value) for key, value in self if value is not None]


class StepEntry(Entry):
    """Reach the targets, then wait for an acknowledgement."""

    delay: SomeDuration = Field("15m", description="until the next step")
    assign: Literal["all", "round_robin"] = Field("all", description="everybody, or the next one in turn")
    targets: list[TargetEntry] = Field(default_factory=list)


class PolicyEntry(Entry):
    """Whom to reach, in which order."""

    name: Name
    repeat: int = Field(0, ge=0, le=100, description="more rounds after the first")
    remind: DurationOrOff = Field("10m", description="reach the current step again until acknowledged")
    steps: list[StepEntry] = Field(default_factory=list)
    fallback: list[TargetEntry] = Field(default_factory=list, description="when all is exhausted; absent: every admin")
