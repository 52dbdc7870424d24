"""Frozen rows of one incident's story: loaded with the first story that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oncall_tui.domain.severity import Severity
    from oncall_tui.ops.reading.near_rows import EarlierRow, QuietRow
    from oncall_tui.ops.reading.rows import IncidentRow


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
