"""The walk through a policy: steps, rounds, passing over, exhausted, waiting, reminders (RULES, Escalation)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from oncall_tui.domain.directory.policies import Assign, Policy, Step, Target, TargetKind
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.incident.moves.reaching import Audience, audience, fallback_of, reach
from oncall_tui.domain.incident.state import Fallback, Incident, Phase, Place, Run, Sent, earliest
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, next_change_at, next_on_call_at, users_on_call
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.world import World

_JUST_BEFORE = timedelta(microseconds=1)
_NO_RUN = -1  # of pages whose step is over: they count for no step any more


def start_all(draft: Draft) -> None:
    """Every run from step 1, round 1, afresh."""
    draft.put(assignees=())
    for index in range(len(draft.incident.runs)):
        start(draft, index)


def start(draft: Draft, index: int) -> None:
    """One run from step 1, round 1; when the whole policy reaches nobody, it waits."""
    run = draft.put_run(index, step=0, round=1, recheck_at=None, was_exhausted=False)
    if not _enter_first(draft, index, _first_round(run.policy), PageKind.FIRST):
        _wait(draft, index)


def next_step(draft: Draft, index: int, why: str, *, by: str | None = None) -> None:
    """One run to its next step that reaches somebody, over the round's end if rounds are left, else exhausted."""
    run = draft.incident.runs[index]
    draft.say("escalated", why, by=by)
    if not _enter_first(draft, index, _after(run), PageKind.FIRST):
        _exhaust(draft, index)


def remind(draft: Draft, index: int) -> None:
    """Reach the current step again, its targets resolved anew."""
    run = draft.incident.runs[index]
    draft.put_run(index, remind_at=_next_reminder(draft, run.policy))
    match run.phase:
        case Phase.EXHAUSTED:
            people = audience(fallback_of(run.policy, draft.world), run.policy, draft.world, draft.now)
            because = "still exhausted, nobody acknowledged"
        case Phase.ASSIGNED:
            targets = [Target(TargetKind.USER, name) for name in draft.incident.assignees]
            people = audience(targets, run.policy, draft.world, draft.now)
            because = "still not acknowledged"
        case _:
            people = _on_step(draft, index)
            because = f"step {run.step}, still not acknowledged"
            _assign(draft, index, people)
    if run.phase is Phase.EXHAUSTED:
        if not people:
            return  # said when it was exhausted; saying it again every few minutes tells nothing
        draft.put_run(index, fallback=Fallback.PAGED)
    names = ", ".join(people.users) or ", ".join(str(channel) for channel in people.channels)
    draft.say("reminded", f"nobody acknowledged: reminding {names}" if people else _nobody(people))
    reach(draft, people, Place(index, run.step, run.round), PageKind.REMINDER, because)


def looks_again(incident: Incident, index: int) -> bool:
    """Whether a run looks again at every cause: it has reached nobody, and what helps may have no time of its own."""
    run = incident.runs[index]
    return run.phase is Phase.WAITING or (run.phase is Phase.EXHAUSTED and run.fallback is not Fallback.PAGED)


def recheck(draft: Draft, index: int) -> bool:
    """Look again for somebody who can be reached; whether a step, or an exhausted policy's fallback, pages now."""
    run = draft.incident.runs[index]
    policy = run.policy
    unreached = run.phase is Phase.EXHAUSTED and run.fallback is Fallback.UNREACHED
    if unreached and _reach_fallback(draft, index):
        draft.put_run(index, recheck_at=None, remind_at=_next_reminder(draft, policy))
        return True
    steps = _first_round(policy) if run.phase is Phase.WAITING else _newly_manned(run, draft)
    if _enter_first(draft, index, steps, PageKind.FIRST, quiet=True):
        return True
    draft.put_run(index, recheck_at=_next_chance(policy, draft.world, draft.now))
    return False


def _step(run: Run) -> Step:
    return run.policy.steps[run.step - 1]


def _first_round(policy: Policy) -> Iterator[tuple[int, int]]:
    return ((1, number) for number in range(1, len(policy.steps) + 1))


