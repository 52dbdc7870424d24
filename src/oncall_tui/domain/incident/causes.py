"""What goes into `advance`: a tick, an event, an act with the version its actor saw, or a delivery result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oncall_tui.domain.severity import Severity

RESOLUTIONS = ("fixed", "cancelled", "false alarm", "duplicate", "merged")


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed, or something that the incident depends on has changed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The incident has just been made. `by` is the integration or the user who opened it.

    `routed` says what rules did with its event; their `hold_for` wins over the service's.
    """

    by: str
    routed: tuple[str, ...] = ()
    hold_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AlertJoined:
    """A new alert became part of the open incident."""

    title: str
    severity: Severity
    by: str
    because: str


@dataclass(frozen=True, slots=True)
class AlertRepeated:
    """An alert of the incident was posted again. A new title is given only when it should replace the incident's.

    `was` is the severity that its sender gave it before.
    """

    severity: Severity
    title: str | None = None
    description: str | None = None
    was: Severity | None = None


@dataclass(frozen=True, slots=True)
class AlertsResolved:
    """The sender closed alerts; `remaining` are still open."""

    titles: tuple[str, ...]
    remaining: int
    by: str


@dataclass(frozen=True, slots=True)
class SenderAcknowledged:
    """The sender says that somebody works on it."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """A person takes it. Taking it over from another acknowledger must be said."""

    by: str
    version: int | None = None
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacknowledge:
    """Nobody works on it after all: it is triggered again."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """A person wants the next step now; needs the exact version seen."""

    by: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """A person says that it is over; `reason` is one of RESOLUTIONS."""

    by: str
    reason: str = "fixed"
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """A person hands it to a user or to a policy; needs the exact version seen."""

    by: str
    version: int
    user: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """A person takes it and wants to be reminded at `until`, a week ahead at most."""

    by: str
    until: datetime
    version: int | None = None
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A person says that it is the same as another incident, which gets its alerts; needs the exact version seen."""

    by: str
    version: int
    into: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb:
    """Another incident is merged into this one."""

    by: str
    number: int
    title: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """A person takes their last act back; needs the exact version that it left.

    `newer` is an incident that was opened with its key since, if there is one.
    """

    by: str
    version: int
    newer: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A person corrects what the incident says; None leaves a field alone, a label of None goes away."""

    by: str
    title: str | None = None
    description: str | None = None
    severity: Severity | None = None
    labels: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A person writes something down, also after the end."""

    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What a provider answered. `final` is False while the outbox goes on trying."""

    seq: int
    user: str | None
    contact: str
    run: int
    step: int
    round: int
    delivered: bool
    final: bool
    answer: str
    took: timedelta
    retry_in: timedelta | None = None


Event = AlertJoined | AlertRepeated | AlertsResolved | SenderAcknowledged
Act = Acknowledge | Unacknowledge | Escalate | Resolve | Reassign | Snooze | Merge | Absorb | Undo | Edit | Note
Cause = Tick | Opened | Event | Act | PageResult
