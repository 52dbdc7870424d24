"""Frozen rows that every face shows. Times are UTC instants; nothing here is a live database object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oncall_tui.domain.incident.preview import NextStep
    from oncall_tui.domain.severity import Severity, Urgency
    from oncall_tui.ops.reading.near_rows import GroupRow


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One incident as the queue shows it. `alerts` counts its alerts, `events` all that was posted for it."""

    number: int
    title: str
    state: str
    phase: str
    severity: Severity
    urgency: Urgency
    service: str
    team: str | None
    assignees: tuple[str, ...]
    alerts: int
    events: int
    opened_at: datetime
    version: int
    step: int
    round: int
    steps: int
    description: str = ""
    dedup_key: str | None = None
    integration: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    runbook: str | None = None
    link: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    last_event_at: datetime | None = None
    previous: int | None = None
    next: NextStep | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """A stretch of the queue: rows in order, the cursor to go on from, and how many match in all (None: too many).

    Only the usual order has cursors; `more` says in any that there are others behind these. `groups`: when grouped.
    """

    rows: tuple[IncidentRow, ...]
    next_cursor: str | None
    total: int | None
    more: bool = False
    groups: tuple[GroupRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallRow:
    """Who is on call in one schedule; since and until are unclipped, None beyond a year."""

    schedule: str
    users: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    because: tuple[str, ...]
    next_users: tuple[str, ...] = ()
    broken: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """One worker process and when it last said that it lives.

    `audit` is what its last self-audit could not pass, `ping_failure` why its last dead-man ping did not arrive: empty
    when all was well. `mended`: incidents that its audits mended since it started.
    """

    id: str
    host: str
    pid: int
    version: str
    started_at: datetime
    seen_at: datetime
    engine_looked_at: datetime | None = None
    delivery_looked_at: datetime | None = None
    audited_at: datetime | None = None
    audit: str = ""
    mended: int = 0
    pinged_at: datetime | None = None
    ping_failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The line on top: who is on call, what is open, whether a worker lives, how long since the last event."""

    at: datetime
    on_call: tuple[OnCallRow, ...]
    triggered: Mapping[Severity, int]
    acknowledged: Mapping[Severity, int]
    worker_seen_at: datetime | None
    last_event_at: datetime | None