def _newly_manned(run: Run, draft: Draft) -> Iterator[tuple[int, int]]:
    """The steps with a schedule in which somebody has come on call: an exhausted policy has tried all the others.

    They came with the change that was waited for, or with one of the schedule since the last round ended.
    """
    handoff = run.recheck_at - _JUST_BEFORE if run.recheck_at is not None and draft.has_come(run.recheck_at) else None
    befores = [before for before in (run.exhausted_at, handoff) if before is not None]
    for round_, number in _first_round(run.policy):
        for target in run.policy.steps[number - 1].targets:
            schedule = draft.world.schedules.get(target.name) if target.kind is TargetKind.SCHEDULE else None
            if schedule is not None and any(_somebody_came(schedule, before, draft.now) for before in befores):
                yield round_, number
                break


def _somebody_came(schedule: Schedule, before: datetime, now: datetime) -> bool:
    try:
        return not set(users_on_call(schedule, now)) <= set(users_on_call(schedule, before))
    except BrokenSchedule:
        return False


def _after(run: Run) -> Iterator[tuple[int, int]]:
    """(round, step) after the current one. One more round is enough: who is reachable does not change in an instant."""
    for number in range(run.step + 1, len(run.policy.steps) + 1):
        yield run.round, number
    if run.round < run.policy.rounds:
        for number in range(1, len(run.policy.steps) + 1):
            yield run.round + 1, number


def _enter_first(
    draft: Draft, index: int, positions: Iterator[tuple[int, int]], kind: PageKind, *, quiet: bool = False
) -> bool:
    """Make the first position that reaches somebody the current one; say what was passed over and why."""
    for round_, number in positions:
        policy = draft.incident.runs[index].policy
        people = audience(policy.steps[number - 1].targets, policy, draft.world, draft.now)
        if people:
            _enter(draft, index, (round_, number), _in_turn(draft, policy, number, people), kind)
            return True
        if not quiet:
            draft.say("passed_over", f"step {number} passed over: {_nobody(people)}")
    return False


def _in_turn(draft: Draft, policy: Policy, number: int, people: Audience) -> Audience:
    """Of a step's people those whom it reaches: everybody, or the next one in turn. Channels take no turns."""
    if policy.steps[number - 1].assign is Assign.ALL or not people.users:
        return people
    return people.only(draft.take_turn(policy.name, number, people.users))


def _on_step(draft: Draft, index: int) -> Audience:
    """Who is on the current step now. Whose turn it was keeps it, unless they can't be reached there any more."""
    run = draft.incident.runs[index]
    people = audience(_step(run).targets, run.policy, draft.world, draft.now)
    if run.turn in people.users:
        return people.only(run.turn)
    people = _in_turn(draft, run.policy, run.step, people)
    draft.put_run(index, turn=_holder(run.policy, run.step, people))
    return people


def _holder(policy: Policy, number: int, people: Audience) -> str | None:
    goes_round = policy.steps[number - 1].assign is Assign.ROUND_ROBIN
    return next(iter(people.users), None) if goes_round else None


def _enter(draft: Draft, index: int, position: tuple[int, int], people: Audience, kind: PageKind) -> None:
    round_, number = position
    policy = draft.incident.runs[index].policy
    low = draft.incident.urgency is Urgency.LOW
    draft.put_run(
        index,
        turn=_holder(policy, number, people),
        was_exhausted=False,
        phase=Phase.NOTIFIED if low else Phase.ESCALATING,
        step=number,
        round=round_,
        step_due_at=None if low else draft.now + policy.steps[number - 1].delay,
        remind_at=_next_reminder(draft, policy),
        recheck_at=None,
    )
    _leave_step(draft, index)
    _assign(draft, index, people)
    for reason in people.nowhere:
        draft.say("skipped", reason)
    reach(draft, people, Place(index, number, round_), kind, f"step {number}")


def _leave_step(draft: Draft, index: int) -> None:
    """Forget a run's pages, but for those without a final answer: whether they failed before is still to be known."""
    kept = []
    for page in draft.incident.sent:
        if page.place.run not in (index, _NO_RUN):
            kept.append(page)
        elif page.fate in (Sent.OPEN, Sent.RETRYING):
            kept.append(replace(page, place=replace(page.place, run=_NO_RUN)))
    draft.put(sent=tuple(kept))


