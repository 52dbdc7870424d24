"""RULES, Escalation: steps, rounds, reminders, exhausted, waiting; times worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oncall_tui.domain.directory.people import NotificationRule, Role, Team
from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.incident import Phase, State, advance
from oncall_tui.domain.incident.causes import Acknowledge, Opened, Reassign, Tick
from oncall_tui.domain.incident.effects import Entry, Page
from oncall_tui.domain.incident.preview import next_step
from oncall_tui.domain.incident.state import Place
from oncall_tui.domain.schedules import Layer, Override, Schedule
from tests.domain.incident.moves.test_reaching import result
from tests.support.worlds import (
    T0,
    Driver,
    minutes,
    on_call_in,
    person,
    shifts,
    step,
    unreachable,
    user,
    world_of,
)

LADDER = Policy("ladder", (step(user("ana")), step(user("bo")), step(user("cy"))), remind=None)
PEOPLE = (person("ana"), person("bo"), person("cy"), person("dee"))


def test_opening_pages_step_1_and_assigns_its_people() -> None:
    driver = Driver(world_of(*PEOPLE, policy=LADDER))
    assert driver.pages == [(0, "ana", "push", 1, 1)]
    assert driver.incident.assignees == ("ana",)
    assert driver.due == T0 + minutes(15)


def test_each_step_is_paged_when_the_delay_before_it_is_over() -> None:
    driver = Driver(world_of(*PEOPLE, policy=LADDER)).until(44)
    assert driver.who == [(0, "ana"), (15, "bo"), (30, "cy")]


def test_the_last_delay_runs_before_the_next_round() -> None:
    policy = Policy("p", (step(user("ana"), delay=5), step(user("bo"), delay=10)), repeat=1, remind=None)
    driver = Driver(world_of(*PEOPLE, policy=policy)).until(29)
    assert driver.pages == [
        (0, "ana", "push", 1, 1),
        (5, "bo", "push", 2, 1),
        (15, "ana", "push", 1, 2),
        (20, "bo", "push", 2, 2),
    ]
    assert driver.incident.phase is Phase.ESCALATING
    assert driver.until(30).incident.phase is Phase.EXHAUSTED


def test_exhausted_pages_the_fallback_and_reminds_it_until_acknowledged() -> None:
    policy = Policy("p", (step(user("ana"), delay=5),), remind=minutes(10), fallback=(user("dee"),))
    driver = Driver(world_of(*PEOPLE, policy=policy)).until(26)
    assert driver.who == [(0, "ana"), (5, "dee"), (15, "dee"), (25, "dee")]
    driver.do(Acknowledge(by="dee"))
    assert driver.until(300).who[4:] == []


def test_exhausted_without_a_fallback_pages_every_admin() -> None:
    admins = (person("root", role=Role.ADMIN), person("zoe", role=Role.ADMIN))
    policy = Policy("p", (step(user("ana"), delay=5),), remind=None)
    assert Driver(world_of(*PEOPLE, *admins, policy=policy)).until(60).who == [(0, "ana"), (5, "root"), (5, "zoe")]


def test_exhausted_with_nobody_left_it_stays_exhausted_and_looks_for_an_admin_at_each_reminder() -> None:
    policy = Policy("p", (step(user("ana"), delay=5),), remind=minutes(10))
    driver = Driver(world_of(person("ana"), policy=policy)).until(60)
    assert driver.incident.phase is Phase.EXHAUSTED
    assert driver.who == [(0, "ana")]
    assert driver.kinds.count("exhausted") == 1
    assert "reminded" not in driver.kinds
    driver.world = world_of(person("ana"), person("root", role=Role.ADMIN), policy=policy)
    assert driver.until(70).who == [(0, "ana"), (65, "root")]


def test_exhausted_with_nobody_left_it_looks_for_its_fallback_at_every_change_also_without_reminders() -> None:
    policy = Policy("p", (step(user("ana"), delay=5),), remind=None, fallback=(user("dee"),))
    driver = Driver(world_of(person("ana"), unreachable("dee"), policy=policy)).until(20)
    assert (driver.who, driver.incident.phase, driver.due) == ([(0, "ana")], Phase.EXHAUSTED, None)
    driver.world = world_of(person("ana"), person("dee"), policy=policy)
    driver.do(Tick())
    driver.do(Tick())
    assert (driver.who, driver.due) == ([(0, "ana"), (20, "dee")], None)


def test_a_fallback_whose_rules_all_wait_is_paged_when_they_are_due_and_once() -> None:
    late = person("dee", "push", rules=(NotificationRule("push", minutes(3)),))
    policy = Policy("p", (step(user("ana"), delay=5),), remind=None, fallback=(user("dee"),))
    driver = Driver(world_of(person("ana"), late, policy=policy)).until(6)
    driver.do(Tick())
    assert driver.kinds.count("exhausted") == 1
    assert driver.until(60).who == [(0, "ana"), (8, "dee")]


def test_exhausted_with_nobody_left_who_takes_the_shift_is_paged_at_once() -> None:
    """ana, on call, was tried at 0; exhausted at 5; bo takes over at 20 by an override that was not there before."""
    policy = Policy("p", (step(on_call_in("primary"), delay=5),), remind=None)
    always = shifts("primary", ("ana", T0 - minutes(60), T0 + minutes(600)))
    driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(always,))).until(20)
    driver.do(Tick())
    assert (driver.who, driver.incident.phase) == ([(0, "ana")], Phase.EXHAUSTED)
    taken = replace(always, overrides=(Override(start=T0 + minutes(19.9), end=T0 + minutes(100), users=("bo",)),))
    driver.world = world_of(*PEOPLE, policy=policy, schedules=(taken,))
    driver.do(Tick())
    assert driver.who == [(0, "ana"), (20, "bo")]


def test_exhausted_with_nobody_left_the_next_on_call_is_paged_at_that_instant() -> None:
    handoff = shifts(
        "primary", ("ana", T0 - minutes(60), T0 + minutes(30)), ("bo", T0 + minutes(90), T0 + minutes(600))
    )
    policy = Policy("p", (step(on_call_in("primary"), delay=5),), remind=None)
    driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(handoff,))).until(92)
    assert driver.pages == [(0, "ana", "push", 1, 1), (90, "bo", "push", 1, 1)]


def test_exhausted_with_nobody_left_a_handoff_pages_the_step_of_whoever_came_and_no_other() -> None:
    """ana's shift ends at 30, which brings nobody; bo's begins at 90: his step, not that of cy, tried before."""
    handoff = shifts(
        "primary", ("ana", T0 - minutes(60), T0 + minutes(30)), ("bo", T0 + minutes(90), T0 + minutes(600))
    )
    policy = Policy("p", (step(user("cy"), delay=5), step(on_call_in("primary"), delay=5)), remind=None)
    people = (person("ana"), person("bo"), person("cy"))
    driver = Driver(world_of(*people, policy=policy, schedules=(handoff,))).until(92)
    assert driver.pages == [(0, "cy", "push", 1, 1), (5, "ana", "push", 2, 1), (90, "bo", "push", 2, 1)]


@pytest.mark.parametrize("how", ["unreachable", "broken"])
def test_exhausted_with_nobody_left_who_comes_in_a_later_step_is_paged_when_an_earlier_one_is_no_help(how: str) -> None:
    """At 90 the first schedule brings somebody out of reach, or makes no sense any more; the second brings bo."""
    night = ("ana", T0 - minutes(60), T0 + minutes(30))
    first, second = (
        shifts(name, night, (who, T0 + minutes(90), T0 + minutes(600)))
        for name, who in (("first", "mute"), ("second", "bo"))
    )
    policy = Policy("p", (step(on_call_in("first"), delay=5), step(on_call_in("second"), delay=5)), remind=None)
    people = (person("ana"), person("bo"), unreachable("mute"))
    driver = Driver(world_of(*people, policy=policy, schedules=(first, second))).until(60)
    if how == "broken":
        driver.world = world_of(*people, policy=policy, schedules=(replace(first, timezone="Mars/Phobos"), second))
    assert driver.until(92).pages == [(0, "ana", "push", 1, 1), (5, "ana", "push", 2, 1), (90, "bo", "push", 2, 1)]


def test_when_nobody_can_be_reached_any_more_the_rounds_that_are_left_are_passed_over_at_once() -> None:
    policy = Policy("p", (step(user("ana"), delay=5), step(user("bo"))), repeat=3, remind=None)
    driver = Driver(world_of(*PEOPLE, policy=policy)).until(3)
    driver.world = world_of(unreachable("ana"), unreachable("bo"), policy=policy)
    assert driver.until(6).who == [(0, "ana")]
    assert driver.incident.phase is Phase.EXHAUSTED


def test_a_step_that_reaches_nobody_is_passed_over_at_once_and_says_why() -> None:
    policy = Policy("p", (step(user("ghost")), step(user("mute")), step(user("bo"))), remind=None)
    driver = Driver(world_of(*PEOPLE, unreachable("mute"), policy=policy))
    assert driver.pages == [(0, "bo", "push", 3, 1)]
    passed = [text for kind, text in zip(driver.kinds, driver.texts, strict=True) if kind == "passed_over"]
    assert passed == [
        "step 1 passed over: ghost is gone",
        "step 2 passed over: mute has no enabled contact method",
    ]


def test_passing_over_crosses_the_round() -> None:
    policy = Policy("p", (step(user("ana")), step(user("ghost"))), repeat=1, remind=None)
    driver = Driver(world_of(*PEOPLE, policy=policy)).until(15)
    assert driver.pages[-1] == (15, "ana", "push", 1, 2)


def test_one_person_through_several_targets_is_paged_once() -> None:
    day = shifts("primary", ("ana", T0 - minutes(60), T0 + minutes(600)))
    targets = (user("ana"), on_call_in("primary"), Target(TargetKind.TEAM, "payments"))
    policy = Policy("p", (step(*targets),), remind=None)
    world = world_of(*PEOPLE, policy=policy, schedules=(day,), teams=(Team("payments", ("ana", "bo")),))
    assert Driver(world).who == [(0, "ana"), (0, "bo")]


def test_a_channel_is_paged_without_a_user() -> None:
    channel = Target(TargetKind.CHANNEL, "slack://…", 7)
    driver = Driver(world_of(policy=Policy("p", (step(channel, channel),), remind=None)))
    assert driver.pages == [(0, None, "slack://…", 1, 1)]
    assert driver.incident.assignees == ()


def test_reminders_reach_the_step_again_until_acknowledged() -> None:
    policy = Policy("p", (step(user("ana"), delay=600),), remind=minutes(10))
    driver = Driver(world_of(*PEOPLE, policy=policy)).until(25)
    assert driver.who == [(0, "ana"), (10, "ana"), (20, "ana")]
    driver.do(Acknowledge(by="ana"))
    assert driver.until(600).who == [(0, "ana"), (10, "ana"), (20, "ana")]


def test_a_new_step_starts_the_reminder_anew_and_wins_over_it() -> None:
    policy = Policy("p", (step(user("ana"), delay=10), step(user("bo"), delay=60)), remind=minutes(10))
    driver = Driver(world_of(*PEOPLE, policy=policy)).until(25)
    assert driver.who == [(0, "ana"), (10, "bo"), (20, "bo")]


def test_a_reminder_goes_to_whoever_is_on_call_by_then() -> None:
    handoff = shifts("primary", ("ana", T0 - minutes(60), T0 + minutes(8)), ("bo", T0 + minutes(8), T0 + minutes(600)))
    policy = Policy("p", (step(on_call_in("primary"), delay=60),), remind=minutes(10))
    driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(handoff,))).until(12)
    assert driver.who == [(0, "ana"), (10, "bo")]
    assert driver.incident.assignees == ("bo",)


def test_a_handoff_alone_pages_nobody() -> None:
    handoff = shifts("primary", ("ana", T0 - minutes(60), T0 + minutes(8)), ("bo", T0 + minutes(8), T0 + minutes(600)))
    policy = Policy("p", (step(on_call_in("primary"), delay=60),), remind=None)
    assert Driver(world_of(*PEOPLE, policy=policy, schedules=(handoff,))).until(59).who == [(0, "ana")]


def test_a_reminder_that_reaches_nobody_says_so_and_goes_on() -> None:
    gap = shifts("primary", ("ana", T0 - minutes(60), T0 + minutes(8)), ("bo", T0 + minutes(18), T0 + minutes(600)))
    policy = Policy("p", (step(on_call_in("primary"), delay=60),), remind=minutes(10))
    driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(gap,))).until(21)
    assert driver.who == [(0, "ana"), (20, "bo")]
    assert "nobody is on call in primary" in driver.texts
    assert driver.incident.assignees == ("bo",)


class TestWaiting:
    """The whole policy reaches nobody."""

    later = shifts("primary", ("ana", T0 + minutes(180), T0 + minutes(600)))
    policy = Policy("p", (step(on_call_in("primary")),), remind=None)

    def test_it_stays_unassigned_and_wakes_when_somebody_comes_on_call(self) -> None:
        driver = Driver(world_of(*PEOPLE, policy=self.policy, schedules=(self.later,)))
        assert (driver.pages, driver.incident.assignees) == ([], ())
        assert driver.incident.phase is Phase.WAITING
        assert driver.due == T0 + minutes(180)
        driver.until(180)
        assert driver.pages == [(180, "ana", "push", 1, 1)]
        assert driver.incident.assignees == ("ana",)

    def test_the_named_fallback_is_paged_at_once_and_it_still_waits(self) -> None:
        policy = replace(self.policy, fallback=(user("dee"), user("ghost")))
        driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(self.later,)))
        assert (driver.who, driver.incident.assignees) == ([(0, "dee")], ())
        assert driver.until(180).who == [(0, "dee"), (180, "ana")]

    def test_admins_are_not_the_named_fallback(self) -> None:
        driver = Driver(world_of(person("root", role=Role.ADMIN), policy=self.policy, schedules=(self.later,)))
        assert driver.pages == []

    def test_the_first_step_that_reaches_somebody_becomes_current(self) -> None:
        second = shifts("secondary", ("bo", T0 + minutes(60), T0 + minutes(600)))
        policy = Policy("p", (step(on_call_in("primary")), step(on_call_in("secondary"))), remind=None)
        driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(self.later, second))).until(74)
        assert driver.pages == [(60, "bo", "push", 2, 1)]

    def test_somebody_on_call_without_a_contact_is_no_end_of_the_wait(self) -> None:
        plan = shifts("primary", ("mute", T0, T0 + minutes(30)), ("ana", T0 + minutes(30), T0 + minutes(600)))
        driver = Driver(world_of(*PEOPLE, unreachable("mute"), policy=self.policy, schedules=(plan,))).until(44)
        assert driver.who == [(30, "ana")]

    def test_a_change_of_the_directory_ends_it(self) -> None:
        driver = Driver(world_of(unreachable("ana"), policy=Policy("p", (step(user("ana")),), remind=None)))
        assert (driver.pages, driver.due) == ([], None)
        driver.world = world_of(person("ana"), policy=Policy("p"))
        driver.do(Tick())
        assert driver.who == [(0, "ana")]

    def test_an_empty_policy_and_no_policy_wait_for_ever(self) -> None:
        for world in (world_of(*PEOPLE, policy=Policy("empty")), world_of(*PEOPLE)):
            driver = Driver(world)
            assert (driver.pages, driver.due, driver.incident.phase) == ([], None, Phase.WAITING)


def test_a_broken_schedule_pages_its_policys_fallback() -> None:
    broken = Schedule(name="primary", timezone="Mars/Olympus", layers=(Layer(name="x"),))
    policy = Policy("p", (step(on_call_in("primary")),), fallback=(user("dee"), on_call_in("primary")), remind=None)
    driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(broken,)))
    assert driver.who == [(0, "dee")]
    assert any("primary is broken" in text for text in driver.texts)


def test_a_broken_schedule_of_a_policy_without_a_fallback_pages_every_admin() -> None:
    broken = Schedule(name="primary", timezone="Mars/Olympus", layers=(Layer(name="x"),))
    policy = Policy("p", (step(on_call_in("primary"), delay=5),), remind=None)
    people = (person("ana"), person("root", role=Role.ADMIN))
    driver = Driver(world_of(*people, policy=policy, schedules=(broken,)))
    assert (driver.who, driver.incident.assignees) == ([(0, "root")], ("root",))


def test_gone_schedules_and_teams_are_passed_over() -> None:
    targets = (on_call_in("gone"), Target(TargetKind.TEAM, "gone"), Target(TargetKind.TEAM, "empty"), user("ana"))
    driver = Driver(world_of(*PEOPLE, policy=Policy("p", (step(*targets),), remind=None), teams=(Team("empty"),)))
    assert driver.who == [(0, "ana")]
    assert {"schedule gone is gone", "team gone is gone", "team empty has no members"} <= set(driver.texts)


def test_the_policy_is_frozen_when_the_incident_opens() -> None:
    driver = Driver(world_of(*PEOPLE, policy=LADDER))
    driver.world = world_of(*PEOPLE, policy=Policy("ladder", (step(user("dee"), delay=1),), remind=None))
    assert driver.until(44).who == [(0, "ana"), (15, "bo"), (30, "cy")]


def test_schedules_members_rules_and_contacts_are_live() -> None:
    team = Target(TargetKind.TEAM, "payments")
    policy = Policy("p", (step(team, delay=60),), remind=minutes(10))
    driver = Driver(world_of(*PEOPLE, policy=policy, teams=(Team("payments", ("ana",)),))).until(5)
    driver.world = world_of(person("bo", "mail"), policy=policy, teams=(Team("payments", ("bo",)),))
    driver.until(10)
    assert [(at, who, contact) for at, who, contact, *_ in driver.pages] == [(0, "ana", "push"), (10, "bo", "mail")]
    assert driver.incident.assignees == ("bo",)


def test_one_person_through_several_targets_of_a_step_is_reached_once() -> None:
    rota = shifts("primary", ("ana", T0, T0 + minutes(600)))
    targets = (user("ana"), on_call_in("primary"), Target(TargetKind.TEAM, "payments"))
    policy = Policy("p", (step(*targets),), remind=None)
    world = world_of(*PEOPLE, policy=policy, schedules=(rota,), teams=(Team("payments", ("bo", "ana")),))
    assert Driver(world).who == [(0, "ana"), (0, "bo")]


def test_a_user_who_is_gone_meanwhile_is_passed_over_and_it_is_said() -> None:
    driver = Driver(world_of(*PEOPLE, policy=LADDER)).until(5)
    driver.world = world_of(person("ana"), person("cy"), policy=LADDER)
    assert driver.until(16).who == [(0, "ana"), (15, "cy")]
    assert "step 2 passed over: bo is gone" in driver.texts


def test_a_teams_policies_run_side_by_side_and_one_acknowledgement_stops_all() -> None:
    first = Policy("first", (step(user("ana"), delay=5), step(user("bo"))), remind=None)
    second = Policy("second", (step(user("cy"), delay=7), step(user("dee"))), remind=None)
    team = Team("payments", ("ana",), ("first", "second"))
    service = Service(name="checkout", team="payments")
    driver = Driver(world_of(*PEOPLE, service=service, policies=(first, second), teams=(team,)))
    assert driver.incident.assignees == ("ana", "cy")
    driver.until(6)
    assert driver.who == [(0, "ana"), (0, "cy"), (5, "bo")]
    assert driver.incident.assignees == ("bo", "cy")
    driver.do(Acknowledge(by="bo"))
    assert driver.until(100).who == [(0, "ana"), (0, "cy"), (5, "bo")]


def test_one_person_on_two_policies_is_paged_once() -> None:
    first, second = (
        Policy("first", (step(user("ana")),), remind=None),
        Policy("second", (step(user("ana")),), remind=None),
    )
    team = Team("payments", ("ana",), ("first", "second"))
    service = Service(name="checkout", team="payments")
    driver = Driver(world_of(*PEOPLE, service=service, policies=(first, second), teams=(team,)))
    assert driver.who == [(0, "ana")]
    assert driver.incident.assignees == ("ana",)


def test_a_page_for_two_policies_that_failed_for_good_lets_neither_wait() -> None:
    """ana is step 1 of both; her push fails, her mail, too: both go on at once, and neither before her mail has."""
    first = Policy("first", (step(user("ana"), delay=5), step(user("bo"))), remind=None)
    second = Policy("second", (step(user("ana"), delay=30), step(user("cy"))), remind=None)
    team = Team("payments", ("ana",), ("first", "second"))
    service = Service(name="checkout", team="payments")
    two = person("ana", "push", "mail", rules=(NotificationRule("push"),))
    driver = Driver(world_of(two, *PEOPLE[1:], service=service, policies=(first, second), teams=(team,)))
    driver.do(result(driver, 0))
    assert driver.who == [(0, "ana"), (0, "ana")]
    driver.do(result(driver, 1))
    assert driver.who[2:] == [(0, "bo"), (0, "cy")]


def test_who_is_handed_it_is_reminded_by_whichever_policy_reminds() -> None:
    first = Policy("first", (step(user("ana"), delay=30),), remind=None)
    second = Policy("second", (step(user("bo"), delay=30),), remind=minutes(10))
    team = Team("payments", ("ana",), ("first", "second"))
    service = Service(name="checkout", team="payments")
    driver = Driver(world_of(*PEOPLE, service=service, policies=(first, second), teams=(team,)))
    driver.do(Reassign(by="ana", version=driver.incident.version, user="cy"))
    assert driver.until(25).who[2:] == [(0, "cy"), (10, "cy"), (20, "cy")]


def test_an_assignment_that_failed_for_good_begins_each_policy_once() -> None:
    """cy's one page answers for both policies: its failure begins both, and the second no second time."""
    first = Policy("first", (step(user("ana"), delay=30),), remind=None)
    second = Policy("second", (step(user("bo"), delay=30),), remind=None)
    team = Team("payments", ("ana",), ("first", "second"))
    service = Service(name="checkout", team="payments")
    driver = Driver(world_of(*PEOPLE, service=service, policies=(first, second), teams=(team,)))
    driver.do(Reassign(by="ana", version=driver.incident.version, user="cy"))
    one, other = driver.incident.sent[-1], driver.incident.runs[1]
    shared = replace(one, place=Place(1, other.step, other.round))
    driver.incident = replace(driver.incident, sent=(*driver.incident.sent, shared))
    driver.do(result(driver, 2))
    assert driver.who[2:] == [(0, "cy"), (0, "ana"), (0, "bo")]


