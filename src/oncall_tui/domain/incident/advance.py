"""`advance`: one incident, the world as it is, one cause, one instant; out come the incident after it and the effects.

The worker calls it with rows and writes the effects in the same transaction; previews and simulations call it with a
virtual clock. There is no second copy of any rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from oncall_tui.domain.incident.acting.acts import act, frozen_policies, retrigger
from oncall_tui.domain.incident.acting.alerts import take_event
from oncall_tui.domain.incident.acting.undoing import UNDO_WITHIN
from oncall_tui.domain.incident.causes import (
    AlertJoined,
    AlertRepeated,
    AlertsResolved,
    Cause,
    Escalate,
    Opened,
    PageResult,
    Reassign,
    SenderAcknowledged,
    Tick,
)
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import Effect
from oncall_tui.domain.incident.moves.deliveries import take_result
from oncall_tui.domain.incident.moves.escalation import looks_again, next_step, recheck, remind, start, start_all
from oncall_tui.domain.incident.moves.quiet import begin_quietly, quiet_is_over
from oncall_tui.domain.incident.moves.reaching import page_due_rules
from oncall_tui.domain.incident.moves.urgency import watch_support_hours
from oncall_tui.domain.incident.state import Incident, Phase, State
from oncall_tui.domain.incident.timers import due_at
from oncall_tui.domain.world import World

MOST_ROUTED = 12
"""Lines of a new timeline that tell what rules did; the event keeps them all."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What one cause led to."""

    incident: Incident
    effects: tuple[Effect, ...]
    next_due_at: datetime | None


def advance(incident: Incident, world: World, cause: Cause, now: datetime) -> Advance:
    """Apply one cause at `now`, and everything that time alone has made due by then.

    Whatever is said at the instant of a timer comes before it: timers due at `now` itself wait for the tick.
    Raises LostRace, Refused, Unknown, Forbidden or Invalid when an act is not possible; nothing has changed then.
    """
    draft = Draft(incident, world, now, ticks=isinstance(cause, Tick))
    match cause:
        case Tick():
            pass
        case Opened():
            _open(draft, cause)
        case AlertJoined() | AlertRepeated() | AlertsResolved() | SenderAcknowledged():
            take_event(draft, cause)
        case PageResult():
            take_result(draft, cause)
        case _:
            act(draft, cause)
    _catch_up(draft)
    return _close(draft, incident, cause)


def _open(draft: Draft, cause: Opened) -> None:
    incident = draft.incident
    service = draft.world.services.get(incident.service)
    policies = draft.world.policies_of(service) if service is not None else ()
    draft.put(runs=frozen_policies(policies))
    draft.say("triggered", f"triggered by {cause.by}", by=cause.by)
    for line in cause.routed[:MOST_ROUTED]:
        draft.say("routed", line)
    if incident.previous is not None:
        draft.say("linked", f"the same key as #{incident.previous}")
    begin_quietly(draft, service, cause.hold_for)
    if not draft.incident.quiet:
        start_all(draft)


def _catch_up(draft: Draft) -> None:
    """Do what is due. What fell due during an outage is done once, from now on, not once for each time missed."""
    watch_support_hours(draft)
    if draft.incident.state is State.RESOLVED:
        return
    if quiet_is_over(draft):
        start_all(draft)
    if draft.has_come(draft.incident.snoozed_until):
        retrigger(draft, "the snooze is over")
    if draft.has_come(draft.incident.ack_ends_at):
        retrigger(draft, "acknowledged, but not resolved in time")
    for index in range(len(draft.incident.runs)):
        _run_catches_up(draft, index)
    page_due_rules(draft)


def _run_catches_up(draft: Draft, index: int) -> None:
    run = draft.incident.runs[index]
    if draft.has_come(run.step_due_at):
        if run.phase is Phase.ASSIGNED:
            draft.say("escalated", f"{', '.join(draft.incident.assignees)} did not answer")
            start(draft, index)
        else:
            next_step(draft, index, f"nobody acknowledged step {run.step} of round {run.round} in time")
        return
    looks = looks_again(draft.incident, index) and run.recheck_at != draft.now
    if (looks or draft.has_come(run.recheck_at)) and recheck(draft, index):
        return
    if draft.has_come(draft.incident.runs[index].remind_at):
        remind(draft, index)


def _close(draft: Draft, before: Incident, cause: Cause) -> Advance:
    after = draft.incident
    if _position(after) != _position(before) or isinstance(cause, Escalate | Reassign):
        draft.put(version=before.version + 1)
    last = after.undo
    if last is not None and not last.version:
        draft.put(undo=replace(last, version=draft.incident.version))
    elif last is not None and draft.now - last.at > UNDO_WITHIN:
        draft.put(undo=None)  # nobody can use it any more
    return Advance(draft.incident, tuple(draft.effects), due_at(draft.incident))


def _position(incident: Incident) -> tuple[object, ...]:
    """What an act's version guards: state, steps and assignees. An exhausted policy is past its last step."""
    steps = tuple((run.step, run.round, run.phase is Phase.EXHAUSTED) for run in incident.runs)
    return incident.state, steps, incident.assignees
