"""RULES: merge, and what people write on an incident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.errors import Invalid, LostRace, Refused
from oncall_tui.domain.incident import State, advance
from oncall_tui.domain.incident.causes import (
    Absorb,
    Acknowledge,
    AlertJoined,
    AlertRepeated,
    Edit,
    Merge,
    Opened,
    Resolve,
    Snooze,
)
from oncall_tui.domain.severity import Severity, Urgency
from tests.support.worlds import T0, Driver, minutes, person, step, user, world_of

LADDER = Policy("ladder", (step(user("ana")), step(user("bo"))), remind=None)
PEOPLE = (person("ana"), person("bo"), person("cy"))
WORLD = world_of(*PEOPLE, policy=LADDER)


def severity(driver: Driver) -> Severity:
    return driver.incident.severity


class TestMerge:
    """The source resolves as merged; the target keeps what it has and takes the higher severity."""

    def test_the_source_ends_and_pages_nobody_any_more(self) -> None:
        driver = Driver(WORLD)
        driver.do(Merge(by="cy", version=driver.incident.version, into=7))
        incident = driver.incident
        assert (incident.state, incident.resolution, incident.merged_into) == (State.RESOLVED, "merged", 7)
        assert (driver.due, driver.until(100).who) == (None, [(0, "ana")])
        assert driver.texts[-1] == "merged into #7"

    def test_an_acknowledged_one_can_be_merged_a_resolved_one_not(self) -> None:
        driver = Driver(WORLD)
        driver.do(Acknowledge(by="cy"))
        driver.do(Merge(by="bo", version=driver.incident.version, into=7))
        with pytest.raises(LostRace, match="already resolved by bo"):
            driver.do(Merge(by="bo", version=driver.incident.version, into=8))

    def test_it_needs_the_exact_version_and_another_incident(self) -> None:
        driver = Driver(WORLD).until(16)
        with pytest.raises(LostRace):
            driver.do(Merge(by="cy", version=1, into=7))
        with pytest.raises(Refused, match="itself"):
            driver.do(Merge(by="cy", version=driver.incident.version, into=1))

    def test_the_target_keeps_its_state_and_takes_the_higher_severity(self) -> None:
        driver = Driver(WORLD)
        driver.do(Acknowledge(by="bo"))
        before = driver.incident.version
        driver.do(Absorb(by="cy", number=9, title="disk", severity=Severity.CRITICAL))
        incident = driver.incident
        assert (incident.state, incident.severity, incident.assignees) == (
            State.ACKNOWLEDGED,
            Severity.CRITICAL,
            ("bo",),
        )
        assert incident.version == before
        driver.do(Absorb(by="cy", number=10, title="disk", severity=Severity.INFO))
        assert driver.incident.severity is Severity.CRITICAL
        assert "#9 was merged into this: disk" in driver.texts

    def test_a_low_target_turns_high_by_a_high_source(self) -> None:
        driver = Driver(WORLD, Severity.LOW).until(2)
        driver.do(Absorb(by="cy", number=9, title="disk", severity=Severity.HIGH))
        assert driver.incident.urgency is Urgency.HIGH
        assert driver.until(17).who == [(0, "ana"), (2, "ana"), (17, "bo")]

    def test_a_resolved_target_is_refused(self) -> None:
        driver = Driver(WORLD)
        driver.do(Resolve(by="cy"))
        with pytest.raises(LostRace, match="#1 is resolved: nothing can be merged into it"):
            driver.do(Absorb(by="cy", number=9, title="disk", severity=Severity.HIGH))


class TestEdit:
    """Title, description, severity and labels; every change is told; labels are the tags."""

    def test_each_is_changed_and_told(self) -> None:
        driver = Driver(WORLD)
        before = driver.incident.version
        driver.do(Edit(by="cy", title="  Checkout   is down ", description="since noon", labels={"tier": "1"}))
        incident = driver.incident
        assert (incident.title, incident.description, incident.labels) == (
            "Checkout is down",
            "since noon",
            {"tier": "1"},
        )
        assert driver.texts[-3:] == [
            "title changed from “5xx” to “Checkout is down”",
            "description changed",
            "label tier=1",
        ]
        assert incident.version == before

    def test_labels_are_changed_and_removed(self) -> None:
        driver = Driver(WORLD)
        driver.do(Edit(by="cy", labels={"tier": "1", "zone": "a"}))
        driver.do(Edit(by="cy", labels={"tier": None, "zone": "b", "ghost": None}))
        assert driver.incident.labels == {"zone": "b"}
        assert driver.texts[-1] == "label tier removed; label zone=b"

    def test_what_is_the_same_already_is_not_told(self) -> None:
        driver = Driver(WORLD)
        done = driver.do(Edit(by="cy", title="5xx", severity=Severity.HIGH, labels={"ghost": None}))
        assert done.effects == ()

    def test_after_the_end_too_and_then_nobody_is_paged(self) -> None:
        driver = Driver(WORLD, Severity.LOW)
        driver.do(Resolve(by="cy"))
        driver.do(Edit(by="cy", title="it was the cache", severity=Severity.CRITICAL))
        assert (driver.incident.state, driver.incident.severity) == (State.RESOLVED, Severity.CRITICAL)
        assert driver.who == [(0, "ana")]

    def test_a_higher_severity_turns_urgency_high(self) -> None:
        driver = Driver(WORLD, Severity.LOW).until(5)
        driver.do(Edit(by="cy", severity=Severity.HIGH))
        assert driver.until(20).who == [(0, "ana"), (5, "ana"), (20, "bo")]

    def test_a_lower_one_stops_nothing_that_pages(self) -> None:
        driver = Driver(WORLD).until(5)
        driver.do(Edit(by="cy", severity=Severity.INFO))
        assert (driver.incident.severity, driver.incident.urgency) == (Severity.INFO, Urgency.HIGH)
        assert driver.until(15).who == [(0, "ana"), (15, "bo")]

    def test_its_sender_does_not_overwrite_what_a_person_wrote(self) -> None:
        driver = Driver(WORLD)
        driver.do(Edit(by="cy", title="Checkout is down", description="mine", severity=Severity.LOW))
        driver.do(AlertRepeated(Severity.HIGH, title="5xx at 3 %", description="theirs", was=Severity.HIGH))
        incident = driver.incident
        assert (incident.title, incident.description, incident.severity) == ("Checkout is down", "mine", Severity.LOW)

    def test_but_a_worsening_and_a_new_alert_count(self) -> None:
        driver = Driver(WORLD)
        driver.do(Edit(by="cy", severity=Severity.LOW))
        driver.do(AlertJoined("disk", Severity.MEDIUM, "prometheus", "grouped"))
        assert severity(driver) is Severity.MEDIUM
        driver.do(AlertRepeated(Severity.CRITICAL, was=Severity.HIGH))
        assert severity(driver) is Severity.CRITICAL

    @pytest.mark.parametrize(
        "wrong",
        [{}, {"title": "  "}, {"labels": {" ": "x"}}, {"labels": {"a": "x" * 1025}}, {"labels": {"a" * 121: "x"}}],
    )
    def test_nonsense_is_refused(self, wrong: dict[str, object]) -> None:
        driver = Driver(WORLD)
        before = driver.incident
        with pytest.raises(Invalid):
            driver.do(Edit(by="cy", **wrong))  # type: ignore[arg-type]
        assert driver.incident == before

    def test_a_hundred_labels_are_enough(self) -> None:
        driver = Driver(WORLD)
        driver.do(Edit(by="cy", labels={f"l{n}": "x" for n in range(100)}))
        with pytest.raises(Invalid, match="at most 100 labels"):
            driver.do(Edit(by="cy", labels={"more": "x"}))


class TestSnoozeOfAnothers:
    """Snooze is an acknowledgement by the actor: another's needs "take over", one's own is ended by acknowledging."""

    def test_it_needs_take_over(self) -> None:
        driver = Driver(WORLD)
        driver.do(Acknowledge(by="bo"))
        with pytest.raises(LostRace, match="already acknowledged by bo"):
            driver.do(Snooze(by="cy", until=T0 + minutes(60)))
        driver.do(Snooze(by="cy", until=T0 + minutes(60), take_over=True))
        assert driver.incident.assignees == ("cy",)

    def test_acknowledging_ones_own_snooze_ends_it(self) -> None:
        driver = Driver(WORLD)
        driver.do(Snooze(by="bo", until=T0 + minutes(60)))
        driver.do(Acknowledge(by="bo"))
        assert (driver.incident.snoozed_until, driver.due, driver.texts[-1]) == (None, None, "acknowledged")


def test_a_description_that_says_the_same_is_no_line_of_the_timeline() -> None:
    driver = Driver(WORLD)
    driver.do(Edit(by="cy", description="as before"))
    before = driver.kinds.count("edited")
    driver.do(Edit(by="cy", description=" as before "))
    assert driver.kinds.count("edited") == before == 1


def test_an_incident_of_a_service_that_is_gone_is_not_held_back() -> None:
    driver = Driver(WORLD)
    gone = replace(driver.incident, service="gone", runs=())
    opened = advance(gone, WORLD, Opened("prometheus"), T0)
    assert opened.incident.hold_until is None
    assert opened.incident.state is State.TRIGGERED
