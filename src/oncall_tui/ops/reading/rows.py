"""Frozen rows that every face shows. Times are UTC instants; nothing here is a live database object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oncall_tui.domain.incident.preview import NextStep
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.ops.reading.incidents.near_rows import EarlierRow, GroupRow, QuietRow


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
class TimelineRow:
    """One thing that happened to an incident: when, what, who, by which way (key, cli, api, engine, a sender)."""

    at: datetime
    kind: str
    by: str | None
    via: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try to hand a page to a provider, with the provider's answer."""

    started_at: datetime
    ended_at: datetime
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One page to one contact. State is pending, bundled, sending, delivered, failed, cancelled or quarantined.

    `digest` is the message it goes out in together with `bundled`, all pages of that message, if it does not go alone.
    `unverified`: nobody has shown yet that the contact reaches its person.
    """

    id: str
    at: datetime
    user: str | None
    contact: str
    step: int
    round: int
    kind: str
    state: str
    attempts: tuple[AttemptRow, ...] = ()
    digest: str | None = None
    bundled: tuple[str, ...] = ()
    unverified: bool = False

    @property
    def marks(self) -> tuple[str, ...]:
        """What else is to be known of it, in words: its digest, and that its contact is not verified."""
        digest = (f"in digest {self.digest} of {len(self.bundled)}",) if self.digest is not None else ()
        return (*digest, *(("not verified",) if self.unverified else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One keyed problem of an incident."""

    key: str | None
    integration: str | None
    title: str
    severity: Severity
    open: bool
    count: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """Something that was done to a service on purpose, as a sender told it; it paged nobody."""

    at: datetime
    summary: str
    source: str
    integration: str | None
    details: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """An incident with its whole story. `changes` are those of its service in the hours before it, newest first.

    `earlier` are earlier occurrences of its key, newest first; `quiet` is the silence that new alerts like it run into.
    """

    incident: IncidentRow
    timeline: tuple[TimelineRow, ...]
    pages: tuple[PageRow, ...]
    alerts: tuple[AlertRow, ...]
    changes: tuple[ChangeRow, ...] = ()
    earlier: tuple[EarlierRow, ...] = ()
    quiet: QuietRow | None = None

    @property
    def still_firing(self) -> tuple[AlertRow, ...]:
        """Of what is over: the alerts that their senders have told of again since."""
        end = self.incident.resolved_at
        if end is None:
            return ()
        return tuple(alert for alert in self.alerts if alert.open or alert.last_seen_at > end)


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
    oldest_unsent_at: datetime | None


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
