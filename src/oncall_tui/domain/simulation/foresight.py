"""Who would be paged, when and why, if an incident opened now and nobody acted: the engine itself, ahead of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.incident import Incident, Phase
from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.simulation.driver import Simulated, outcome
from oncall_tui.domain.simulation.stage import Answer, Stage
from oncall_tui.domain.world import World

LONGEST_WALK = timedelta(days=2)
LONGEST_WAIT = timedelta(days=60)
MOST_PAGES = 300
SENDER = "simulation"
_SEVERITY = {Urgency.HIGH: Severity.CRITICAL, Urgency.LOW: Severity.LOW}
_AT_REST = frozenset({Phase.EXHAUSTED, Phase.NOTIFIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What an incident opened at `opened_at` leads to. `ends_at`: when its last policy had no further step.

    `whole` is False where it goes on for longer than was looked: two days of escalation, sixty of waiting for somebody
    to come on call, or three hundred pages.
    """

    opened_at: datetime
    found: Simulated
    ends_at: datetime | None
    whole: bool


def foresee_policy(world: World, policy: Policy, urgency: Urgency, now: datetime) -> Foresight:
    """What an incident of this urgency, opened now on this policy, leads to if nobody answers."""
    # A name that no config file can have: nothing that is there is shadowed.
    service = Service(name=f" {policy.name}", policy=policy.name)
    policies = {**world.policies, policy.name: policy}
    known = replace(world, services={**world.services, service.name: service}, policies=policies)
    return foresee_service(known, service, _SEVERITY[urgency], now)


def foresee_service(world: World, service: Service, severity: Severity, now: datetime) -> Foresight:
    """What an incident of this severity, opened now at this service, leads to if nobody answers.

    It is followed until every policy is exhausted or has told what it tells once, and every rule that was started has
    run to its end.
    """
    stage = Stage(world, now, lambda _page, _now: Answer.DELIVERED)
    stage.open(_opened(service, severity, now), SENDER)
    stage.send()
    ends_at: datetime | None = None
    while True:
        incident = stage.incidents[1]
        if ends_at is None and all(run.phase in _AT_REST for run in incident.runs):
            ends_at = stage.now
        if ends_at is not None and not incident.pending:
            break
        due = stage.due_at
        if due is None or due > _last_look(stage, now) or len(stage.pages) >= MOST_PAGES:
            break
        stage.step(due)
    whole = stage.due_at is None or (ends_at is not None and not incident.pending)
    return Foresight(opened_at=now, found=outcome(stage, stage.pages), ends_at=ends_at, whole=whole)


def _last_look(stage: Stage, opened_at: datetime) -> datetime:
    """How far to look: two days from the first step on, or until there is one."""
    began = next((due.at for due in stage.pages if due.page.kind is PageKind.FIRST), None)
    return opened_at + LONGEST_WAIT if began is None else began + LONGEST_WALK


def _opened(service: Service, severity: Severity, now: datetime) -> Incident:
    return Incident(
        number=1,
        service=service.name,
        title="what if",
        severity=severity,
        urgency=service.urgency_of(severity, now),
        opened_at=now,
    )
