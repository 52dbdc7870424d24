"""RULES, Reaching a person: notification rules, failures, urgency."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from oncall_tui.domain.directory.people import ContactMethod, NotificationRule, Team, User
from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.incident import Phase, State
from oncall_tui.domain.incident.causes import (
    Acknowledge,
    AlertJoined,
    AlertRepeated,
    AlertsResolved,
    Escalate,
    PageResult,
    Reassign,
    Resolve,
    SenderAcknowledged,
)
from oncall_tui.domain.severity import Severity, Urgency
from tests.support.worlds import HIGH, LOW, T0, Driver, minutes, on_call_in, person, shifts, step, user, world_of

RULES = (
    NotificationRule("push", urgency=HIGH),
    NotificationRule("phone", minutes(5), urgency=HIGH),
    NotificationRule("mail", urgency=LOW),
)
ANA = person("ana", "push", "phone", "mail", rules=RULES)
BO = person("bo")
QUIET = Policy("p", (step(user("ana")), step(user("bo"))), remind=None)


def contacts(driver: Driver) -> list[tuple[float, str | None, str]]:
    return [(at, who, contact) for at, who, contact, *_ in driver.pages]


def state(driver: Driver) -> State:
    return driver.incident.state


def severity(driver: Driver) -> Severity:
    return driver.incident.severity


def result(driver: Driver, page: int, *, delivered: bool = False, final: bool = True) -> PageResult:
    _, who, contact, number, round_ = driver.pages[page]
    return PageResult(
        seq=page + 1,
        user=who,
        contact=contact,
        run=0,
        step=number,
        round=round_,
        delivered=delivered,
        final=final,
        answer="500 Internal Server Error",
        took=timedelta(seconds=0.4),
        retry_in=None if final or delivered else timedelta(seconds=5),
    )


def test_rules_fire_at_their_delay() -> None:
    driver = Driver(world_of(ANA, BO, policy=QUIET)).until(10)
    assert contacts(driver) == [(0, "ana", "push"), (5, "ana", "phone")]


def test_without_rules_for_the_urgency_all_enabled_contacts_go_at_once() -> None:
    off = User(username="ana", contacts=(ContactMethod("push"), ContactMethod("mail"), ContactMethod("fax", False)))
    assert contacts(Driver(world_of(off, policy=QUIET))) == [(0, "ana", "push"), (0, "ana", "mail")]


def test_rules_whose_contacts_are_all_disabled_count_as_none() -> None:
    off = replace(ANA, contacts=(ContactMethod("push", False), ContactMethod("phone", False), ContactMethod("mail")))
    assert contacts(Driver(world_of(off, policy=QUIET))) == [(0, "ana", "mail")]


def test_unverified_contacts_page_too() -> None:
    unverified = User(username="ana", contacts=(ContactMethod("push", verified=False),))
    assert contacts(Driver(world_of(unverified, policy=QUIET))) == [(0, "ana", "push")]


def test_started_rules_run_to_their_end_when_the_escalation_has_moved_on() -> None:
    slow = replace(ANA, rules=(NotificationRule("push"), NotificationRule("phone", minutes(20))))
    driver = Driver(world_of(slow, BO, policy=QUIET)).until(25)
    assert contacts(driver) == [(0, "ana", "push"), (15, "bo", "push"), (20, "ana", "phone")]


def test_acknowledging_and_resolving_end_them() -> None:
    for act in (Acknowledge(by="bo"), Resolve(by="bo")):
        driver = Driver(world_of(ANA, BO, policy=QUIET)).until(1)
        driver.do(act)
        assert contacts(driver.until(60)) == [(0, "ana", "push")]


def test_reached_again_due_rules_fire_and_pending_ones_keep_their_time() -> None:
    policy = replace(QUIET, remind=minutes(3))
    driver = Driver(world_of(ANA, BO, policy=policy)).until(7)
    assert contacts(driver) == [(0, "ana", "push"), (3, "ana", "push"), (5, "ana", "phone"), (6, "ana", "push")]


def test_nothing_is_doubled_when_a_rule_and_a_reminder_meet() -> None:
    rules = (NotificationRule("push"), NotificationRule("phone", minutes(10)))
    policy = replace(QUIET, remind=minutes(10), steps=(step(user("ana"), delay=60),))
    driver = Driver(world_of(replace(ANA, rules=rules), policy=policy)).until(10)
    assert contacts(driver) == [(0, "ana", "push"), (10, "ana", "push"), (10, "ana", "phone")]


def test_a_contact_named_by_several_rules_pages_at_the_time_of_each() -> None:
    """The reminder at 3 begins again with the rule of 2, at 5; that of 6 waits and keeps its time."""
    rules = (NotificationRule("push"), NotificationRule("push", minutes(2)), NotificationRule("push", minutes(6)))
    often = replace(ANA, rules=rules)
    driver = Driver(world_of(often, BO, policy=QUIET)).until(10)
    assert contacts(driver) == [(0, "ana", "push"), (2, "ana", "push"), (6, "ana", "push")]
    driver = Driver(world_of(often, BO, policy=replace(QUIET, remind=minutes(3)))).until(5.5)
    assert [at for at, *_ in driver.pages] == [0, 2, 3, 5]
    assert [at for at, *_ in driver.until(6).pages][4:] == [6]


def test_a_contact_that_went_away_meanwhile_is_skipped_and_said() -> None:
    driver = Driver(world_of(ANA, BO, policy=QUIET)).until(1)
    driver.world = world_of(person("ana", "push"), BO, policy=QUIET)
    driver.until(10)
    assert contacts(driver) == [(0, "ana", "push")]
    assert driver.texts[-1] == "ana, phone: the contact is gone or disabled"


class TestFailures:
    """A permanent failure brings the next contact forward; a temporary one lets it wait a minute."""

    def test_delivered_is_said(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET))
        driver.do(result(driver, 0, delivered=True))
        assert driver.texts[-1] == "paged ana, push: delivered in 0.4 s"

    def test_permanent_brings_the_next_rule_forward(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET)).until(1)
        driver.do(result(driver, 0))
        assert contacts(driver.until(14)) == [(0, "ana", "push"), (1, "ana", "phone")]

    def test_after_the_last_rule_come_contacts_outside_the_rules(self) -> None:
        only_push = replace(ANA, rules=(NotificationRule("push"),))
        driver = Driver(world_of(only_push, BO, policy=QUIET)).until(1)
        driver.do(result(driver, 0))
        driver.do(result(driver, 1))
        assert contacts(driver) == [(0, "ana", "push"), (1, "ana", "phone"), (1, "ana", "mail")]

    def test_temporary_moves_the_next_rule_to_a_minute_from_now(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET)).until(1)
        driver.do(result(driver, 0, final=False))
        assert driver.texts[-1] == "paging ana, push: 500 Internal Server Error, again in 5 s"
        driver.do(result(driver, 0, final=False))
        assert contacts(driver.until(4)) == [(0, "ana", "push"), (2, "ana", "phone")]

    def test_temporary_takes_the_next_rule_of_another_contact(self) -> None:
        rules = (NotificationRule("push"), NotificationRule("push", minutes(3)), NotificationRule("phone", minutes(9)))
        driver = Driver(world_of(replace(ANA, rules=rules), BO, policy=QUIET))
        driver.do(result(driver, 0, final=False))
        assert contacts(driver.until(10)) == [(0, "ana", "push"), (1, "ana", "phone"), (3, "ana", "push")]

    def test_temporary_leaves_an_earlier_rule_alone(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET)).until(4.5)
        driver.do(result(driver, 0, final=False))
        assert contacts(driver.until(6))[1] == (5, "ana", "phone")

    def test_temporary_without_a_rule_left_takes_a_contact_outside(self) -> None:
        only_push = replace(ANA, rules=(NotificationRule("push"),))
        driver = Driver(world_of(only_push, BO, policy=QUIET))
        driver.do(result(driver, 0, final=False))
        assert contacts(driver.until(3)) == [(0, "ana", "push"), (1, "ana", "phone")]

    def test_temporary_again_after_its_step_is_over_takes_no_contact_twice(self) -> None:
        """The retries of push go on in step 2 and when the policy is exhausted; phone has gone at 1 already."""
        only_push = replace(ANA, rules=(NotificationRule("push"),))
        driver = Driver(world_of(only_push, BO, policy=replace(QUIET, fallback=(user("bo"),))))
        for minute in (0, 14, 16, 31):
            driver.until(minute).do(result(driver, 0, final=False))
        assert contacts(driver.until(40)) == [
            (0, "ana", "push"),
            (1, "ana", "phone"),
            (15, "bo", "push"),
            (30, "bo", "push"),
        ]

    def test_temporary_for_the_first_time_after_its_step_is_over_takes_the_next_contact(self) -> None:
        only_push = replace(ANA, rules=(NotificationRule("push"),))
        driver = Driver(world_of(only_push, BO, policy=QUIET)).until(16)
        driver.do(result(driver, 0, final=False))
        driver.until(18).do(result(driver, 0, final=False))
        assert contacts(driver.until(20)) == [(0, "ana", "push"), (15, "bo", "push"), (17, "ana", "phone")]

    def test_temporary_with_no_other_contact_changes_nothing(self) -> None:
        driver = Driver(world_of(person("ana"), BO, policy=QUIET))
        driver.do(result(driver, 0, final=False))
        assert contacts(driver.until(14)) == [(0, "ana", "push")]

    def test_a_step_whose_every_page_failed_does_not_wait(self) -> None:
        policy = replace(QUIET, steps=(step(user("ana"), user("cy")), step(user("bo"))))
        driver = Driver(world_of(person("ana"), BO, person("cy"), policy=policy)).until(1)
        driver.do(result(driver, 0))
        assert driver.incident.lead is not None
        assert driver.incident.lead.step == 1
        driver.do(result(driver, 1))
        assert driver.who[-1] == (1, "bo")
        assert driver.due == T0 + minutes(16)

    def test_an_assignment_whose_every_page_failed_does_not_wait_either(self) -> None:
        driver = Driver(world_of(person("ana"), BO, person("cy"), policy=QUIET)).until(1)
        driver.do(Reassign(by="ana", version=driver.incident.version, user="cy"))
        driver.do(result(driver, 1))
        assert driver.who == [(0, "ana"), (1, "cy"), (1, "ana")]

    def test_a_fallback_whose_every_page_failed_waits_for_whoever_comes_on_call(self) -> None:
        rota = shifts("primary", ("ana", T0, T0 + minutes(20)), ("bo", T0 + minutes(40), T0 + minutes(600)))
        policy = Policy("p", (step(on_call_in("primary")),), remind=None, fallback=(user("cy"),))
        driver = Driver(world_of(person("ana"), BO, person("cy"), policy=policy, schedules=(rota,))).until(15)
        assert (driver.who, driver.due) == ([(0, "ana"), (15, "cy")], None)
        driver.do(result(driver, 0))  # late, of the step before: it is not the fallback's
        assert driver.due is None
        driver.do(result(driver, 1))
        assert driver.texts[-1] == "policy p is exhausted and every page of its fallback failed for good"
        assert driver.until(41).who == [(0, "ana"), (15, "cy"), (40, "bo")]

    def test_low_urgency_that_told_nobody_tells_the_next_step_and_last_the_fallback_once(self) -> None:
        policy = replace(QUIET, remind=minutes(10), fallback=(user("cy"),))
        driver = Driver(world_of(person("ana"), BO, person("cy"), policy=policy), severity=Severity.LOW)
        driver.do(result(driver, 0))
        assert "every page of step 1 failed for good: nobody was told" in driver.texts
        driver.do(result(driver, 1))
        assert driver.until(600).who == [(0, "ana"), (0, "bo"), (0, "cy")]
        assert (driver.incident.phase, driver.due) == (Phase.EXHAUSTED, None)

    def test_low_urgency_that_was_told_by_another_contact_goes_no_further(self) -> None:
        driver = Driver(world_of(person("ana", "push", "mail"), BO, policy=QUIET), severity=Severity.LOW)
        driver.do(result(driver, 0))
        driver.do(result(driver, 1, delivered=True))
        assert {who for _, who in driver.until(600).who} == {"ana"}

    def test_a_failure_of_what_was_taken_back_since_pages_nobody(self) -> None:
        """ana's push was on its way when cy handed the incident to bo: her phone is not her next contact any more."""
        only_push = replace(ANA, rules=(NotificationRule("push"),))
        driver = Driver(world_of(only_push, BO, person("cy"), policy=QUIET)).until(1)
        driver.do(Reassign(by="cy", version=driver.incident.version, user="bo"))
        driver.do(result(driver, 0, final=False))
        driver.do(result(driver, 0))
        assert contacts(driver.until(10)) == [(0, "ana", "push"), (1, "bo", "push")]

    def test_the_holders_next_contact_when_the_page_that_it_is_urgent_now_fails(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET), Severity.LOW).until(1)
        driver.do(Acknowledge(by="ana"))
        driver.do(AlertRepeated(Severity.HIGH))
        driver.do(result(driver, 1))
        assert contacts(driver) == [(0, "ana", "mail"), (1, "ana", "push"), (1, "ana", "phone")]
        assert state(driver) is State.ACKNOWLEDGED

    def test_one_delivered_page_lets_the_step_wait(self) -> None:
        policy = replace(QUIET, steps=(step(user("ana"), user("cy")), step(user("bo"))))
        driver = Driver(world_of(person("ana"), BO, person("cy"), policy=policy))
        driver.do(result(driver, 0, delivered=True))
        driver.do(result(driver, 1))
        assert driver.until(14).who == [(0, "ana"), (0, "cy")]

    def test_a_failed_channel_has_no_next_contact(self) -> None:
        channel = Target(TargetKind.CHANNEL, "slack://…", 7)
        policy = replace(QUIET, steps=(step(channel, user("ana")), step(user("bo"))))
        driver = Driver(world_of(person("ana"), BO, policy=policy))
        channel_page = next(i for i, page in enumerate(driver.pages) if page[1] is None)
        driver.do(result(driver, channel_page))
        driver.do(result(driver, channel_page, final=False))
        assert driver.texts[-2] == "paging slack://… failed for good: 500 Internal Server Error"
        assert len(driver.pages) == 2

    def test_results_after_an_acknowledgement_are_only_written_down(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET))
        driver.do(Acknowledge(by="ana"))
        driver.do(result(driver, 0))
        assert contacts(driver.until(60)) == [(0, "ana", "push")]
        assert driver.kinds[-1] == "failed"

    def test_a_late_failure_of_an_earlier_step_does_not_move_the_current_one(self) -> None:
        driver = Driver(world_of(person("ana"), BO, policy=QUIET)).until(15)
        driver.do(result(driver, 0))
        assert driver.until(29).who == [(0, "ana"), (15, "bo")]

    def test_a_failure_for_a_run_that_is_gone_is_only_written_down(self) -> None:
        """bo's page was the second policy's; the incident was handed to the first one alone while it was on its way."""
        second = replace(QUIET, name="q", steps=(step(user("bo")),))
        service, team = Service(name="checkout", team="t"), Team("t", policies=("p", "q"))
        driver = Driver(world_of(person("ana"), BO, service=service, policies=(QUIET, second), teams=(team,)))
        driver.do(Reassign(by="ana", version=driver.incident.version, policy="p"))
        driver.do(replace(result(driver, 1), run=1))
        assert driver.kinds[-1] == "failed"


