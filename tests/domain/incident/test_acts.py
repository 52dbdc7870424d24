"""RULES, Incidents: acts and versions; who comes second is told who was first."""

from __future__ import annotations

import pytest

from oncall_tui.domain.directory.people import NotificationRule, Role
from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.errors import Forbidden, Invalid, LostRace, Refused, Unknown
from oncall_tui.domain.incident import Phase, State
from oncall_tui.domain.incident.causes import (
    Acknowledge,
    AlertJoined,
    Escalate,
    Note,
    Reassign,
    Resolve,
    SenderAcknowledged,
    Snooze,
    Unacknowledge,
)
from oncall_tui.domain.incident.effects import CancelPages
from oncall_tui.domain.incident.preview import next_step
from oncall_tui.domain.severity import Severity, Urgency
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

LADDER = Policy("ladder", (step(user("ana")), step(user("bo"))), remind=None, fallback=(user("dee"),))
PEOPLE = (person("ana"), person("bo"), person("cy"), person("dee"), person("eye", role=Role.VIEWER))
WORLD = world_of(*PEOPLE, unreachable("mute"), policy=LADDER)


def version(driver: Driver) -> int:
    return driver.incident.version


def test_acknowledging_stops_everything_and_assigns_the_acknowledger() -> None:
    driver = Driver(WORLD)
    done = driver.do(Acknowledge(by="cy"))
    assert CancelPages() in done.effects
    assert driver.incident.state is State.ACKNOWLEDGED
    assert driver.incident.assignees == ("cy",)
    assert driver.incident.phase is Phase.STOPPED
    assert driver.due is None
    assert driver.until(1000).who == [(0, "ana")]


def test_acknowledging_is_possible_whatever_version_was_seen() -> None:
    driver = Driver(WORLD).until(16)
    driver.do(Acknowledge(by="bo", version=1))
    assert driver.incident.acknowledged_by == "bo"


def test_all_that_is_said_at_the_instant_of_a_timer_comes_before_it() -> None:
    """At the end of step 1 its sender says something new, then ana acknowledges: nobody else is paged."""
    driver = Driver(WORLD)
    driver.now = T0 + minutes(15)
    driver.do(AlertJoined("disk", Severity.CRITICAL, "prometheus", "grouped"))
    assert driver.due == T0 + minutes(15)
    driver.do(Acknowledge(by="ana"))
    assert driver.until(60).who == [(0, "ana")]


def test_who_acknowledges_second_is_told_who_was_first() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="ana"))
    with pytest.raises(LostRace, match=r"#1 was already acknowledged by ana at 2026-03-01T03:00:00Z"):
        driver.do(Acknowledge(by="bo"))


def test_acknowledging_ones_own_again_is_done_already() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="ana"))
    before = driver.incident
    assert driver.do(Acknowledge(by="ana")).effects == ()
    assert driver.incident == before


def test_anothers_is_taken_over_when_it_is_meant() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="ana"))
    driver.do(Acknowledge(by="bo", take_over=True))
    assert driver.incident.assignees == ("bo",)
    assert driver.texts[-1] == "taken over from ana"


def test_a_sender_acknowledges_once_and_the_assignees_stay() -> None:
    driver = Driver(WORLD)
    driver.do(SenderAcknowledged("prometheus"))
    assert driver.incident.acknowledged_by == "integration prometheus"
    assert driver.incident.assignees == ("ana",)
    assert driver.do(SenderAcknowledged("prometheus")).effects == ()


def test_an_acknowledgement_taken_back_starts_at_step_1_again_and_takes_nothing_from_nobody() -> None:
    driver = Driver(WORLD).until(20)
    assert driver.do(Unacknowledge(by="opsgenie")).effects == ()
    driver.do(Acknowledge(by="cy"))
    driver.until(30).do(Unacknowledge(by="opsgenie"))
    assert driver.incident.state is State.TRIGGERED
    assert driver.who == [(0, "ana"), (15, "bo"), (30, "ana")]


