"""What comes next for an incident if nobody acts, by the very function that will do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oncall_tui.domain.incident.advance import advance
from oncall_tui.domain.incident.causes import Tick
from oncall_tui.domain.incident.effects import Page
from oncall_tui.domain.incident.state import Incident, Phase, State, earliest
from oncall_tui.domain.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What the engine does next with an incident if nobody acts, and when.

    `kind` is escalate, repeat (next round), exhaust, wait (somebody comes on call), ack_end, snooze_end, hold_end,
    maintenance_end or support_hours (low urgency turns high); `users` are those who would be paged, without any the
    channels.
    """

    at: datetime
    kind: str
    users: tuple[str, ...] = ()


def next_step(incident: Incident, world: World) -> NextStep | None:
    """The next change of the escalation; reminders and a person's later rules are none. None: nothing is to come."""
    at = earliest(
        _quiet_until(incident),
        incident.snoozed_until,
        incident.ack_ends_at,
        None if incident.quiet else incident.urgency_at,
        *(instant for run in incident.runs for instant in (run.step_due_at, run.recheck_at)),
    )
    if at is None or incident.state is State.RESOLVED:
        return None
    after = advance(incident, world, Tick(), at)
    pages = [effect for effect in after.effects if isinstance(effect, Page)]
    users = dict.fromkeys(page.user for page in pages if page.user)
    if after.incident.assignees != incident.assignees:
        users = dict.fromkeys(after.incident.assignees)
    reached = users or dict.fromkeys(page.contact for page in pages)
    return NextStep(at=at, kind=_kind(incident, after.incident, at), users=tuple(reached))


def _quiet_until(incident: Incident) -> datetime | None:
    """When both the hold and the maintenance of a triggered incident are over."""
    if incident.state is not State.TRIGGERED:
        return None
    return max((end for end in (incident.hold_until, incident.silent_until) if end is not None), default=None)


def _kind(before: Incident, after: Incident, at: datetime) -> str:
    ends = (
        ("maintenance_end" if before.silent_until == at else "hold_end", _quiet_until(before)),
        ("snooze_end", before.snoozed_until),
        ("ack_end", before.ack_ends_at),
        ("support_hours", before.urgency_at),
    )
    for kind, end in ends:
        if end == at:
            return kind
    index = next(i for i, run in enumerate(before.runs) if at in (run.step_due_at, run.recheck_at))
    was, will = before.runs[index], after.runs[index]
    if was.phase is Phase.WAITING:
        return "wait"
    if will.phase in (Phase.EXHAUSTED, Phase.WAITING):
        return "exhaust"
    return "repeat" if will.round > was.round else "escalate"