def test_a_step_of_channels_alone_is_no_nobody_in_the_preview() -> None:
    channel = Target(TargetKind.CHANNEL, "slack://…", 7)
    policy = Policy("p", (step(user("ana")), step(channel), step(channel, user("ana"))), remind=None)
    driver = Driver(world_of(*PEOPLE, policy=policy))
    for users in (("slack://…",), ("ana",)):
        coming = next_step(driver.incident, driver.world)
        assert coming is not None
        assert (coming.kind, coming.users) == ("escalate", users)
        driver.until((coming.at - T0) / minutes(1))


def test_two_channels_that_look_alike_are_both_paged() -> None:
    """What is shown of an address leaves its secrets out: every Slack channel is slack://…"""
    ops, dev = (Target(TargetKind.CHANNEL, "slack://…", number) for number in (7, 8))
    driver = Driver(world_of(policy=Policy("p", (step(ops, dev, ops, delay=30),), remind=minutes(10)))).until(15)
    assert [(at, contact) for at, _, contact, *_ in driver.pages] == [(at, "slack://…") for at in (0, 0, 10, 10)]
    pages = [effect for effect in driver.effects if isinstance(effect, Page)]
    assert [page.channel for page in pages] == [7, 8, 7, 8]


def test_two_policies_of_channels_alone_assign_nobody() -> None:
    hooks = [Policy(n, (step(Target(TargetKind.CHANNEL, n, i)),), remind=None) for i, n in enumerate(("one", "two"))]
    team = Team("payments", (), ("one", "two"))
    driver = Driver(world_of(service=Service(name="checkout", team="payments"), policies=tuple(hooks), teams=(team,)))
    assert (driver.who, driver.incident.assignees) == ([(0, None), (0, None)], ())


