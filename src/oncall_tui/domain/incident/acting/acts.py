"""What people do to an incident, and when it is refused (RULES, Incidents: Acts)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.directory.policies import DEFAULT_DELAY, Policy
from oncall_tui.domain.errors import Forbidden, Invalid, LostRace, Refused, Unknown
from oncall_tui.domain.incident.acting.editing import edit, note
from oncall_tui.domain.incident.acting.ending import resolve
from oncall_tui.domain.incident.acting.merging import absorb, merge
from oncall_tui.domain.incident.acting.undoing import remember, undo
from oncall_tui.domain.incident.causes import (
    RESOLUTIONS,
    Absorb,
    Acknowledge,
    Act,
    Edit,
    Escalate,
    Merge,
    Note,
    Reassign,
    Resolve,
    Snooze,
    Unacknowledge,
    Undo,
)
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.incident.moves.escalation import next_step, start, start_all
from oncall_tui.domain.incident.moves.reaching import reach_user
from oncall_tui.domain.incident.state import Phase, Place, Run, State
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.time.walltime import format_instant

SNOOZE_LIMIT = timedelta(weeks=1)


def act(draft: Draft, cause: Act) -> None:
    """Carry out what a person asked for, or raise a Refused that says why not."""
    _refuse_viewers(draft, cause.by)
    before = draft.incident
    match cause:
        case Note():
            note(draft, cause)
        case Edit():
            edit(draft, cause)
        case Absorb():
            absorb(draft, cause)
        case Undo():
            undo(draft, cause)
        case _:
            _refuse_resolved(draft)
            _change(draft, cause)
            remember(draft, cause, before)


def _change(draft: Draft, cause: Acknowledge | Unacknowledge | Resolve | Escalate | Reassign | Merge | Snooze) -> None:
    match cause:
        case Acknowledge():
            acknowledge(draft, cause)
        case Unacknowledge():
            unacknowledge(draft, cause)
        case Resolve():
            resolve_by_hand(draft, cause)
        case Escalate():
            escalate(draft, cause)
        case Reassign():
            reassign(draft, cause)
        case Merge():
            _need_version(draft, cause.version)
            merge(draft, cause)
        case Snooze():
            snooze(draft, cause)
        case _:
            assert_never(cause)


def acknowledge(draft: Draft, cause: Acknowledge) -> None:
    """Stop the paging: the acknowledger holds it now."""
    incident = draft.incident
    # One's own is done; a snooze of one's own ends by it.
    own = incident.state is State.ACKNOWLEDGED and incident.acknowledged_by == cause.by
    if own and incident.snoozed_until is None and not cause.take_over:
        return
    _refuse_anothers(draft, cause)
    taken_from = None if own else incident.acknowledged_by
    _hold(draft, cause.by)
    draft.say("acknowledged", f"taken over from {taken_from}" if taken_from else "acknowledged", by=cause.by)
    _arm_ack_timeout(draft)


def unacknowledge(draft: Draft, cause: Unacknowledge) -> None:
    """Back to triggered, step 1; of what nobody holds it changes nothing."""
    if draft.incident.state is State.ACKNOWLEDGED:
        retrigger(draft, "acknowledgement taken back", by=cause.by)


def snooze(draft: Draft, cause: Snooze) -> None:
    """Acknowledge until a time, then back to triggered."""
    if not draft.now < cause.until <= draft.now + SNOOZE_LIMIT:
        raise Invalid("a snooze ends in the future, a week ahead at most", mend="give a span of up to 1w")
    _refuse_anothers(draft, cause)
    assignees = draft.incident.assignees
    _hold(draft, cause.by)
    draft.put(snoozed_until=cause.until)
    if cause.by.startswith("integration "):
        draft.put(assignees=assignees)  # a sender holds nothing
    draft.say("snoozed", f"snoozed until {format_instant(cause.until.replace(microsecond=0))}", by=cause.by)


def sender_acknowledged(draft: Draft, by: str) -> None:
    """The sender says that somebody works on it: paging stops, the assignees stay."""
    if draft.incident.state is not State.TRIGGERED:
        return
    assignees = draft.incident.assignees
    _hold(draft, f"integration {by}")
    draft.put(assignees=assignees)
    draft.say("acknowledged", f"acknowledged by integration {by}", by=by)
    _arm_ack_timeout(draft)


def resolve_by_hand(draft: Draft, cause: Resolve) -> None:
    """It is over, a person says."""
    if cause.reason not in RESOLUTIONS:
        raise Invalid(f"'{cause.reason}' is no reason for resolving", mend=f"one of: {', '.join(RESOLUTIONS)}")
    resolve(draft, cause.by, cause.reason, f"resolved: {cause.reason}")


def escalate(draft: Draft, cause: Escalate) -> None:
    """The next step now, also from acknowledged and during hold_for; low urgency turns high."""
    _need_version(draft, cause.version)
    before = draft.incident
    if before.state is State.ACKNOWLEDGED:
        draft.reopen()
    draft.put(hold_until=None, silent_until=None, urgency=Urgency.HIGH)
    for index, run in enumerate(before.runs):
        _escalate_run(draft, index, run, cause.by)


def _escalate_run(draft: Draft, index: int, run: Run, by: str) -> None:
    if run.step and run.phase in (Phase.ESCALATING, Phase.NOTIFIED, Phase.STOPPED) and not run.was_exhausted:
        next_step(draft, index, f"escalated by hand from step {run.step} of policy {run.policy.name}", by=by)
    else:
        draft.say("escalated", f"escalated by hand: policy {run.policy.name} from step 1", by=by)
        start(draft, index)


def reassign(draft: Draft, cause: Reassign) -> None:
    """Hand it to a person, who is paged now, or to a policy, which begins at step 1."""
    _need_version(draft, cause.version)
    if cause.user is not None:
        _reassign_to_user(draft, cause.by, cause.user)
    elif cause.policy is not None:
        _reassign_to_policy(draft, cause.by, cause.policy)
    else:
        raise Invalid("reassigning needs a user or a policy", mend="name one of the two")


def _reassign_to_user(draft: Draft, by: str, username: str) -> None:
    if username == by:
        acknowledge(draft, Acknowledge(by=by, take_over=True))
        return
    user = draft.world.users.get(username)
    if user is None:
        raise Unknown(f"there is no user '{username}'", mend="see the Users tab or the config file")
    if not user.reachable:
        raise Refused(f"{username} has no enabled contact method", mend="choose somebody who can be paged")
    draft.stop_paging()
    draft.reopen()
    draft.put(assignees=(username,), urgency=Urgency.HIGH, silent_until=None)
    # One run reminds: a person is not reminded once for each policy.
    reminder = next((index for index, run in enumerate(draft.incident.runs) if run.policy.remind is not None), None)
    for index, run in enumerate(draft.incident.runs):
        first = run.policy.steps[0].delay if run.policy.steps else DEFAULT_DELAY
        draft.put_run(
            index,
            phase=Phase.ASSIGNED,
            step=0,
            round=1,
            step_due_at=draft.now + first,
            remind_at=draft.now + run.policy.remind if run.policy.remind is not None and index == reminder else None,
            was_exhausted=False,
        )
    draft.say("reassigned", f"reassigned to {username}", by=by)
    reach_user(draft, username, Place(0, 0, 1), PageKind.ASSIGNED, f"reassigned by {by}")


def _reassign_to_policy(draft: Draft, by: str, name: str) -> None:
    policy = draft.world.policies.get(name)
    if policy is None:
        raise Unknown(f"there is no policy '{name}'", mend="see the Policies tab or the config file")
    draft.stop_paging()
    draft.reopen()
    draft.put(runs=(Run(policy=policy, phase=Phase.STOPPED),), urgency=Urgency.HIGH, silent_until=None)
    draft.say("reassigned", f"reassigned to policy {name}", by=by)
    start_all(draft)


def retrigger(draft: Draft, why: str, *, by: str | None = None) -> None:
    """The acknowledgement or the snooze has run out, or was taken back: triggered again, step 1, round 1."""
    draft.reopen()
    draft.say("unacknowledged", why, by=by)
    if draft.incident.silent_until is None:
        start_all(draft)
    else:
        draft.hold_runs()


def frozen_policies(policies: tuple[Policy, ...]) -> tuple[Run, ...]:
    """A run for each policy, frozen as it stands; without any, one that reaches nobody and waits."""
    return tuple(Run(policy=policy, phase=Phase.HELD) for policy in policies or (Policy("none"),))


def _hold(draft: Draft, by: str) -> None:
    draft.stop_paging()
    draft.put(
        state=State.ACKNOWLEDGED,
        assignees=(by,),
        acknowledged_at=draft.now,
        acknowledged_by=by,
        ack_ends_at=None,
        snoozed_until=None,
    )


def _arm_ack_timeout(draft: Draft) -> None:
    service = draft.world.services.get(draft.incident.service)
    if service is not None and service.ack_timeout is not None:
        draft.put(ack_ends_at=draft.now + service.ack_timeout)


def _refuse_viewers(draft: Draft, by: str) -> None:
    user = draft.world.users.get(by)
    if user is not None and user.role is Role.VIEWER:
        raise Forbidden(f"{by} may look but not act", mend="ask an admin for the role responder")


def _refuse_anothers(draft: Draft, cause: Acknowledge | Snooze) -> None:
    incident = draft.incident
    if incident.state is State.ACKNOWLEDGED and incident.acknowledged_by != cause.by and not cause.take_over:
        raise LostRace(
            f"#{incident.number} was already acknowledged by {incident.acknowledged_by}{_at(incident.acknowledged_at)}",
            mend="take it over if you mean to",
        )


def _refuse_resolved(draft: Draft) -> None:
    incident = draft.incident
    if incident.state is State.RESOLVED:
        raise LostRace(
            f"#{incident.number} was already resolved by {incident.resolved_by}{_at(incident.resolved_at)}",
            mend="nothing is left to do",
        )


def _need_version(draft: Draft, version: int) -> None:
    incident = draft.incident
    if version != incident.version:
        holder = (
            f"{incident.state}, step {incident.lead.step if incident.lead else 0}, with {_names(incident.assignees)}"
        )
        raise LostRace(
            f"#{incident.number} has changed since you looked: it is {holder} now", mend="look again, then repeat it"
        )


def _names(usernames: tuple[str, ...]) -> str:
    return ", ".join(usernames) or "nobody"


def _at(instant: datetime | None) -> str:
    return f" at {format_instant(instant.replace(microsecond=0))}" if instant is not None else ""
