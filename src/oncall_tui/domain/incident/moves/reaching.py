"""From a step's targets to people, and from people to pages by their notification rules (RULES, Reaching a person)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.incident.state import Pending, Place
from oncall_tui.domain.schedules import BrokenSchedule, users_on_call
from oncall_tui.domain.world import World


@dataclass(slots=True)
class Audience:
    """Whom targets lead to at one instant: people with the target that led there, channels, and what led nowhere."""

    users: dict[str, str] = field(default_factory=dict)
    channels: list[Target] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.users or self.channels)

    def only(self, username: str) -> Audience:
        """The same with one person alone, whose turn it is."""
        return Audience({username: f"{self.users[username]}, in turn"}, self.channels, self.nowhere)


def fallback_of(policy: Policy, world: World) -> tuple[Target, ...]:
    """The last resort, for an exhausted policy and a broken schedule: the policy's fallback, else every admin."""
    return policy.fallback or tuple(Target(TargetKind.USER, name) for name in world.admins)


def audience(targets: Iterable[Target], policy: Policy, world: World, at: datetime) -> Audience:
    """Everybody reachable through the targets, each person once; a broken schedule leads to the last resort."""
    found = Audience()
    for target in targets:
        _follow(target, policy, world, at, found)
    return found


def _follow(target: Target, policy: Policy, world: World, at: datetime, found: Audience) -> None:
    match target.kind:
        case TargetKind.USER:
            _add_user(target.name, str(target), world, found)
        case TargetKind.TEAM:
            team = world.teams.get(target.name)
            if team is None:
                found.nowhere.append(f"team {target.name} is gone")
                return
            if not team.members:
                found.nowhere.append(f"team {target.name} has no members")
            for member in team.members:
                _add_user(member, str(target), world, found)
        case TargetKind.CHANNEL:
            if all(known.channel != target.channel or known.name != target.name for known in found.channels):
                found.channels.append(target)
        case _:
            _follow_schedule(target, policy, world, at, found)


def _follow_schedule(target: Target, policy: Policy, world: World, at: datetime, found: Audience) -> None:
    schedule = world.schedules.get(target.name)
    if schedule is None:
        found.nowhere.append(f"schedule {target.name} is gone")
        return
    try:
        users = users_on_call(schedule, at)
    except BrokenSchedule as broken:
        found.nowhere.append(f"schedule {target.name} is broken ({broken.sentence}): its fallback is paged")
        for fallback in fallback_of(policy, world):
            # A broken schedule named in the fallback must not lead round in a circle: it leads to the admins.
            _follow(fallback, replace(policy, fallback=()), world, at, found)
        return
    if not users:
        found.nowhere.append(f"nobody is on call in {target.name}")
    for user in users:
        _add_user(user, str(target), world, found)


def _add_user(username: str, through: str, world: World, found: Audience) -> None:
    user = world.users.get(username)
    if user is None:
        found.nowhere.append(f"{username} is gone")
    elif not user.reachable:
        found.nowhere.append(f"{username} has no enabled contact method")
    else:
        found.users.setdefault(username, through)


def reach(draft: Draft, people: Audience, place: Place, kind: PageKind, because: str) -> None:
    """Start everybody's notification rules and page the channels."""
    for username, through in people.users.items():
        reach_user(draft, username, place, kind, f"{because}: {through}" if through != username else because)
    for target in people.channels:
        draft.page(None, target.name, place, kind, because, channel=target.channel)


def reach_user(draft: Draft, username: str, place: Place, kind: PageKind, because: str) -> None:
    """Start a person's rules: those due at once page now, later ones wait; one that waits already keeps its time."""
    user = draft.world.users[username]
    for rule in user.plan(draft.incident.urgency):
        if not rule.delay:
            draft.page(username, rule.contact, place, kind, because)
        else:
            draft.wait(Pending(username, rule.contact, draft.now + rule.delay, place, rule.delay))


def page_due_rules(draft: Draft) -> None:
    """Page every waiting rule whose time has come; a contact that is gone or disabled meanwhile is said."""
    due = sorted((p for p in draft.incident.pending if draft.has_come(p.due_at)), key=lambda p: p.due_at)
    draft.put(pending=tuple(p for p in draft.incident.pending if not draft.has_come(p.due_at)))
    for pending in due:
        user = draft.world.users.get(pending.user)
        if user is None or not any(c.name == pending.contact and c.enabled for c in user.contacts):
            draft.say("skipped", f"{pending.user}, {pending.contact}: the contact is gone or disabled")
            continue
        draft.page(pending.user, pending.contact, pending.place, PageKind.RULE, "notification rule")
