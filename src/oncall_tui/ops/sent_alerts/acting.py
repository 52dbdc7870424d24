"""What a sender does to an alert of its own, in its integration's name, within the caller's transaction.

Each raises what the engine raises when it refuses, and then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.incident import State
from oncall_tui.domain.incident.acting.acts import SNOOZE_LIMIT
from oncall_tui.domain.incident.causes import (
    AlertRepeated,
    Cause,
    Edit,
    Escalate,
    Note,
    Reassign,
    Snooze,
    Unacknowledge,
)
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.incidents.writing import Kept
from oncall_tui.ops.intake.events import take
from oncall_tui.ops.sent_alerts.reading import SentAlert
from oncall_tui.storage.statements.incident import incidents as incident_rows
from oncall_tui.storage.statements.incident import sent_alerts as rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """The transaction, the world it sees, and the alert that something is to be done to."""

    conn: Connection
    world: World
    alert: SentAlert
    now: datetime

    @property
    def by(self) -> str:
        """The name for the timeline."""
        return f"integration {self.alert.integration}"

    def load(self) -> Kept:
        """The alert's incident, locked."""
        return keeping.load(self.conn, self.alert.number)

    def step(self, kept: Kept, cause: Cause) -> None:
        """Let something happen to it."""
        keeping.step(self.conn, kept, self.world, cause, self.now, via="http")


def report(wanted: Wanted, action: Action, payload: str) -> None:
    """Acknowledge or resolve the alert, as an event of its sender would."""
    event = Event(action=action, dedup_key=wanted.alert.key)
    take(wanted.conn, wanted.world, wanted.alert.integration, [event], wanted.now, payload)


def unacknowledge(wanted: Wanted) -> None:
    """Back to triggered, step 1; of what nobody holds it changes nothing."""
    wanted.step(wanted.load(), Unacknowledge(by=wanted.by))


def snooze(wanted: Wanted, until: datetime) -> datetime:
    """Take it until a time, a week ahead at most; the time it is snoozed until."""
    end = min(until, wanted.now + SNOOZE_LIMIT)
    wanted.step(wanted.load(), Snooze(by=wanted.by, until=end))
    return end


def annotate(wanted: Wanted, text: str) -> None:
    """Write something down on its incident, also after its end."""
    wanted.step(wanted.load(), Note(by=wanted.by, text=text))


def assign(wanted: Wanted, username: str) -> None:
    """Hand its incident to a person, who is paged."""
    kept = wanted.load()
    wanted.step(kept, Reassign(by=wanted.by, version=kept.incident.version, user=username))


def escalate(wanted: Wanted, policy: str | None) -> None:
    """Page the next step now; with a policy that its incident does not run, that one's first."""
    kept = wanted.load()
    version = kept.incident.version
    if policy is None or policy in {run.policy.name for run in kept.incident.runs}:
        wanted.step(kept, Escalate(by=wanted.by, version=version))
    else:
        wanted.step(kept, Reassign(by=wanted.by, version=version, policy=policy))


def reword(
    wanted: Wanted, *, title: str | None = None, description: str | None = None, severity: Severity | None = None
) -> None:
    """Say it in other words, as a repeat would but uncounted. What a person wrote on the incident stays."""
    conn, alert = wanted.conn, wanted.alert
    kept = wanted.load()
    if alert.open and kept.incident.state is not State.RESOLVED:
        alone = len(incident_rows.open_alerts(conn, alert.number)) == 1
        wanted.step(
            kept,
            AlertRepeated(
                severity or alert.severity,
                title=title if alone else None,
                description=description if alone else None,
                was=alert.severity,
            ),
        )
    rows.reword(conn, alert.id, title=title or alert.title, severity=(severity or alert.severity).value)


def relabel(wanted: Wanted, labels: Mapping[str, str | None]) -> None:
    """Give the alert and its incident other labels; None takes one away."""
    wanted.step(wanted.load(), Edit(by=wanted.by, labels=labels))
    kept = {**wanted.alert.labels, **labels}
    rows.relabel(wanted.conn, wanted.alert.id, {name: value for name, value in kept.items() if value is not None})