def test_an_acknowledgement_by_its_sender_runs_out_like_any_other() -> None:
    service = Service(name="checkout", policy="ladder", ack_timeout=minutes(30))
    driver = Driver(world_of(*PEOPLE, policy=LADDER, service=service)).until(2)
    driver.do(SenderAcknowledged("prometheus"))
    assert driver.until(33).who == [(0, "ana"), (32, "ana")]


def test_resolving_ends_it_with_a_reason() -> None:
    driver = Driver(WORLD)
    driver.do(Resolve(by="ana", reason="false alarm"))
    assert (driver.incident.state, driver.incident.resolution) == (State.RESOLVED, "false alarm")
    assert driver.due is None
    assert next_step(driver.incident, WORLD) is None
    with pytest.raises(LostRace, match="already resolved by ana"):
        driver.do(Resolve(by="bo"))


def test_nonsense_is_no_reason() -> None:
    with pytest.raises(Invalid, match="no reason"):
        Driver(WORLD).do(Resolve(by="ana", reason="bored"))


def test_a_note_is_a_line_of_the_timeline_also_after_the_end() -> None:
    driver = Driver(WORLD)
    driver.do(Resolve(by="ana"))
    before = driver.incident
    driver.do(Note(by="bo", text=" it was the cache "))
    assert (driver.kinds[-1], driver.texts[-1]) == ("note", "it was the cache")
    assert driver.incident == before
    with pytest.raises(Invalid):
        driver.do(Note(by="bo", text="  "))


def test_viewers_may_not_act() -> None:
    with pytest.raises(Forbidden):
        Driver(WORLD).do(Acknowledge(by="eye"))


