"""The directory as one value: what `advance`, the previews and the calendar look people up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oncall_tui.domain.directory.maintenance import MaintenanceWindow, silent_until
from oncall_tui.domain.directory.people import Role, Team, User
from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.directory.routing_rules import Rule
from oncall_tui.domain.directory.services import Integration, Service
from oncall_tui.domain.directory.turns import StepKey, Turn
from oncall_tui.domain.matching.silences import Silence
from oncall_tui.domain.notices import ScheduleNotices
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, users_on_call


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Users, teams, schedules, policies, services, integrations and maintenance by name, at one revision.

    `turns` are those of the round robin steps that are looked at, as they stand at this instant. `rules`
    route the events of all integrations, after each one's own; `silences` are those that are not over.
    """

    users: Mapping[str, User] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    integrations: Mapping[str, Integration] = field(default_factory=dict)
    maintenance: Mapping[str, MaintenanceWindow] = field(default_factory=dict)
    turns: Mapping[StepKey, Turn] = field(default_factory=dict)
    notices: Mapping[str, ScheduleNotices] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    silences: tuple[Silence, ...] = ()
    revision: int = 0

    def policies_of(self, service: Service) -> tuple[Policy, ...]:
        """The policies that page for this service: its own, else all of its team's, side by side."""
        if service.policy is not None:
            return tuple(self.policies[name] for name in (service.policy,) if name in self.policies)
        team = self.teams.get(service.team) if service.team else None
        return tuple(self.policies[name] for name in (team.policies if team else ()) if name in self.policies)

    def on_call(self, schedule: str, at: datetime) -> tuple[str, ...] | None:
        """The users on call in this schedule at this instant; None when it is gone or broken."""
        known = self.schedules.get(schedule)
        if known is None:
            return None
        try:
            return users_on_call(known, at)
        except BrokenSchedule:
            return None

    def silent_until(self, service: str, at: datetime) -> datetime | None:
        """When the maintenance that a service is in at an instant ends; None when it is in none."""
        return silent_until(self.maintenance.values(), service, at) if self.maintenance else None

    @property
    def admins(self) -> tuple[str, ...]:
        """Every admin's username, sorted."""
        return tuple(sorted(user.username for user in self.users.values() if user.role is Role.ADMIN))
