"""What an incident that opened now would lead to, followed to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from oncall_tui.domain.directory.people import NotificationRule, Role
from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.simulation.foresight import MOST_PAGES, Foresight, foresee_policy, foresee_service
from tests.support.worlds import T0, minutes, on_call_in, person, shifts, step, unreachable, user, world_of

BY_MAIL_LATER = (NotificationRule("push"), NotificationRule("mail", minutes(3), Urgency.HIGH))
ANA = person("ana", "push", "mail", rules=BY_MAIL_LATER)
LADDER = Policy("p", (step(user("ana"), delay=5), step(user("bo"), delay=10)), remind=None, fallback=(user("ana"),))


def pages(seen: Foresight) -> list[tuple[float, str | None, str]]:
    return [((due.at - seen.opened_at) / minutes(1), due.page.user, due.page.contact) for due in seen.found.pages]


def test_followed_until_the_policy_is_exhausted_and_the_last_rule_has_run() -> None:
    seen = foresee_policy(world_of(ANA, person("bo"), policy=LADDER), LADDER, Urgency.HIGH, T0)
    assert pages(seen) == [
        (0, "ana", "push"), (3, "ana", "mail"), (5, "bo", "push"), (15, "ana", "push"), (18, "ana", "mail"),
    ]  # fmt: skip
    assert (seen.ends_at, seen.whole, seen.found.state) == (T0 + minutes(15), True, "exhausted")


def test_low_urgency_tells_once() -> None:
    seen = foresee_policy(world_of(ANA, person("bo"), policy=LADDER), LADDER, Urgency.LOW, T0)
    assert pages(seen) == [(0, "ana", "push")]
    assert (seen.ends_at, seen.whole) == (T0, True)


def test_waiting_is_followed_to_whoever_comes_on_call() -> None:
    later = shifts("s", ("bo", T0 + timedelta(days=3), T0 + timedelta(days=4)))
    policy = Policy("p", (step(on_call_in("s"), delay=5),), remind=None)
    seen = foresee_policy(
        world_of(person("bo"), person("cy", role=Role.ADMIN), policy=policy, schedules=(later,)),
        policy,
        Urgency.HIGH,
        T0,
    )
    assert pages(seen) == [(3 * 24 * 60, "bo", "push"), (3 * 24 * 60 + 5, "cy", "push")]


def test_nobody_for_sixty_days_is_not_the_whole_truth_and_nobody_ever_is() -> None:
    late = shifts("s", ("bo", T0 + timedelta(days=61), T0 + timedelta(days=62)))
    policy = Policy("p", (step(on_call_in("s")),))
    seen = foresee_policy(world_of(person("bo"), policy=policy, schedules=(late,)), policy, Urgency.HIGH, T0)
    assert (pages(seen), seen.whole, seen.found.state) == ([], False, "waiting")
    never = Policy("p", (step(user("mute")),))
    seen = foresee_policy(world_of(unreachable("mute"), policy=never), never, Urgency.HIGH, T0)
    assert (pages(seen), seen.whole, seen.found.state) == ([], True, "waiting")


def test_reminders_without_end_are_cut() -> None:
    policy = Policy("p", (step(user("ana"), delay=600),), remind=timedelta(seconds=10))
    seen = foresee_policy(world_of(person("ana"), policy=policy), policy, Urgency.HIGH, T0)
    assert (len(seen.found.pages), seen.whole) == (MOST_PAGES, False)


def test_a_service_holds_and_pages_by_its_teams_policies() -> None:
    world = world_of(ANA, person("bo"), policy=LADDER)
    held = replace(world.services["checkout"], hold_for=minutes(2))
    world = replace(world, services={"checkout": held})
    assert pages(foresee_service(world, held, Severity.CRITICAL, T0))[0] == (2, "ana", "push")


def test_a_channel_is_foreseen_too() -> None:
    policy = Policy("p", (step(Target(TargetKind.CHANNEL, "slack://***", 1), delay=5),), fallback=(user("ana"),))
    seen = foresee_policy(world_of(ANA, policy=policy), policy, Urgency.HIGH, T0)
    assert pages(seen)[0] == (0, None, "slack://***")
