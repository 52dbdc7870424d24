"""The small words: severities, errors, people, services, events, the world."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oncall_tui.domain import errors
from oncall_tui.domain.directory.people import Role, Team
from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.directory.services import Service, SupportHours, UrgencyRule
from oncall_tui.domain.events import cut
from oncall_tui.domain.schedules import Layer, Restriction, Schedule
from oncall_tui.domain.severity import Severity, Urgency, severity_of, worst
from tests.support.worlds import T0, minutes, person, shifts, world_of


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("error", Severity.HIGH),
        ("warning", Severity.MEDIUM),
        (" Info ", Severity.INFO),
        ("P1", Severity.CRITICAL),
        ("p5", Severity.INFO),
        ("purple", Severity.HIGH),
        (None, Severity.HIGH),
        (3, Severity.HIGH),
    ],
)
def test_senders_words_for_severity(word: object, severity: Severity) -> None:
    assert severity_of(word) is severity


def test_the_worst_of_two() -> None:
    assert worst(Severity.LOW, Severity.HIGH) is Severity.HIGH
    assert worst(Severity.CRITICAL, Severity.INFO) is Severity.CRITICAL


def test_text_is_cut_visibly() -> None:
    assert cut("short", 5) == "short"
    assert cut("longer", 5) == "long…"


class TestErrors:
    """One tree: each error has a code, a sentence, the mend, an exit status."""

    def test_one_error_is_its_own_part(self) -> None:
        error = errors.Unknown("no such thing", mend="look", path="users[0]")
        assert error.parts == (error,)
        assert (error.code, error.exit_status, error.sentence) == ("unknown", 1, "no such thing")

    def test_a_code_can_be_given(self) -> None:
        assert errors.Refused("no", code="gap").code == "gap"

    def test_many_at_once(self) -> None:
        many = errors.InvalidMany([errors.Invalid("bad", path="a"), errors.Invalid("worse")])
        assert [part.sentence for part in many.parts] == ["bad", "worse"]
        assert str(many) == "a: bad; worse"

    def test_exit_statuses(self) -> None:
        assert errors.MissingFile("x").exit_status == 2
        assert errors.DatabaseAway("x").exit_status == 3
        assert errors.PortInUse("x").exit_status == 3
        assert errors.WrongRevision("x").exit_status == 1


class TestUrgencyOfAService:
    """By severity, fixed, or by support hours."""

    @pytest.mark.parametrize("severity", list(Severity))
    def test_by_severity(self, severity: Severity) -> None:
        low = severity in (Severity.LOW, Severity.INFO)
        assert Service(name="s").urgency_of(severity, T0) is (Urgency.LOW if low else Urgency.HIGH)

    def test_fixed(self) -> None:
        assert Service(name="s", urgency=UrgencyRule.LOW).urgency_of(Severity.CRITICAL, T0) is Urgency.LOW
        assert Service(name="s", urgency=UrgencyRule.HIGH).urgency_of(Severity.INFO, T0) is Urgency.HIGH

    def test_support_hours_in_their_zone(self) -> None:
        # 2026-03-01 is a Sunday; 03:00 UTC is 04:00 in Berlin.
        window = Restriction(days=(6,), start=minutes(4 * 60), end=minutes(5 * 60))
        service = Service(name="s", support_hours=SupportHours("Europe/Berlin", (window,)))
        assert service.urgency_of(Severity.INFO, T0) is Urgency.HIGH
        assert service.urgency_of(Severity.CRITICAL, T0 + minutes(60)) is Urgency.LOW


class TestWorld:
    """Looking things up by name."""

    def test_a_services_policies_are_its_own_or_its_teams(self) -> None:
        first, second = Policy("first"), Policy("second")
        team = Team("payments", (), ("second", "gone", "first"))
        world = world_of(policies=(first, second), teams=(team,))
        assert world.policies_of(Service(name="s", policy="first", team="payments")) == (first,)
        assert world.policies_of(Service(name="s", team="payments")) == (second, first)
        assert world.policies_of(Service(name="s", team="gone")) == ()
        assert world.policies_of(Service(name="s", policy="gone")) == ()
        assert world.policies_of(Service(name="s")) == ()

    def test_who_is_on_call(self) -> None:
        day = shifts("primary", ("ana", T0, T0 + minutes(60)))
        broken = Schedule(name="broken", timezone="Mars/Olympus", layers=(Layer(name="x"),))
        world = world_of(schedules=(day, broken))
        assert world.on_call("primary", T0) == ("ana",)
        assert world.on_call("primary", T0 + minutes(60)) == ()
        assert world.on_call("gone", T0) is None
        assert world.on_call("broken", T0) is None

    def test_admins(self) -> None:
        assert world_of(person("zoe", role=Role.ADMIN), person("ana"), person("bo", role=Role.ADMIN)).admins == (
            "bo",
            "zoe",
        )

    def test_targets_in_words(self) -> None:
        assert str(Target(TargetKind.USER, "ana")) == "ana"
        assert str(Target(TargetKind.SCHEDULE, "primary")) == "schedule primary"
        assert replace(Target(TargetKind.TEAM, "x"), name="y") == Target(TargetKind.TEAM, "y")
