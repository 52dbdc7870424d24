"""RULES: hold_for, maintenance, support hours. Times worked out by hand; T0 is Sunday 03:00 UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from oncall_tui.domain.directory.maintenance import MaintenanceWindow
from oncall_tui.domain.directory.people import NotificationRule
from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.directory.services import Service, SupportHours
from oncall_tui.domain.incident import Phase, State
from oncall_tui.domain.incident.causes import (
    Acknowledge,
    AlertJoined,
    AlertsResolved,
    Escalate,
    Reassign,
    Resolve,
    Snooze,
    Tick,
)
from oncall_tui.domain.incident.preview import next_step
from oncall_tui.domain.schedules import Restriction
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.world import World
from tests.support.worlds import HIGH, LOW, T0, Driver, minutes, person, step, user, world_of

POLICY = Policy("p", (step(user("ana")), step(user("bo"))), remind=None)
PEOPLE = (person("ana"), person("bo"), person("cy"))


def window(name: str, start: float, end: float) -> MaintenanceWindow:
    return MaintenanceWindow(name=name, services=("checkout",), start=T0 + minutes(start), end=T0 + minutes(end))


def in_maintenance(*windows: MaintenanceWindow, service: Service | None = None) -> World:
    known = service or Service(name="checkout", policy="p")
    world = world_of(*PEOPLE, policy=POLICY, service=known)
    return replace(world, maintenance={one.name: one for one in windows})


class TestMaintenance:
    """A silent incident; open at the end → step 1."""

    def test_opened_inside_it_is_silent_and_begins_at_the_end(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60)))
        assert (driver.pages, driver.incident.state, driver.incident.phase) == ([], State.TRIGGERED, Phase.SILENT)
        assert driver.due == T0 + minutes(60)
        assert driver.until(59).pages == []
        assert driver.until(60).pages == [(60, "ana", "push", 1, 1)]
        assert driver.until(75).who == [(60, "ana"), (75, "bo")]

    def test_the_countdown_tells_its_end_and_whom(self) -> None:
        world = in_maintenance(window("a", -10, 60))
        ahead = next_step(Driver(world).incident, world)
        assert ahead is not None
        assert (ahead.at, ahead.kind, ahead.users) == (T0 + minutes(60), "maintenance_end", ("ana",))

    def test_those_open_before_run_on(self) -> None:
        driver = Driver(in_maintenance(window("a", 5, 60))).until(16)
        assert driver.who == [(0, "ana"), (15, "bo")]

    def test_opened_as_it_ends_it_pages(self) -> None:
        assert Driver(in_maintenance(window("a", -60, 0))).who == [(0, "ana")]

    def test_overlapping_windows_end_with_the_last(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60), window("b", 50, 90)))
        assert driver.until(89).pages == []
        assert driver.until(91).who == [(90, "ana")]

    def test_a_window_added_meanwhile_prolongs_it_and_one_taken_away_ends_it(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60))).until(30)
        driver.world = in_maintenance(window("a", -10, 60), window("b", 40, 100))
        driver.do(Tick())
        assert driver.due == T0 + minutes(100)
        driver.until(45)
        driver.world = in_maintenance()
        driver.do(Tick())
        assert driver.who == [(45, "ana")]

    def test_resolved_inside_it_leaves_no_page(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60))).until(10)
        driver.do(AlertsResolved(("5xx",), 0, "prometheus"))
        assert (driver.until(100).pages, driver.due) == ([], None)

    def test_escalating_by_hand_breaks_through(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60))).until(10)
        driver.do(Escalate(by="cy", version=driver.incident.version))
        assert driver.until(30).who == [(10, "ana"), (25, "bo")]
        assert driver.until(39).who == [(10, "ana"), (25, "bo")]

    @pytest.mark.parametrize("to", [{"user": "bo"}, {"policy": "p"}])
    def test_reassigning_breaks_through(self, to: dict[str, str]) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60))).until(10)
        driver.do(Reassign(by="cy", version=driver.incident.version, **to))
        assert driver.who == [(10, to.get("user", "ana"))]
        assert driver.incident.silent_until is None

    def test_acknowledged_inside_its_end_pages_nobody(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60))).until(10)
        driver.do(Acknowledge(by="cy"))
        assert driver.until(100).pages == []
        assert driver.incident.state is State.ACKNOWLEDGED

    def test_a_snooze_that_ends_inside_stays_silent_to_the_end(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60))).until(10)
        driver.do(Snooze(by="cy", until=T0 + minutes(30)))
        driver.until(31)
        assert (driver.incident.state, driver.incident.assignees, driver.pages) == (State.TRIGGERED, (), [])
        assert driver.until(61).who == [(60, "ana")]

    def test_a_snooze_that_ends_after_it_pages_then(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60))).until(10)
        driver.do(Snooze(by="cy", until=T0 + minutes(80)))
        assert driver.until(81).who == [(80, "ana")]

    def test_held_and_in_maintenance_the_later_end_counts(self) -> None:
        service = Service(name="checkout", policy="p", hold_for=minutes(20))
        driver = Driver(in_maintenance(window("a", -10, 5), service=service))
        ahead = next_step(driver.incident, driver.world)
        assert ahead is not None
        assert (ahead.kind, ahead.at) == ("hold_end", T0 + minutes(20))
        assert driver.until(21).who == [(20, "ana")]
        longer = Driver(in_maintenance(window("a", -10, 40), service=service))
        assert longer.until(41).who == [(40, "ana")]

    def test_a_worse_alert_inside_changes_the_urgency_and_pages_at_the_end(self) -> None:
        driver = Driver(in_maintenance(window("a", -10, 60)), Severity.LOW).until(5)
        driver.do(AlertJoined("disk", Severity.HIGH, "prometheus", "grouped"))
        assert driver.incident.urgency is Urgency.HIGH
        assert driver.until(61).who == [(60, "ana")]


class TestHold:
    """Numbered, with a visible countdown; a resolve in time leaves no page."""

    world = world_of(*PEOPLE, policy=POLICY, service=Service(name="checkout", policy="p", hold_for=minutes(5)))

    @pytest.mark.parametrize("end", [AlertsResolved(("5xx",), 0, "prometheus"), Resolve(by="ana")])
    def test_a_resolve_in_time_leaves_no_page(self, end: AlertsResolved | Resolve) -> None:
        driver = Driver(self.world).until(4.9)
        driver.do(end)
        assert (driver.until(100).pages, driver.due) == ([], None)

    def test_acknowledged_in_time_it_pages_nobody(self) -> None:
        driver = Driver(self.world).until(4.9)
        driver.do(Acknowledge(by="cy"))
        assert (driver.until(100).pages, driver.incident.state) == ([], State.ACKNOWLEDGED)

    def test_it_says_for_how_long(self) -> None:
        assert "held for 5m: nobody is paged if it resolves before" in Driver(self.world).texts


def hours(days: tuple[int, ...] = (6,), start: float = 9, end: float = 17, zone: str = "UTC") -> SupportHours:
    return SupportHours(zone, (Restriction(days, timedelta(hours=start), timedelta(hours=end)),))


class TestSupportHours:
    """High inside, low outside; it turns high when they begin, and never low again by itself."""

    RULES = (NotificationRule("push", urgency=HIGH), NotificationRule("mail", urgency=LOW))
    ANA = person("ana", "push", "mail", rules=RULES)

    def world(self, support: SupportHours) -> World:
        service = Service(name="checkout", policy="p", support_hours=support)
        return world_of(self.ANA, person("bo"), policy=POLICY, service=service)

    def contacts(self, driver: Driver) -> list[tuple[float, str | None, str]]:
        return [(at, who, contact) for at, who, contact, *_ in driver.pages]

    def test_step_1_starts_as_they_begin(self) -> None:
        driver = Driver(self.world(hours()))
        assert (driver.incident.urgency, driver.due) == (Urgency.LOW, T0 + minutes(360))
        driver.until(376)
        assert self.contacts(driver) == [(0, "ana", "mail"), (360, "ana", "push"), (375, "bo", "push")]

    def test_the_countdown_tells_it(self) -> None:
        world = self.world(hours())
        ahead = next_step(Driver(world).incident, world)
        assert ahead is not None
        assert (ahead.at, ahead.kind, ahead.users) == (T0 + minutes(360), "support_hours", ("ana",))

    def test_in_their_zone_over_a_change_of_the_clocks(self) -> None:
        """The next Sunday hours in New York begin on 8 March at 09:00, now EDT: 13:00 UTC, seven days and ten hours."""
        driver = Driver(self.world(hours(end=10, zone="America/New_York")), at=T0 + timedelta(hours=20))
        assert driver.due == T0 + timedelta(days=7, hours=10)

    def test_acknowledged_or_snoozed_only_the_holder_is_paged(self) -> None:
        for act in (Acknowledge(by="bo"), Snooze(by="bo", until=T0 + minutes(600))):
            driver = Driver(self.world(hours()))
            driver.do(act)
            driver.until(599)
            assert self.contacts(driver) == [(0, "ana", "mail"), (360, "bo", "push")]
            assert driver.incident.state is State.ACKNOWLEDGED

    def test_a_snooze_that_ends_as_they_begin_pages_step_1_alone(self) -> None:
        driver = Driver(self.world(hours()))
        driver.do(Snooze(by="bo", until=T0 + minutes(360)))
        driver.until(361)
        assert self.contacts(driver) == [(0, "ana", "mail"), (360, "ana", "push")]

    def test_who_acts_at_the_instant_at_which_they_begin_was_first(self) -> None:
        driver = Driver(self.world(hours()))
        driver.now = T0 + minutes(360)
        driver.do(Acknowledge(by="bo"))
        urgencies = [driver.incident.urgency]
        driver.until(370)
        urgencies.append(driver.incident.urgency)
        assert urgencies == [Urgency.LOW, Urgency.HIGH]
        assert self.contacts(driver) == [(0, "ana", "mail"), (360, "bo", "push")]

    def test_high_stays_high_when_they_end(self) -> None:
        policy = Policy("p", (step(user("ana"), delay=600), step(user("bo"))), remind=None)
        service = Service(name="checkout", policy="p", support_hours=hours(start=2, end=4))
        driver = Driver(world_of(self.ANA, person("bo"), policy=policy, service=service)).until(601)
        assert self.contacts(driver) == [(0, "ana", "push"), (600, "bo", "push")]

    def test_resolved_before_they_begin_it_is_quiet(self) -> None:
        driver = Driver(self.world(hours()))
        driver.do(Resolve(by="bo"))
        assert (driver.due, len(driver.until(1000).pages)) == (None, 1)

    def test_new_hours_count_at_the_next_look(self) -> None:
        driver = Driver(self.world(hours())).until(30)
        driver.world = self.world(hours(start=3))
        driver.do(Tick())
        assert driver.incident.urgency is Urgency.HIGH
        assert self.contacts(driver)[1] == (30, "ana", "push")
