"""Everything that would keep a page from somebody in the coming time, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from oncall_tui.domain.checking.findings import Finding, Span, common
from oncall_tui.domain.checking.reach import Reach, Rotas, reach_of, rotas_of
from oncall_tui.domain.directory.people import User
from oncall_tui.domain.directory.policies import Policy, TargetKind
from oncall_tui.domain.schedules import Schedule, problems, resolve
from oncall_tui.domain.schedules.clashes import Leave, double_bookings, leave_clashes
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.world import World


@dataclass(frozen=True, slots=True)
class ServiceReach:
    """When an incident of this service and urgency would reach nobody."""

    service: str
    urgency: Urgency
    nobody: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What was found in [start, end)."""

    start: datetime
    end: datetime
    findings: tuple[Finding, ...]
    services: tuple[ServiceReach, ...]

    @property
    def fine(self) -> bool:
        """Whether nothing is to be mended."""
        return not any(finding.problem for finding in self.findings)


def examine(world: World, leave: Iterable[Leave], start: datetime, end: datetime) -> Checkup:
    """Look at everything in [start, end): services, policies, schedules, people."""
    rotas = rotas_of(world.schedules.values(), start, end)
    policies = sorted(world.policies.values(), key=lambda policy: policy.name)
    reaches = {policy.name: reach_of(policy, world, rotas, start, end) for policy in policies}
    everything = (Span(start, end),)
    findings = (
        *_services(world),
        *(found for policy in policies for found in _policy(policy, reaches[policy.name], world, everything)),
        *(found for name in sorted(world.schedules) for found in _schedule(world.schedules[name], rotas, start, end)),
        *_clashes(world, leave, start, end),
        *_people(world, rotas),
    )
    return Checkup(
        start=start,
        end=end,
        findings=tuple(sorted(findings, key=lambda found: not found.problem)),
        services=tuple(_service_reaches(world, reaches, everything)),
    )


def _service_reaches(
    world: World, reaches: Mapping[str, Reach], everything: tuple[Span, ...]
) -> Iterator[ServiceReach]:
    """A service is reached while one of its policies is. Low urgency reaches the same people, once."""
    for name in sorted(world.services):
        nobody = everything
        for policy in world.policies_of(world.services[name]):
            nobody = common(nobody, reaches[policy.name].nobody)
        for urgency in Urgency:
            yield ServiceReach(name, urgency, nobody)


def _services(world: World) -> Iterator[Finding]:
    for name, service in sorted(world.services.items()):
        if not world.policies_of(service):
            yield Finding(
                kind="no_policy",
                subject=f"service {name}",
                sentence="has no policy: its incidents page nobody",
                mend="give it a policy, or its team one",
            )


def _policy(policy: Policy, reach: Reach, world: World, everything: tuple[Span, ...]) -> Iterator[Finding]:
    subject = f"policy {policy.name}"
    used = sorted(name for name, service in world.services.items() if policy in world.policies_of(service))
    by = f" (used by {', '.join(used)})" if used else ""
    if reach.nobody:
        yield Finding(
            kind="reaches_nobody",
            subject=subject,
            sentence=f"reaches nobody, by its steps or its fallback{by}",
            mend="add a target that is always there, or a fallback; or cover the gap in its schedules",
            spans=reach.nobody,
        )
    if reach.by_fallback_alone:
        yield Finding(
            kind="fallback_alone",
            subject=subject,
            sentence=f"reaches its fallback alone{by}",
            mend="cover the gap in its schedules, unless it is meant so",
            spans=reach.by_fallback_alone,
            problem=False,
        )
    if len(reach.steps) < 2:
        return
    for number, spans in enumerate(reach.steps, 1):
        if not spans:
            continue
        always = spans == everything
        yield Finding(
            kind="step_reaches_nobody",
            subject=f"{subject}, step {number}",
            sentence="never reaches anybody: it is passed over" if always else "reaches nobody: it is passed over",
            mend="give it a target that can be reached, or take the step away",
            spans=spans,
            problem=always,
        )


def _schedule(schedule: Schedule, rotas: Rotas, start: datetime, end: datetime) -> Iterator[Finding]:
    subject = f"schedule {schedule.name}"
    if schedule.name not in rotas:
        reasons = "; ".join(one.sentence for one in problems(schedule)) or "it can't be read"
        yield Finding(
            kind="broken_schedule",
            subject=subject,
            sentence=f"is broken, and the fallback is paged in its place: {reasons}",
            mend="correct the schedule",
        )
        return
    gaps = resolve(schedule, start, end).gaps
    for planned in (False, True):
        spans = tuple(Span(gap.start, gap.end) for gap in gaps if gap.planned is planned)
        if spans:
            yield Finding(
                kind="declared_gap" if planned else "gap",
                subject=subject,
                sentence="has nobody on call, as an empty slot declares" if planned else "has nobody on call",
                mend="nothing, if it is meant" if planned else "add a layer or an override, or declare the gap by null",
                spans=spans,
                problem=not planned,
            )


def _clashes(world: World, leave: Iterable[Leave], start: datetime, end: datetime) -> Iterator[Finding]:
    schedules = world.schedules.values()
    twice: dict[tuple[str, tuple[str, ...]], list[Span]] = {}
    for booking in double_bookings(schedules, start, end):
        twice.setdefault((booking.user, booking.schedules), []).append(Span(booking.start, booking.end))
    for (user, names), spans in twice.items():
        yield Finding(
            kind="double_booking",
            subject=f"user {user}",
            sentence=f"is on call in {' and '.join(names)} at once",
            mend="let somebody else take over in one of them",
            spans=tuple(spans),
        )
    away: dict[tuple[str, str, str], list[Span]] = {}
    for clash in leave_clashes(schedules, leave, start, end):
        away.setdefault((clash.user, clash.schedule, clash.what), []).append(Span(clash.start, clash.end))
    for (user, name, why), spans in away.items():
        yield Finding(
            kind="leave_clash",
            subject=f"user {user}",
            sentence=f"is on call in {name} while {why}",
            mend=f"add an override that replaces {user}",
            spans=tuple(spans),
        )


def _people(world: World, rotas: Rotas) -> Iterator[Finding]:
    """Everybody whom a policy names or who comes on call, and who can't be reached, or whose contacts nobody tried."""
    for username in sorted(_needed(world, rotas)):
        user = world.users.get(username)
        if user is None:
            yield _unreachable(username, "is gone", "name somebody who is there")
        elif not user.contacts:
            yield _unreachable(username, "has no contact method", "add one")
        elif not user.reachable:
            yield _unreachable(username, "has only disabled contact methods", "enable one, or add another")
        elif not _verified(user):
            yield Finding(
                kind="unverified",
                subject=f"user {username}",
                sentence="has only contact methods that nobody has verified",
                mend="send a code, or a test, and see it arrive",
                problem=False,
            )


def _unreachable(username: str, sentence: str, mend: str) -> Finding:
    return Finding(kind="unreachable", subject=f"user {username}", sentence=sentence, mend=mend)


def _verified(user: User) -> bool:
    return any(contact.enabled and contact.verified for contact in user.contacts)


def _needed(world: World, rotas: Rotas) -> set[str]:
    needed = {user for rota in rotas.values() for segment in rota for user in segment.users}
    for policy in world.policies.values():
        for target in (*policy.fallback, *(target for step in policy.steps for target in step.targets)):
            if target.kind is TargetKind.USER:
                needed.add(target.name)
            elif target.kind is TargetKind.TEAM and target.name in world.teams:
                needed.update(world.teams[target.name].members)
    return needed