class TestUrgency:
    """Low urgency notifies once, is not escalated and not reminded."""

    policy = replace(QUIET, remind=minutes(10))

    def test_low_notifies_once_by_its_own_rules(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=self.policy), Severity.INFO).until(600)
        assert contacts(driver) == [(0, "ana", "mail")]
        assert (driver.incident.phase, driver.due) == (Phase.NOTIFIED, None)

    def test_severity_is_the_highest_seen(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=self.policy))
        driver.do(AlertRepeated(Severity.LOW))
        assert severity(driver) is Severity.HIGH
        driver.do(AlertRepeated(Severity.CRITICAL, title="worse", description="much"))
        assert severity(driver) is Severity.CRITICAL
        assert (driver.incident.title, driver.incident.description) == ("worse", "much")
        assert len(driver.pages) == 1

    def test_turning_high_starts_step_1_at_once(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=self.policy), Severity.LOW).until(3)
        driver.do(AlertJoined("disk", Severity.HIGH, "prometheus", "grouped"))
        assert driver.incident.urgency is Urgency.HIGH
        assert contacts(driver.until(9)) == [(0, "ana", "mail"), (3, "ana", "push"), (8, "ana", "phone")]

    def test_turning_high_while_acknowledged_pages_only_the_holder(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=self.policy), Severity.LOW)
        driver.do(Acknowledge(by="bo"))
        driver.do(AlertRepeated(Severity.HIGH))
        assert state(driver) is State.ACKNOWLEDGED
        assert contacts(driver.until(600)) == [(0, "ana", "mail"), (0, "bo", "push")]

    def test_turning_high_with_a_holder_who_is_gone_pages_nobody(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=self.policy), Severity.LOW)
        driver.do(Acknowledge(by="stranger"))
        driver.do(AlertRepeated(Severity.HIGH))
        assert len(driver.pages) == 1

    def test_turning_high_while_held_waits_for_the_end_of_the_hold(self) -> None:
        service = Service(name="checkout", policy="p", hold_for=minutes(5))
        driver = Driver(world_of(ANA, BO, policy=self.policy, service=service), Severity.LOW)
        driver.do(AlertRepeated(Severity.HIGH))
        assert driver.pages == []
        assert contacts(driver.until(6)) == [(5, "ana", "push")]

    def test_low_that_stays_low_pages_nobody_more(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=self.policy), Severity.INFO)
        driver.do(AlertRepeated(Severity.LOW))
        assert severity(driver) is Severity.LOW
        assert len(driver.pages) == 1


class TestEvents:
    """What senders say about an open incident."""

    def test_it_resolves_when_all_its_alerts_have(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET))
        driver.do(AlertsResolved(("a",), 1, "prometheus"))
        assert state(driver) is State.TRIGGERED
        driver.do(AlertsResolved(("b",), 0, "prometheus"))
        assert state(driver) is State.RESOLVED
        assert driver.incident.resolved_by == "integration prometheus"

    def test_what_comes_after_the_end_changes_nothing(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET))
        driver.do(Resolve(by="ana"))
        before = driver.incident
        for late in (SenderAcknowledged("p"), AlertRepeated(Severity.CRITICAL), AlertsResolved((), 0, "p")):
            assert driver.do(late).effects == ()
        assert driver.incident == before

    def test_escalating_after_a_rule_is_pending_keeps_the_rule(self) -> None:
        driver = Driver(world_of(ANA, BO, policy=QUIET)).until(1)
        driver.do(Escalate(by="ana", version=driver.incident.version))
        assert contacts(driver.until(6)) == [(0, "ana", "push"), (1, "bo", "push"), (5, "ana", "phone")]