class TestEscalate:
    """The next step now; the exact version, so two keypresses escalate once."""

    def test_two_keypresses_escalate_once(self) -> None:
        driver = Driver(WORLD)
        seen = version(driver)
        driver.do(Escalate(by="ana", version=seen))
        with pytest.raises(LostRace, match="it is triggered, step 2, with bo now"):
            driver.do(Escalate(by="ana", version=seen))
        assert driver.who == [(0, "ana"), (0, "bo")]

    def test_two_keypresses_at_the_last_step_exhaust_it_once(self) -> None:
        driver = Driver(WORLD).until(16)
        seen = version(driver)
        driver.do(Escalate(by="bo", version=seen))
        with pytest.raises(LostRace):
            driver.do(Escalate(by="bo", version=seen))
        assert driver.who == [(0, "ana"), (15, "bo"), (16, "dee")]

    def test_a_keypress_for_the_last_step_after_it_was_exhausted_by_itself_begins_nothing_afresh(self) -> None:
        driver = Driver(WORLD).until(29)
        seen = version(driver)
        with pytest.raises(LostRace):
            driver.until(30).do(Escalate(by="bo", version=seen))
        assert driver.who[-1] == (30, "dee")

    def test_two_keypresses_at_an_exhausted_policy_of_one_step_begin_afresh_once(self) -> None:
        """Step 1 of round 1 before and after: the version has moved all the same."""
        policy = Policy("p", (step(user("ana"), delay=5),), remind=None, fallback=(user("dee"),))
        driver = Driver(world_of(*PEOPLE, policy=policy)).until(6)
        seen = version(driver)
        driver.do(Escalate(by="bo", version=seen))
        with pytest.raises(LostRace):
            driver.do(Escalate(by="bo", version=seen))
        assert driver.who == [(0, "ana"), (5, "dee"), (6, "ana")]

    def test_the_next_step_gets_its_whole_delay(self) -> None:
        driver = Driver(WORLD).until(10)
        driver.do(Escalate(by="ana", version=version(driver)))
        assert driver.due == T0 + minutes(25)

    def test_from_acknowledged_it_is_triggered_again(self) -> None:
        driver = Driver(WORLD)
        driver.do(Acknowledge(by="ana"))
        driver.do(Escalate(by="ana", version=version(driver)))
        assert driver.incident.state is State.TRIGGERED
        assert driver.incident.assignees == ("bo",)
        assert driver.incident.acknowledged_by is None

    def test_from_the_last_step_comes_the_next_rounds_first(self) -> None:
        policy = Policy("p", (step(user("ana")),), repeat=1, remind=None)
        driver = Driver(world_of(*PEOPLE, policy=policy))
        driver.do(Escalate(by="ana", version=version(driver)))
        assert driver.pages[-1] == (0, "ana", "push", 1, 2)

    def test_from_the_last_step_of_the_last_round_it_is_exhausted_then_afresh(self) -> None:
        driver = Driver(WORLD).until(15)
        driver.do(Escalate(by="bo", version=version(driver)))
        assert driver.incident.phase is Phase.EXHAUSTED
        assert driver.who[-1] == (15, "dee")
        driver.do(Escalate(by="dee", version=version(driver)))
        assert driver.pages[-1] == (15, "ana", "push", 1, 1)

    def test_acknowledged_after_exhausted_it_begins_afresh(self) -> None:
        driver = Driver(WORLD).until(30)
        driver.do(Acknowledge(by="dee"))
        driver.do(Escalate(by="dee", version=version(driver)))
        assert driver.pages[-1] == (30, "ana", "push", 1, 1)

    def test_from_waiting_it_begins_afresh_and_waits_again_while_nobody_is_there(self) -> None:
        later = shifts("primary", ("ana", T0 + minutes(60), T0 + minutes(600)))
        policy = Policy("p", (step(on_call_in("primary")),), remind=None)
        driver = Driver(world_of(*PEOPLE, policy=policy, schedules=(later,)))
        driver.do(Escalate(by="cy", version=version(driver)))
        assert (driver.incident.phase, driver.pages) == (Phase.WAITING, [])
        assert driver.until(61).who == [(60, "ana")]

    def test_during_hold_it_starts_at_once(self) -> None:
        service = Service(name="checkout", policy="ladder", hold_for=minutes(5))
        driver = Driver(world_of(*PEOPLE, policy=LADDER, service=service))
        driver.do(Escalate(by="ana", version=version(driver)))
        assert driver.until(6).who == [(0, "ana")]

    def test_low_urgency_turns_high(self) -> None:
        driver = Driver(WORLD, Severity.LOW)
        driver.do(Escalate(by="ana", version=version(driver)))
        assert driver.incident.urgency is Urgency.HIGH
        assert driver.who == [(0, "ana"), (0, "bo")]
        assert driver.due == T0 + minutes(15)


class TestReassign:
    """To a person, who is paged and reminded; unanswered for the first delay: step 1."""

    def test_to_a_person(self) -> None:
        policy = Policy("p", (step(user("ana"), delay=15), step(user("bo"))), remind=minutes(10))
        driver = Driver(world_of(*PEOPLE, policy=policy)).until(1)
        driver.do(Reassign(by="ana", version=version(driver), user="cy"))
        assert (driver.incident.assignees, driver.incident.phase) == (("cy",), Phase.ASSIGNED)
        driver.until(25)
        assert driver.who == [(0, "ana"), (1, "cy"), (11, "cy"), (16, "ana")]

    def test_to_a_person_at_a_policy_without_steps(self) -> None:
        driver = Driver(world_of(*PEOPLE, policy=Policy("empty", remind=None)))
        driver.do(Reassign(by="ana", version=version(driver), user="cy"))
        assert driver.due == T0 + minutes(15)
        assert driver.until(15).incident.phase is Phase.WAITING

    def test_to_oneself_is_acknowledging(self) -> None:
        driver = Driver(WORLD)
        driver.do(Reassign(by="cy", version=version(driver), user="cy"))
        assert driver.incident.acknowledged_by == "cy"

    def test_to_a_policy_begins_at_its_step_1(self) -> None:
        other = Policy("other", (step(user("cy")),), remind=None)
        driver = Driver(world_of(*PEOPLE, policies=(LADDER, other)))
        driver.do(Reassign(by="ana", version=version(driver), policy="other"))
        assert driver.pages[-1] == (0, "cy", "push", 1, 1)

    def test_two_keypresses_give_it_to_a_policy_once_also_with_the_same_people(self) -> None:
        driver = Driver(WORLD)
        seen = version(driver)
        driver.do(Reassign(by="bo", version=seen, policy="ladder"))
        with pytest.raises(LostRace):
            driver.do(Reassign(by="bo", version=seen, policy="ladder"))
        assert driver.who == [(0, "ana"), (0, "ana")]

    @pytest.mark.parametrize(
        ("to", "error"),
        [
            ({"user": "ghost"}, Unknown),
            ({"policy": "ghost"}, Unknown),
            ({"user": "mute"}, Refused),
            ({}, Invalid),
        ],
    )
    def test_to_nobody_is_refused(self, to: dict[str, str], error: type[Exception]) -> None:
        driver = Driver(WORLD)
        before = driver.incident
        with pytest.raises(error):
            driver.do(Reassign(by="ana", version=version(driver), **to))
        assert driver.incident == before

    def test_an_old_version_is_refused(self) -> None:
        driver = Driver(WORLD).until(16)
        with pytest.raises(LostRace):
            driver.do(Reassign(by="ana", version=1, user="cy"))


