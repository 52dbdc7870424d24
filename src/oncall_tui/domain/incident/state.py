"""What the engine knows of one incident, as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.severity import Severity, Urgency


class State(StrEnum):
    """Where an incident stands for the people who work on it."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Phase(StrEnum):
    """Where one policy's run stands."""

    HELD = "held"  # hold_for has not ended: nobody is paged yet
    SILENT = "silent"  # opened in maintenance, which has not ended; a run by itself is held then
    ESCALATING = "escalating"  # a step is current and its delay runs
    ASSIGNED = "assigned"  # reassigned to a person, who has the policy's first delay to answer
    NOTIFIED = "notified"  # low urgency: told once, nothing follows
    WAITING = "waiting"  # the whole policy reaches nobody
    EXHAUSTED = "exhausted"  # every round is over; the fallback is paged
    STOPPED = "stopped"  # acknowledged or resolved


class Sent(StrEnum):
    """What became of a page that was handed to the outbox."""

    OPEN = "open"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    FAILED = "failed"


class Fallback(StrEnum):
    """What became of an exhausted run's fallback."""

    UNREACHED = "unreached"
    PAGED = "paged"
    FAILED = "failed"  # every page of it failed for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One policy at work on one incident. Step and round count from 1; step 0 is before the first.

    `turn` is whose turn it is at a step that goes round; `exhausted_at`, when the last round ended, and
    `fallback`, what became of its fallback then.
    """

    policy: Policy
    phase: Phase
    step: int = 0
    round: int = 1
    step_due_at: datetime | None = None
    remind_at: datetime | None = None
    recheck_at: datetime | None = None
    was_exhausted: bool = False
    turn: str | None = None
    exhausted_at: datetime | None = None
    fallback: Fallback = Fallback.PAGED

    @property
    def due_at(self) -> datetime | None:
        """The earliest instant at which this run has something to do."""
        return earliest(self.step_due_at, self.remind_at, self.recheck_at)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which run a page belongs."""

    run: int
    step: int
    round: int


@dataclass(frozen=True, slots=True)
class Pending:
    """A person's notification rule that waits for its delay; `delay` is None of a contact outside the rules."""

    user: str
    contact: str
    due_at: datetime
    place: Place
    delay: timedelta | None = None


@dataclass(frozen=True, slots=True)
class SentPage:
    """A page of a current step, and what became of it. One that serves several policies stands there for each."""

    seq: int
    user: str | None
    contact: str
    place: Place
    fate: Sent = Sent.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """The last act that can be undone: by whom, when, the version it left, and how everything stood before."""

    act: str
    by: str
    at: datetime
    version: int
    page_seq: int
    state: State
    urgency: Urgency
    runs: tuple[Run, ...]
    assignees: tuple[str, ...]
    pending: tuple[Pending, ...]
    sent: tuple[SentPage, ...]
    hold_until: datetime | None
    silent_until: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    ack_ends_at: datetime | None
    snoozed_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What a human works on: triggered → acknowledged → resolved.

    `version` moves with state, step and assignees only. `page_seq` is the number of pages ever made. `previous` is the
    incident that bore the same key before. `silent_until`: it was opened in maintenance, which ends then. `urgency_at`:
    support hours begin then. `edited` names what a person wrote, which its sender does not overwrite any more.
    `urgency_fixed`: a rule set it, and neither severity nor support hours move it.
    """

    number: int
    service: str
    title: str
    severity: Severity
    urgency: Urgency
    opened_at: datetime
    state: State = State.TRIGGERED
    description: str = ""
    dedup_key: str | None = None
    group_key: str | None = None
    integration: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    previous: int | None = None
    runs: tuple[Run, ...] = ()
    assignees: tuple[str, ...] = ()
    pending: tuple[Pending, ...] = ()
    sent: tuple[SentPage, ...] = ()
    page_seq: int = 0
    version: int = 1
    hold_until: datetime | None = None
    silent_until: datetime | None = None
    urgency_at: datetime | None = None
    urgency_fixed: bool = False
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    ack_ends_at: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    merged_into: int | None = None
    edited: tuple[str, ...] = ()
    undo: Undoable | None = None

    @property
    def quiet(self) -> bool:
        """Whether nobody is paged yet: held back, or opened in maintenance."""
        return self.hold_until is not None or self.silent_until is not None

    @property
    def phase(self) -> Phase:
        """The liveliest phase of all runs: what a human should see first."""
        if self.silent_until is not None and self.state is State.TRIGGERED:
            return Phase.SILENT
        return min((run.phase for run in self.runs), key=_LIVELIEST.index, default=Phase.WAITING)

    @property
    def lead(self) -> Run | None:
        """The run whose step and round stand for the incident: the first."""
        return self.runs[0] if self.runs else None


_LIVELIEST = (
    Phase.ESCALATING,
    Phase.ASSIGNED,
    Phase.EXHAUSTED,
    Phase.WAITING,
    Phase.SILENT,
    Phase.HELD,
    Phase.NOTIFIED,
    Phase.STOPPED,
)


def earliest(*instants: datetime | None) -> datetime | None:
    """The earliest of the instants that are there; None when none is."""
    return min((instant for instant in instants if instant is not None), default=None)
