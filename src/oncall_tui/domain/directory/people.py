"""Who can be reached: users, their contact methods and notification rules, and teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from oncall_tui.domain.severity import Urgency


class Role(StrEnum):
    """What a user may do: admins change everything, responders act, viewers look."""

    ADMIN = "admin"
    RESPONDER = "responder"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class ContactMethod:
    """One way to reach a person. The address itself is a secret and stays in storage."""

    name: str
    enabled: bool = True
    verified: bool = True


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """Use `contact` when `delay` has passed since the person was reached; no urgency means both."""

    contact: str
    delay: timedelta = timedelta(0)
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person known by username. `holidays` is the country, or part of one, whose public holidays they have."""

    username: str
    name: str = ""
    role: Role = Role.RESPONDER
    timezone: str = "UTC"
    contacts: tuple[ContactMethod, ...] = ()
    rules: tuple[NotificationRule, ...] = ()
    holidays: str | None = None

    @property
    def reachable(self) -> bool:
        """Whether at least one contact method is enabled."""
        return any(contact.enabled for contact in self.contacts)

    def plan(self, urgency: Urgency) -> tuple[NotificationRule, ...]:
        """The rules to run at this urgency, by delay; without any, all enabled contacts at once."""
        enabled = {contact.name for contact in self.contacts if contact.enabled}
        wanted = [rule for rule in self.rules if rule.urgency in (None, urgency) and rule.contact in enabled]
        if not wanted:
            return tuple(NotificationRule(contact.name) for contact in self.contacts if contact.enabled)
        return tuple(sorted(wanted, key=lambda rule: rule.delay))


@dataclass(frozen=True, slots=True)
class Team:
    """People who own services together, with the policies that page them."""

    name: str
    members: tuple[str, ...] = ()
    policies: tuple[str, ...] = field(default=())
