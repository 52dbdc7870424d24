"""What a scenario says will happen: frozen values, every time of them an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.severity import Severity


class Deed(StrEnum):
    """What somebody does to an incident that is there."""

    ACKNOWLEDGE = "acknowledge"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    REASSIGN = "reassign"
    SNOOZE = "snooze"


class How(StrEnum):
    """In which way a contact fails."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A sender's alert, or with `by` one that a person opens by hand."""

    at: datetime
    title: str
    severity: Severity
    key: str | None = None
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    started_at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A person does something; without `by` it is the sender's word, which only acknowledges or resolves.

    No `key` means the only open incident. `as_of` is the moment whose state the actor saw; None: this very one.
    """

    at: datetime
    do: Deed
    by: str | None = None
    key: str | None = None
    as_of: datetime | None = None
    take_over: bool = False
    reason: str = "fixed"
    user: str | None = None
    policy: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailDelivery:
    """From now on, up to `until` if there is an end, a user's contact fails: all of them if none is named."""

    at: datetime
    user: str | None
    contact: str | None = None
    how: How = How.PERMANENT
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintain:
    """The service is in maintenance from now on, for a span."""

    at: datetime
    span: timedelta
    by: str | None = None


Happening = Trigger | Act | FailDelivery | Maintain


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens at one service, in the order of the instants, and up to which instant we look."""

    service: str
    happenings: tuple[Happening, ...]
    until: datetime

    @property
    def in_order(self) -> tuple[Happening, ...]:
        """What happens, by instant; what fails from an instant on fails for all that is sent at it."""
        return tuple(sorted(self.happenings, key=lambda each: (each.at, not isinstance(each, FailDelivery))))
