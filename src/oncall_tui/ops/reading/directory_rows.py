"""Frozen rows of the directory: people, teams, policies and services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oncall_tui.domain.severity import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """A contact method, its address redacted. `test` is what became of the last test message to it, in words."""

    name: str
    address: str
    enabled: bool
    verified: bool
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_answer: str = ""
    limit: str | None = None
    updates: bool = False
    test: str = ""
    tested_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A notification rule of a user."""

    contact: str
    delay: timedelta
    urgency: Urgency | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user with contacts, rules, teams and the schedules they are on call in now."""

    username: str
    name: str
    role: str
    email: str
    phone: str
    timezone: str
    teams: tuple[str, ...]
    contacts: tuple[ContactRow, ...]
    rules: tuple[RuleRow, ...]
    on_call: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step of a policy: its wait, its targets in words, and who they are right now."""

    delay: timedelta
    assign: str
    targets: tuple[str, ...]
    users_now: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """An escalation policy and the services and teams that use it."""

    name: str
    repeat: int
    remind: timedelta | None
    steps: tuple[StepRow, ...]
    fallback: tuple[str, ...]
    services: tuple[str, ...]
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service: healthy while it has no open incident."""

    name: str
    description: str
    team: str | None
    policies: tuple[str, ...]
    healthy: bool
    open_incidents: int
    integrations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A team: members and policies."""

    name: str
    members: tuple[str, ...]
    policies: tuple[str, ...]
