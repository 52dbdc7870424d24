"""RULES, Incidents: undo, one's own last act, within 60 s; times worked out by hand."""

from __future__ import annotations

import pytest

from oncall_tui.domain.directory.people import NotificationRule
from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.errors import LostRace, Refused
from oncall_tui.domain.incident import State
from oncall_tui.domain.incident.causes import (
    Acknowledge,
    AlertRepeated,
    Escalate,
    Merge,
    Note,
    Reassign,
    Resolve,
    Snooze,
    Undo,
)
from oncall_tui.domain.incident.effects import CancelPages, RecallPages, ReopenAlerts, RestorePages
from oncall_tui.domain.severity import Severity, Urgency
from tests.domain.incident.moves.test_reaching import result
from tests.support.worlds import T0, Driver, minutes, person, step, user, world_of

LADDER = Policy("ladder", (step(user("ana")), step(user("bo"))), remind=None)
PEOPLE = (person("ana"), person("bo"), person("cy"))
WORLD = world_of(*PEOPLE, policy=LADDER, policies=(LADDER, Policy("other", (step(user("cy")),), remind=None)))
SECOND = 1 / 60


def undo(driver: Driver, by: str = "cy", newer: int | None = None) -> None:
    driver.do(Undo(by=by, version=driver.incident.version, newer=newer))


def test_of_an_acknowledgement_the_escalation_goes_on_where_it_stood() -> None:
    driver = Driver(WORLD).until(10)
    driver.do(Acknowledge(by="cy"))
    driver.until(10.5)
    undo(driver)
    assert (driver.incident.state, driver.incident.assignees) == (State.TRIGGERED, ("ana",))
    assert (driver.incident.acknowledged_by, driver.due) == (None, T0 + minutes(15))
    assert driver.until(16).who == [(0, "ana"), (15, "bo")]
    assert "acknowledge undone: triggered again, with ana" in driver.texts


def test_what_fell_due_meanwhile_is_done_at_once() -> None:
    driver = Driver(WORLD).until(14.75)
    driver.do(Acknowledge(by="cy"))
    driver.until(15.5)
    undo(driver)
    assert driver.who == [(0, "ana"), (15.5, "bo")]


def test_pages_that_the_act_took_back_are_due_again() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="cy"))
    driver.until(0.5)
    undo(driver)
    assert driver.effects[-3:-1] == [CancelPages(), RestorePages(T0, 1)]


def test_waiting_rules_wait_again() -> None:
    rules = (NotificationRule("push"), NotificationRule("phone", minutes(5)))
    world = world_of(person("ana", "push", "phone", rules=rules), *PEOPLE[1:], policy=LADDER)
    driver = Driver(world).until(1)
    driver.do(Acknowledge(by="cy"))
    undo(driver)
    assert [(at, contact) for at, _, contact, *_ in driver.until(6).pages] == [(0, "push"), (5, "phone")]


def test_of_a_resolve_it_is_open_again_and_so_are_its_alerts() -> None:
    driver = Driver(WORLD).until(5)
    driver.do(Resolve(by="cy"))
    driver.until(6)
    undo(driver)
    incident = driver.incident
    assert (incident.state, incident.resolved_at, incident.resolved_by, incident.resolution) == (
        State.TRIGGERED,
        None,
        None,
        None,
    )
    assert ReopenAlerts(T0 + minutes(5), "cy") in driver.effects
    assert driver.until(15).who == [(0, "ana"), (15, "bo")]


def test_of_a_resolve_of_what_somebody_held_they_hold_it_again() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="bo"))
    driver.do(Resolve(by="cy"))
    undo(driver)
    assert (driver.incident.state, driver.incident.acknowledged_by) == (State.ACKNOWLEDGED, "bo")


def test_of_a_snooze_and_a_reassignment() -> None:
    driver = Driver(WORLD).until(1)
    driver.do(Snooze(by="cy", until=T0 + minutes(60)))
    undo(driver)
    assert (driver.incident.snoozed_until, driver.incident.assignees) == (None, ("ana",))
    driver.do(Reassign(by="cy", version=driver.incident.version, user="bo"))
    undo(driver)
    assert (driver.incident.assignees, driver.due) == (("ana",), T0 + minutes(15))
    driver.do(Reassign(by="cy", version=driver.incident.version, policy="other"))
    undo(driver)
    assert driver.incident.lead is not None
    assert driver.incident.lead.policy.name == "ladder"
    assert driver.until(15).who == [(0, "ana"), (1, "bo"), (1, "cy"), (15, "bo")]