def test_a_broken_schedule_without_a_fallback_is_waited_for_in_vain_and_the_others_are_not() -> None:
    broken = Schedule(name="broken", timezone="Mars/Olympus", layers=(Layer(name="x"),))
    targets = (on_call_in("broken"), on_call_in("primary"))
    policy = Policy("p", (step(*targets),), remind=None)
    later = shifts("primary", ("ana", T0 + minutes(180), T0 + minutes(600)))
    driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(broken, later)))
    assert driver.due == T0 + minutes(180)
    assert driver.until(180).who == [(180, "ana")]


def test_an_incident_with_the_key_of_an_earlier_one_says_so() -> None:
    world = world_of(*PEOPLE, policy=LADDER)
    incident = replace(Driver(world).incident, previous=7, runs=(), sent=(), page_seq=0)
    done = advance(incident, world, Opened("prometheus"), T0)
    assert Entry("linked", "the same key as #7") in done.effects


def test_hold_for_pages_nobody_until_it_ends() -> None:
    service = Service(name="checkout", policy="ladder", hold_for=minutes(3))
    driver = Driver(world_of(*PEOPLE, policy=LADDER, service=service))
    assert (driver.pages, driver.incident.phase) == ([], Phase.HELD)
    assert driver.until(3).who == [(3, "ana")]


