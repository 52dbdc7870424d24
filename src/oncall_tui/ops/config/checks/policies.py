"""Escalation policies: targets that exist, delays that leave time to answer, somebody to reach."""

from __future__ import annotations

from datetime import timedelta

from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.entries.policies import PolicyEntry, StepEntry, TargetEntry

HASTY = timedelta(seconds=30)


def check_policies(config: Config, found: Found) -> None:
    """Look at policies."""
    policies = config.policies or []
    found.once([policy.name for policy in policies], "policies", ".name")
    unreachable = frozenset(user.username for user in config.users or () if user.username and not user.contacts)
    for place, policy in enumerate(policies):
        _check_policy(policy, f"policies[{place}]", unreachable, found)


def _check_policy(policy: PolicyEntry, path: str, unreachable: frozenset[str], found: Found) -> None:
    for place, step in enumerate(policy.steps):
        _check_step(step, f"{path}.steps[{place}]", found)
    _check_targets(policy.fallback, f"{path}.fallback", found)
    targets = [target for step in policy.steps for target in step.targets]
    if not targets:
        found.warn(path, f"{policy.name} has no targets: it reaches nobody")
    elif all(target.user in unreachable for target in targets):
        found.warn(path, f"{policy.name} reaches nobody: none of its users has contacts")


def _check_step(step: StepEntry, path: str, found: Found) -> None:
    if parse_duration(step.delay) < HASTY:
        found.warn(f"{path}.delay", f"{step.delay} leaves hardly time to answer before the next step")
    if not step.targets:
        found.warn(f"{path}.targets", "the step has no targets: it is passed over")
    _check_targets(step.targets, f"{path}.targets", found)


def _check_targets(targets: list[TargetEntry], path: str, found: Found) -> None:
    seen: set[tuple[str, str]] = set()
    for place, target in enumerate(targets):
        inside = f"{path}[{place}]"
        named = target.named
        if len(named) != 1:
            found.wrong(inside, "a target is one of user, schedule, team or url", "name exactly one of them")
        for kind, name in named:
            if kind != "url":
                found.refer(kind, name, f"{inside}.{kind}")
            if (kind, name) in seen and kind != "url":
                found.warn(f"{inside}.{kind}", f"{kind} '{name}' is a target of this step already: reached once")
        seen.update(named)
