"""Who is on call at an instant, read off the directory alone: the same for a database and for a config file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from oncall_tui.domain.directory.policies import Policy, Step, TargetKind
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.incident.moves.reaching import audience
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, on_call, resolve, stretch
from oncall_tui.domain.world import World
from oncall_tui.ops.reading.rows import OnCallRow

if TYPE_CHECKING:
    from oncall_tui.ops.reading.directory_rows import StepRow


@dataclass(frozen=True, slots=True)
class PolicySteps:
    """A policy's steps and whom each would reach now."""

    policy: str
    steps: tuple[StepRow, ...]


def on_call_rows(
    world: World, at: datetime, *, schedule: str | None = None, service: str | None = None, team: str | None = None
) -> tuple[OnCallRow, ...]:
    """A row for each schedule, by name: all of them, or the one named, or those that page for a service or a team.

    Raises Unknown. A broken schedule has a row that says so.
    """
    names = set(world.schedules)
    if schedule is not None:
        names &= {schedule_named(world, schedule).name}
    if service is not None:
        names &= _schedules_of(world.policies_of(service_named(world, service)))
    if team is not None:
        names &= _schedules_of(policies_of_team(world, team))
    return tuple(on_call_row(world.schedules[name], at) for name in sorted(names))


def on_call_row(schedule: Schedule, at: datetime) -> OnCallRow:
    """Who is on call at an instant, and since and until when exactly these are: a gap is a stretch of nobody."""
    try:
        now = on_call(schedule, at)
        around = stretch(schedule, at)
        because = tuple(dict.fromkeys(because for person in now for because in person.because))
        return OnCallRow(
            schedule=schedule.name,
            users=tuple(person.user for person in now),
            since=around.since,
            until=around.until,
            because=because if now else _because_of_nobody(schedule, at),
        )
    except BrokenSchedule as error:
        return OnCallRow(schedule=schedule.name, users=(), since=None, until=None, because=(), broken=error.sentence)


def steps_now(world: World, service: str, at: datetime) -> tuple[PolicySteps, ...]:
    """Every step of the policies that page for a service, and whom it would reach at this instant. Raises Unknown."""
    return tuple(
        PolicySteps(policy.name, tuple(_step_row(step, policy, world, at) for step in policy.steps))
        for policy in world.policies_of(service_named(world, service))
    )


def schedule_named(world: World, name: str) -> Schedule:
    """The schedule of this name. Raises Unknown, telling which there are."""
    if name in world.schedules:
        return world.schedules[name]
    raise _unknown("schedule", name, world.schedules)


def service_named(world: World, name: str) -> Service:
    """The service of this name. Raises Unknown, telling which there are."""
    if name in world.services:
        return world.services[name]
    raise _unknown("service", name, world.services)


def policies_of_team(world: World, name: str) -> tuple[Policy, ...]:
    """The policies of a team and of its services. Raises Unknown, telling which teams there are."""
    if name not in world.teams:
        raise _unknown("team", name, world.teams)
    own = [each.policy for each in world.services.values() if each.team == name and each.policy is not None]
    names = dict.fromkeys([*world.teams[name].policies, *own])
    return tuple(world.policies[policy] for policy in names if policy in world.policies)


def _schedules_of(policies: tuple[Policy, ...]) -> set[str]:
    targets = [target for policy in policies for step in policy.steps for target in step.targets]
    targets += [target for policy in policies for target in policy.fallback]
    return {target.name for target in targets if target.kind is TargetKind.SCHEDULE}


def _because_of_nobody(schedule: Schedule, at: datetime) -> tuple[str, ...]:
    gaps = resolve(schedule, at, at + timedelta(microseconds=1)).gaps
    return ("a planned gap",) if any(gap.planned for gap in gaps) else ()


def _step_row(step: Step, policy: Policy, world: World, at: datetime) -> StepRow:
    from oncall_tui.ops.reading.directory_rows import StepRow

    return StepRow(
        delay=step.delay,
        assign=step.assign.value,
        targets=tuple(str(target) for target in step.targets),
        users_now=tuple(audience(step.targets, policy, world, at).users),
    )


def _unknown(kind: str, name: str, known: Iterable[str]) -> Unknown:
    there = ", ".join(sorted(known)) or "none yet"
    return Unknown(f"there is no {kind} '{name}'", mend=f"there is: {there}", path=kind)