class TestSnooze:
    """Acknowledge until a time; then triggered, step 1."""

    def test_it_wakes_at_its_end(self) -> None:
        driver = Driver(WORLD)
        driver.do(Snooze(by="ana", until=T0 + minutes(60)))
        assert driver.incident.state is State.ACKNOWLEDGED
        ahead = next_step(driver.incident, WORLD)
        assert ahead is not None
        assert (ahead.kind, ahead.users) == ("snooze_end", ("ana",))
        assert driver.until(60).who == [(0, "ana"), (60, "ana")]

    @pytest.mark.parametrize("away", [0, -5, 7 * 24 * 60 + 1])
    def test_its_end_is_ahead_and_within_a_week(self, away: float) -> None:
        with pytest.raises(Invalid):
            Driver(WORLD).do(Snooze(by="ana", until=T0 + minutes(away)))

    def test_escalating_and_reassigning_end_it(self) -> None:
        driver = Driver(WORLD)
        driver.do(Snooze(by="ana", until=T0 + minutes(60)))
        driver.do(Escalate(by="ana", version=version(driver)))
        assert (driver.incident.snoozed_until, driver.who) == (None, [(0, "ana"), (0, "bo")])
        driver.do(Snooze(by="ana", until=T0 + minutes(60)))
        driver.do(Reassign(by="ana", version=version(driver), user="cy"))
        assert (driver.incident.snoozed_until, driver.incident.assignees) == (None, ("cy",))
        assert driver.until(15).who == [(0, "ana"), (0, "bo"), (0, "cy"), (15, "ana")]

    def test_acknowledging_ends_it(self) -> None:
        driver = Driver(WORLD)
        driver.do(Snooze(by="ana", until=T0 + minutes(60)))
        driver.do(Acknowledge(by="bo", take_over=True))
        assert driver.until(600).who == [(0, "ana")]


class TestVersion:
    """It moves with state, step and assignees only."""

    def test_it_moves_with_each(self) -> None:
        driver = Driver(WORLD)
        seen = [version(driver)]
        driver.until(15)
        seen.append(version(driver))
        driver.do(Acknowledge(by="bo"))
        seen.append(version(driver))
        driver.do(Resolve(by="bo"))
        seen.append(version(driver))
        assert seen == sorted(set(seen))

    def test_reminders_and_rules_do_not_move_it(self) -> None:
        rules = (NotificationRule("push"), NotificationRule("mail", minutes(2)))
        policy = Policy("p", (step(user("ana"), delay=60),), remind=minutes(10))
        driver = Driver(world_of(person("ana", "push", "mail", rules=rules), policy=policy))
        before = version(driver)
        driver.until(25)
        assert len(driver.pages) > 2
        assert version(driver) == before