def test_the_ack_timeout_leads_back_to_step_1_of_round_1() -> None:
    service = Service(name="checkout", policy="ladder", ack_timeout=minutes(30))
    driver = Driver(world_of(*PEOPLE, policy=LADDER, service=service)).until(16)
    driver.do(Acknowledge(by="bo"))
    driver.until(46)
    assert driver.pages[-1] == (46, "ana", "push", 1, 1)
    assert driver.incident.state is State.TRIGGERED
    assert driver.incident.acknowledged_by is None


def test_after_an_outage_what_fell_due_is_done_once_from_now_on() -> None:
    driver = Driver(world_of(*PEOPLE, policy=LADDER))
    driver.now = T0 + minutes(500)
    driver.do(Tick())
    assert driver.who == [(0, "ana"), (500, "bo")]
    assert driver.due == T0 + minutes(515)


class TestPreview:
    """What comes next is told by the function that will do it."""

    def test_the_next_step(self) -> None:
        ahead = next_step(Driver(world_of(*PEOPLE, policy=LADDER)).incident, world_of(*PEOPLE, policy=LADDER))
        assert ahead is not None
        assert (ahead.at, ahead.kind, ahead.users) == (T0 + minutes(15), "escalate", ("bo",))

    @pytest.mark.parametrize(
        ("policy", "minute", "kind", "users"),
        [
            (Policy("p", (step(user("ana")),), repeat=1, remind=None), 0, "repeat", ("ana",)),
            (Policy("p", (step(user("ana")),), fallback=(user("dee"),), remind=None), 0, "exhaust", ("dee",)),
        ],
    )
    def test_rounds_and_the_end(self, policy: Policy, minute: float, kind: str, users: tuple[str, ...]) -> None:
        world = world_of(*PEOPLE, policy=policy)
        ahead = next_step(Driver(world).until(minute).incident, world)
        assert ahead is not None
        assert (ahead.kind, ahead.users) == (kind, users)

    def test_waiting_tells_who_will_come(self) -> None:
        world = world_of(*PEOPLE, policy=TestWaiting.policy, schedules=(TestWaiting.later,))
        ahead = next_step(Driver(world).incident, world)
        assert ahead is not None
        assert (ahead.at, ahead.kind, ahead.users) == (T0 + minutes(180), "wait", ("ana",))

    def test_hold_and_ack_timeout(self) -> None:
        service = Service(name="checkout", policy="ladder", hold_for=minutes(3), ack_timeout=minutes(30))
        world = world_of(*PEOPLE, policy=LADDER, service=service)
        driver = Driver(world)
        held = next_step(driver.incident, world)
        driver.until(4).do(Acknowledge(by="ana"))
        acked = next_step(driver.incident, world)
        assert held is not None
        assert acked is not None
        assert (held.kind, held.at) == ("hold_end", T0 + minutes(3))
        assert (acked.kind, acked.at, acked.users) == ("ack_end", T0 + minutes(34), ("ana",))

    def test_nothing_is_to_come(self) -> None:
        world = world_of(*PEOPLE, policy=LADDER)
        driver = Driver(world)
        driver.do(Acknowledge(by="ana"))
        assert next_step(driver.incident, world) is None
