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

    `kind` is escalate, repeat (next round), exhaust, wait (somebody comes on call), ack_end, snooze_end or hold_end;
    `users` are those who would be paged.
    """

    at: datetime
    kind: str
    users: tuple[str, ...] = ()


def next_step(incident: Incident, world: World) -> NextStep | None:
    """The next change of the escalation; reminders and a person's later rules are none. None: nothing is to come."""
    at = earliest(
        incident.hold_until,
        incident.snoozed_until,
        incident.ack_ends_at,
        *(instant for run in incident.runs for instant in (run.step_due_at, run.recheck_at)),
    )
    if at is None or incident.state is State.RESOLVED:
        return None
    after = advance(incident, world, Tick(), at)
    users = dict.fromkeys(effect.user for effect in after.effects if isinstance(effect, Page) and effect.user)
    if after.incident.assignees != incident.assignees:
        users = dict.fromkeys(after.incident.assignees)
    return NextStep(at=at, kind=_kind(incident, after.incident, at), users=tuple(user for user in users if user))


def _kind(before: Incident, after: Incident, at: datetime) -> str:
    if before.hold_until == at:
        return "hold_end"
    if before.snoozed_until == at:
        return "snooze_end"
    if before.ack_ends_at == at:
        return "ack_end"
    index = next(i for i, run in enumerate(before.runs) if at in (run.step_due_at, run.recheck_at))
    was, will = before.runs[index], after.runs[index]
    if was.phase is Phase.WAITING:
        return "wait"
    if will.phase in (Phase.EXHAUSTED, Phase.WAITING):
        return "exhaust"
    return "repeat" if will.round > was.round else "escalate"