def test_of_an_escalation_its_page_is_recalled() -> None:
    driver = Driver(WORLD).until(1)
    driver.do(Escalate(by="cy", version=driver.incident.version))
    undo(driver)
    assert RecallPages(1) in driver.effects
    assert (driver.incident.assignees, driver.due) == (("ana",), T0 + minutes(15))
    assert driver.until(14).who == [(0, "ana"), (1, "bo")]
    assert driver.until(15).who[2:] == [(15, "bo")]


def test_of_an_escalation_from_acknowledged_the_holder_has_it_again() -> None:
    driver = Driver(WORLD, Severity.LOW)
    driver.do(Acknowledge(by="bo"))
    driver.do(Escalate(by="cy", version=driver.incident.version))
    undo(driver)
    assert (driver.incident.acknowledged_by, driver.incident.urgency) == ("bo", Urgency.LOW)


def test_the_version_goes_on_so_that_an_old_look_stays_old() -> None:
    driver = Driver(WORLD)
    seen = driver.incident.version
    driver.do(Acknowledge(by="cy"))
    undo(driver)
    assert driver.incident.version == seen + 2


def test_within_sixty_seconds() -> None:
    driver = Driver(WORLD).until(1)
    driver.do(Resolve(by="cy"))
    driver.until(2)
    undo(driver)
    driver.do(Resolve(by="cy"))
    driver.until(3 + SECOND)
    with pytest.raises(Refused, match="more than 60 s ago"):
        undo(driver)
    assert driver.incident.state is State.RESOLVED


def test_only_by_who_did_it() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="cy"))
    with pytest.raises(Refused, match="was cy's"):
        undo(driver, by="bo")


def test_a_newer_incident_with_its_key_forbids_the_reopening() -> None:
    driver = Driver(WORLD)
    driver.do(Resolve(by="cy"))
    with pytest.raises(Refused, match="#7 was opened since"):
        undo(driver, newer=7)
    assert driver.incident.state is State.RESOLVED


def test_not_twice_and_not_when_nothing_was_done() -> None:
    driver = Driver(WORLD)
    with pytest.raises(Refused, match="nothing on #1 can be undone"):
        undo(driver)
    driver.do(Acknowledge(by="cy"))
    undo(driver)
    with pytest.raises(Refused, match="nothing"):
        undo(driver)


def test_the_exact_version() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="cy"))
    with pytest.raises(LostRace):
        driver.do(Undo(by="cy", version=1))


def test_what_moved_since_is_not_undone() -> None:
    driver = Driver(WORLD).until(14.75)
    driver.do(Escalate(by="cy", version=driver.incident.version))
    driver.do(Escalate(by="bo", version=driver.incident.version))
    with pytest.raises(Refused, match="was bo's"):
        undo(driver)
    driver.do(Merge(by="bo", version=driver.incident.version, into=9))
    with pytest.raises(Refused, match="nothing"):
        undo(driver, by="bo")


def test_a_note_in_between_does_not_matter_nor_does_acknowledging_ones_own_again() -> None:
    driver = Driver(WORLD)
    driver.do(Acknowledge(by="cy"))
    driver.do(Note(by="cy", text="looking"))
    driver.do(Acknowledge(by="cy"))
    undo(driver)
    assert driver.incident.state is State.TRIGGERED


def test_a_step_whose_pages_failed_meanwhile_does_not_wait_after_the_undo() -> None:
    driver = Driver(WORLD).until(1)
    driver.do(Acknowledge(by="cy"))
    driver.do(result(driver, 0))
    undo(driver)
    assert driver.who == [(0, "ana"), (1, "bo")]


def test_what_turned_high_meanwhile_begins_after_the_undo() -> None:
    driver = Driver(WORLD, Severity.LOW).until(1)
    driver.do(Acknowledge(by="cy"))
    driver.do(AlertRepeated(Severity.HIGH))
    undo(driver)
    assert (driver.incident.urgency, driver.due) == (Urgency.HIGH, T0 + minutes(16))
    assert driver.who == [(0, "ana"), (1, "cy"), (1, "ana")]


def test_what_can_no_longer_be_undone_is_not_kept() -> None:
    driver = Driver(WORLD).until(1)
    driver.do(Acknowledge(by="cy"))
    driver.until(2)
    driver.do(Note(by="cy", text="looking"))
    assert driver.incident.undo is not None
    driver.until(2.5)
    driver.do(Note(by="cy", text="still looking"))
    assert driver.incident.undo is None