def _assign(draft: Draft, index: int, people: Audience) -> None:
    """The assignees are the people of every run's current step."""
    if len(draft.incident.runs) == 1:
        if people.users:
            draft.put(assignees=tuple(people.users))
        return
    others: dict[str, None] = {}
    for other, run in enumerate(draft.incident.runs):
        if other == index:
            others.update(dict.fromkeys(people.users))
        elif run.step and run.phase in (Phase.ESCALATING, Phase.NOTIFIED):
            others.update(dict.fromkeys(_on_step(draft, other).users))
    if others:
        draft.put(assignees=tuple(others))


def _exhaust(draft: Draft, index: int) -> None:
    """Every round is over: page the fallback; when it reaches nobody, look again whenever somebody comes on call."""
    _leave_step(draft, index)
    run = draft.incident.runs[index]
    draft.put_run(
        index,
        phase=Phase.EXHAUSTED,
        was_exhausted=True,
        step_due_at=None,
        remind_at=_next_reminder(draft, run.policy),
        recheck_at=None,
        exhausted_at=draft.now,
    )
    if not _reach_fallback(draft, index):
        chance = _next_chance(run.policy, draft.world, draft.now)
        draft.put_run(index, recheck_at=chance, fallback=Fallback.UNREACHED)
        draft.say("exhausted", f"policy {run.policy.name} is exhausted and its fallback reaches nobody")


def _reach_fallback(draft: Draft, index: int) -> bool:
    """Page an exhausted policy's last resort; whether it reaches anybody."""
    run = draft.incident.runs[index]
    people = audience(fallback_of(run.policy, draft.world), run.policy, draft.world, draft.now)
    if people:
        draft.put_run(index, fallback=Fallback.PAGED)
        draft.say("exhausted", f"policy {run.policy.name} is exhausted: paging its fallback")
        reach(draft, people, Place(index, run.step, run.round), PageKind.FALLBACK, "policy exhausted")
    return bool(people)


def fallback_failed(draft: Draft, index: int) -> None:
    """Every page of an exhausted policy's fallback failed for good: whoever comes on call next is paged."""
    run = draft.incident.runs[index]
    chance = _next_chance(run.policy, draft.world, draft.now)
    draft.put_run(index, recheck_at=chance, fallback=Fallback.FAILED)
    draft.say("exhausted", f"policy {run.policy.name} is exhausted and every page of its fallback failed for good")


def _wait(draft: Draft, index: int) -> None:
    run = draft.incident.runs[index]
    chance = _next_chance(run.policy, draft.world, draft.now)
    draft.put_run(index, phase=Phase.WAITING, step_due_at=None, remind_at=None, recheck_at=chance)
    named = (
        f"policy {run.policy.name} reaches" if run.policy.steps else f"policy {run.policy.name} has no steps: reaches"
    )
    draft.say("waiting", f"{named} nobody: waiting for somebody to come on call")
    if run.policy.fallback:
        people = audience(run.policy.fallback, run.policy, draft.world, draft.now)
        reach(draft, people, Place(index, run.step, run.round), PageKind.FALLBACK, "nobody else can be reached")
        for reason in people.nowhere:
            draft.say("skipped", reason)


def _next_chance(policy: Policy, world: World, now: datetime) -> datetime | None:
    """The next instant at which a schedule of the policy may lead to somebody; None when none will in its horizon."""
    chances = []
    for step in policy.steps:
        for target in step.targets:
            schedule = world.schedules.get(target.name) if target.kind is TargetKind.SCHEDULE else None
            if schedule is None:
                continue
            try:
                # Somebody on call who can't be reached is no end of the wait: the next change may bring another.
                chance = next_change_at if users_on_call(schedule, now) else next_on_call_at
                chances.append(chance(schedule, now))
            except BrokenSchedule:
                continue
    return earliest(*chances)


def _next_reminder(draft: Draft, policy: Policy) -> datetime | None:
    """When the run reminds next; low urgency is not reminded."""
    if policy.remind is None or draft.incident.urgency is Urgency.LOW:
        return None
    return draft.now + policy.remind


def _nobody(people: Audience) -> str:
    return "; ".join(people.nowhere) or "it has no targets"
