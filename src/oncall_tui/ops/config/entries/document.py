"""The config file as a whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.entries.people import ChannelEntry, TeamEntry, UserEntry
from oncall_tui.ops.config.entries.policies import PolicyEntry
from oncall_tui.ops.config.entries.rules import GlobalRuleEntry
from oncall_tui.ops.config.entries.schedules import ScheduleEntry
from oncall_tui.ops.config.entries.services import HeartbeatEntry, IntegrationEntry, MaintenanceEntry, ServiceEntry

SECTIONS = ("users", "teams", "schedules", "policies", "services", "integrations", "rules", "heartbeats", "maintenance")
"""The lists of a config file, in the order in which they are written."""


def _no_boolean(value: object) -> object:
    # Python takes True for 1.
    return str(value).lower() if isinstance(value, bool) else value


class Config(Entry):
    """Everything that a config file says. A section that is not there is None: nothing of it is touched."""

    version: Annotated[Literal[1], BeforeValidator(_no_boolean)] = Field(description="of this format; always 1")
    channels: list[ChannelEntry] | None = Field(None, description="templates of URLs; not stored by themselves")
    users: list[UserEntry] | None = None
    teams: list[TeamEntry] | None = None
    schedules: list[ScheduleEntry] | None = None
    policies: list[PolicyEntry] | None = None
    services: list[ServiceEntry] | None = None
    integrations: list[IntegrationEntry] | None = None
    rules: list[GlobalRuleEntry] | None = Field(None, description="routing for all integrations, after their own rules")
    heartbeats: list[HeartbeatEntry] | None = None
    maintenance: list[MaintenanceEntry] | None = None
