"""A check of the coming time: spans worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from oncall_tui.domain.checking import Checkup, Finding, Span, examine
from oncall_tui.domain.directory.people import ContactMethod, Team, User
from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.schedules import Schedule
from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.world import World
from tests.support.worlds import T0, minutes, on_call_in, person, shifts, step, unreachable, user, world_of

END = T0 + minutes(100)


def span(start: float, end: float) -> Span:
    return Span(T0 + minutes(start), T0 + minutes(end))


def look(world: World, *leave: Leave) -> Checkup:
    return examine(world, leave, T0, END)


def found(checkup: Checkup, kind: str) -> list[Finding]:
    return [one for one in checkup.findings if one.kind == kind]


def rota(name: str, *spans: tuple[str, float, float]) -> Schedule:
    return shifts(name, *((who, T0 + minutes(start), T0 + minutes(end)) for who, start, end in spans))


class TestReach:
    POLICY = Policy("p", (step(on_call_in("a")), step(on_call_in("b"))))

    def test_the_policy_reaches_nobody_where_no_step_does(self) -> None:
        """a is covered in [0, 40), b in [30, 60) and [80, 100): nobody in [60, 80)."""
        a, b = rota("a", ("ana", 0, 40)), rota("b", ("bo", 30, 60), ("ana", 80, 100))
        checkup = look(world_of(person("ana"), person("bo"), policy=self.POLICY, schedules=(a, b)))
        (policy,) = found(checkup, "reaches_nobody")
        assert (policy.subject, policy.spans, policy.problem) == ("policy p", (span(60, 80),), True)
        assert "checkout" in policy.sentence
        assert [one.spans for one in found(checkup, "step_reaches_nobody")] == [
            (span(40, 100),), (span(0, 30), span(60, 80)),
        ]  # fmt: skip
        assert not any(one.problem for one in found(checkup, "step_reaches_nobody"))
        assert [(one.service, one.urgency, one.nobody) for one in checkup.services] == [
            ("checkout", Urgency.HIGH, (span(60, 80),)), ("checkout", Urgency.LOW, (span(60, 80),)),
        ]  # fmt: skip

    def test_somebody_on_call_without_a_contact_is_nobody(self) -> None:
        a = rota("a", ("ana", 0, 50), ("mute", 50, 100))
        policy = Policy("p", (step(on_call_in("a")),))
        checkup = look(world_of(person("ana"), unreachable("mute"), policy=policy, schedules=(a,)))
        assert found(checkup, "reaches_nobody")[0].spans == (span(50, 100),)
        assert [(one.subject, one.sentence) for one in found(checkup, "unreachable")] == [
            ("user mute", "has no contact method")
        ]

    def test_a_fallback_helps_and_that_is_a_remark(self) -> None:
        a = rota("a", ("ana", 0, 50))
        policy = Policy("p", (step(on_call_in("a")),), fallback=(user("ana"),))
        checkup = look(world_of(person("ana"), policy=policy, schedules=(a,)))
        assert found(checkup, "reaches_nobody") == []
        assert [(one.spans, one.problem) for one in found(checkup, "fallback_alone")] == [((span(50, 100),), False)]
        assert all(one.nobody == () for one in checkup.services)

    def test_two_policies_of_a_team_stand_in_for_each_other(self) -> None:
        a, b = rota("a", ("ana", 0, 60)), rota("b", ("ana", 50, 90))
        one, two = Policy("one", (step(on_call_in("a")),)), Policy("two", (step(on_call_in("b")),))
        world = world_of(
            person("ana"),
            policies=(one, two),
            service=Service(name="checkout", team="t"),
            teams=(Team("t", ("ana",), ("one", "two")),),
            schedules=(a, b),
        )
        assert {one.nobody for one in look(world).services} == {(span(90, 100),)}

    def test_a_step_that_never_reaches_anybody_is_a_problem(self) -> None:
        policy = Policy("p", (step(user("ana")), step(user("mute"))))
        checkup = look(world_of(person("ana"), unreachable("mute"), policy=policy))
        assert [(one.subject, one.problem) for one in found(checkup, "step_reaches_nobody")] == [
            ("policy p, step 2", True)
        ]

    def test_a_policy_without_steps_and_a_service_without_a_policy(self) -> None:
        checkup = look(world_of(person("ana"), policy=Policy("p")))
        assert found(checkup, "reaches_nobody")[0].spans == (span(0, 100),)
        bare = look(world_of(person("ana"), service=Service(name="checkout")))
        assert [one.subject for one in found(bare, "no_policy")] == ["service checkout"]
        assert {one.nobody for one in bare.services} == {(span(0, 100),)}
        assert not bare.fine


class TestSchedules:
    def test_gaps_and_declared_ones_apart(self) -> None:
        planned = replace(rota("a"), layers=())
        checkup = look(world_of(person("ana"), policy=Policy("p", (step(user("ana")),)), schedules=(planned,)))
        assert [(one.spans, one.problem) for one in found(checkup, "gap")] == [((span(0, 100),), True)]
        assert found(checkup, "declared_gap") == []

    def test_a_broken_schedule(self) -> None:
        broken = Schedule(name="a", timezone="nowhere/at-all")
        policy = Policy("p", (step(on_call_in("a")),), fallback=(user("ana"),))
        checkup = look(world_of(person("ana"), policy=policy, schedules=(broken,)))
        assert [one.subject for one in found(checkup, "broken_schedule")] == ["schedule a"]
        assert found(checkup, "reaches_nobody") == [], "the engine pages the fallback in its place"

    def test_double_bookings_and_leave(self) -> None:
        a, b = rota("a", ("ana", 0, 100)), rota("b", ("ana", 20, 30), ("bo", 30, 100), ("bo", 0, 20))
        policy = Policy("p", (step(on_call_in("a"), on_call_in("b")),))
        world = world_of(person("ana"), person("bo"), policy=policy, schedules=(a, b))
        checkup = look(world, Leave("bo", T0 + minutes(90), T0 + timedelta(days=3), "Madeira"))
        assert [(one.subject, one.spans) for one in found(checkup, "double_booking")] == [("user ana", (span(20, 30),))]
        (clash,) = found(checkup, "leave_clash")
        assert (clash.subject, clash.spans) == ("user bo", (span(90, 100),))
        assert "Madeira" in clash.sentence


class TestPeople:
    def test_only_those_who_are_needed(self) -> None:
        off = User(username="off", contacts=(ContactMethod("push", enabled=False),))
        new = User(username="new", contacts=(ContactMethod("push", verified=False),))
        team = Team("t", ("off", "new"))
        policy = Policy("p", (step(user("ana"), Target(TargetKind.TEAM, "t"), user("ghost")),))
        checkup = look(world_of(person("ana"), off, new, unreachable("idle"), policy=policy, teams=(team,)))
        assert [(one.subject, one.sentence) for one in found(checkup, "unreachable")] == [
            ("user ghost", "is gone"), ("user off", "has only disabled contact methods"),
        ]  # fmt: skip
        assert [(one.subject, one.problem) for one in found(checkup, "unverified")] == [("user new", False)]

    def test_all_is_well(self) -> None:
        checkup = look(world_of(person("ana"), policy=Policy("p", (step(user("ana")),))))
        assert (checkup.findings, checkup.fine) == ((), True)


def test_problems_come_before_remarks_and_all_have_their_mend() -> None:
    a = rota("a", ("mute", 0, 50))
    policy = Policy("p", (step(on_call_in("a")), step(user("ana"))))
    checkup = look(world_of(person("ana"), unreachable("mute"), policy=policy, schedules=(a,)))
    order = [one.problem for one in checkup.findings]
    assert order == sorted(order, reverse=True)
    assert all(one.mend and one.sentence for one in checkup.findings)
