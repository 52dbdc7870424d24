"""RULES, Escalation: round robin per step, fair across incidents; who can't be reached is skipped."""

from __future__ import annotations

from dataclasses import replace

from oncall_tui.domain.directory.people import Team
from oncall_tui.domain.directory.policies import Assign, Policy, Step, Target, TargetKind
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.directory.turns import Turn
from oncall_tui.domain.incident.causes import Acknowledge, Escalate
from oncall_tui.domain.world import World
from tests.support.worlds import T0 as OPENED
from tests.support.worlds import Driver, minutes, on_call_in, person, shifts, unreachable, user, world_of

TEAM = Team("payments", ("ana", "bo", "cy"))
ROUND = Step((Target(TargetKind.TEAM, "payments"),), minutes(15), Assign.ROUND_ROBIN)
POLICY = Policy("p", (ROUND,), remind=None)
PEOPLE = (person("ana"), person("bo"), person("cy"))


def world(policy: Policy = POLICY, *people: object, team: Team = TEAM) -> World:
    return world_of(*(people or PEOPLE), policy=policy, teams=(team,))  # type: ignore[arg-type]


def opened(at: World) -> tuple[Driver, World]:
    """An incident opened in this world, and the world after it."""
    driver = Driver(at)
    return driver, driver.world


def firsts(at: World, count: int) -> list[str | None]:
    found: list[str | None] = []
    for _ in range(count):
        driver, at = opened(at)
        assert len(driver.pages) == 1
        found.append(driver.pages[0][1])
    return found


def test_each_incident_goes_to_the_next_in_turn() -> None:
    assert firsts(world(), 7) == ["ana", "bo", "cy", "ana", "bo", "cy", "ana"]


def test_the_holder_of_the_turn_alone_is_assigned() -> None:
    _, later = opened(world())
    driver, _ = opened(later)
    assert driver.incident.assignees == ("bo",)


def test_who_cannot_be_reached_is_skipped_and_is_next_when_back() -> None:
    away = world(POLICY, person("ana"), unreachable("bo"), person("cy"))
    _, away = opened(away)
    driver, away = opened(away)
    assert driver.who == [(0, "cy")]
    back = replace(world(), turns=away.turns)
    assert firsts(back, 3) == ["bo", "ana", "cy"]


def test_somebody_new_is_next_and_the_others_keep_their_order() -> None:
    _, later = opened(world())
    _, later = opened(later)
    bigger = world_of(*PEOPLE, person("dee"), policy=POLICY, teams=(Team("payments", ("ana", "bo", "cy", "dee")),))
    assert firsts(replace(bigger, turns=later.turns), 4) == ["cy", "dee", "ana", "bo"]


def test_each_step_has_turns_of_its_own() -> None:
    policy = Policy("p", (ROUND, ROUND), remind=None)
    driver = Driver(world(policy)).until(16)
    assert driver.pages == [(0, "ana", "push", 1, 1), (15, "ana", "push", 2, 1)]


def test_a_further_round_takes_a_further_turn() -> None:
    policy = Policy("p", (ROUND,), repeat=2, remind=None)
    driver = Driver(world(policy)).until(44)
    assert driver.who == [(0, "ana"), (15, "bo"), (30, "cy")]


def test_a_reminder_goes_to_whose_turn_it_is_and_takes_none() -> None:
    policy = Policy("p", (Step(ROUND.targets, minutes(60), Assign.ROUND_ROBIN),), remind=minutes(10))
    driver = Driver(world(policy)).until(25)
    assert driver.who == [(0, "ana"), (10, "ana"), (20, "ana")]
    assert driver.turns == {("p", 1): Turn(1, ("ana",))}


def test_a_reminder_finds_the_next_when_whose_turn_it_was_cannot_be_reached_any_more() -> None:
    policy = Policy("p", (Step(ROUND.targets, minutes(60), Assign.ROUND_ROBIN),), remind=minutes(10))
    driver = Driver(world(policy)).until(5)
    driver.world = replace(world(policy, unreachable("ana"), person("bo"), person("cy")), turns=driver.turns)
    assert driver.until(15).who == [(0, "ana"), (10, "bo")]
    assert driver.incident.assignees == ("bo",)


def test_people_of_several_targets_take_turns_and_channels_take_none() -> None:
    rota = shifts("primary", ("bo", OPENED, OPENED + minutes(600)))
    channel = Target(TargetKind.CHANNEL, "slack://…", 1)
    policy = Policy("p", (Step((user("ana"), on_call_in("primary"), channel), minutes(15), Assign.ROUND_ROBIN),))
    at = world_of(*PEOPLE, policy=policy, schedules=(rota,))
    seen = []
    for _ in range(3):
        driver, at = opened(at)
        seen.append([who for _, who in driver.who])
    assert seen == [["ana", None], ["bo", None], ["ana", None]]


def test_a_step_of_channels_alone_takes_no_turn() -> None:
    channel = Target(TargetKind.CHANNEL, "slack://…", 1)
    driver = Driver(world_of(policy=Policy("p", (Step((channel,), minutes(15), Assign.ROUND_ROBIN),))))
    assert (driver.who, driver.turns) == ([(0, None)], {})


def test_escalating_by_hand_and_coming_back_take_the_next_turn() -> None:
    policy = Policy("p", (ROUND,), repeat=5, remind=None)
    driver = Driver(world(policy))
    driver.do(Escalate(by="ana", version=driver.incident.version))
    assert driver.who == [(0, "ana"), (0, "bo")]
    driver.do(Acknowledge(by="bo"))
    assert driver.until(100).who == [(0, "ana"), (0, "bo")]


def test_of_two_policies_side_by_side_each_keeps_its_turn() -> None:
    first, second = replace(POLICY, name="first"), replace(POLICY, name="second", remind=minutes(10))
    team = Team("payments", ("ana", "bo"), ("first", "second"))
    at = world_of(*PEOPLE, service=Service(name="checkout", team="payments"), policies=(first, second), teams=(team,))
    at = replace(at, turns={("second", 1): Turn(1, ("ana",))})
    driver = Driver(at)
    assert driver.who == [(0, "ana"), (0, "bo")]
    assert driver.incident.assignees == ("ana", "bo")
    assert driver.until(10).who[2:] == [(10, "bo")]
    assert driver.incident.assignees == ("ana", "bo")
