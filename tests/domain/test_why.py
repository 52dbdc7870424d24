"""Why somebody was paged or not, where the directory has changed since: by hand, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.incident import Incident, Phase
from oncall_tui.domain.incident.state import Run
from oncall_tui.domain.schedules import Schedule
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.why import EntryKept, PageKept, Story, explain
from oncall_tui.domain.world import World
from tests.support.worlds import T0, minutes, on_call_in, person, shifts, step, user, world_of

PEOPLE = (person("ana"), person("bo"), person("cy"))


def page(of: str, because: str = "step 1", run: int = 0, number: int = 1, at: datetime = T0) -> PageKept:
    return PageKept(
        at=at,
        user=of,
        contact="push",
        run=run,
        step=number,
        round=1,
        kind="first",
        because=because,
        state="delivered",
        finished_at=at,
    )


def told(policies: tuple[Policy, ...], world: World, story: Story, username: str) -> str:
    incident = Incident(
        number=1,
        service="checkout",
        title="5xx",
        severity=Severity.HIGH,
        urgency=Urgency.HIGH,
        opened_at=T0,
        runs=tuple(Run(policy=policy, phase=Phase.ESCALATING, step=1) for policy in policies),
    )
    verdict = explain(incident, world, story, username, T0 + minutes(5))
    return "\n".join(reason.text for reason in verdict.reasons)


def test_a_schedule_that_is_broken_now_tells_nothing_of_then() -> None:
    policy = Policy("p", (step(on_call_in("rota")),))
    world = world_of(*PEOPLE, policy=policy, schedules=(Schedule(name="rota", timezone="broken"),))
    said = told((policy,), world, Story((), (page("ana", "step 1: schedule rota"),)), "ana")
    assert "ana was paged by push" in said
    assert "on call in rota" not in said


def test_a_schedule_that_was_changed_since_is_said() -> None:
    policy = Policy("p", (step(on_call_in("rota")),))
    rota = shifts("rota", ("bo", T0 - minutes(60), T0 + minutes(60)))
    world = world_of(*PEOPLE, policy=policy, schedules=(rota,))
    said = told((policy,), world, Story((), (page("ana", "step 1: schedule rota"),)), "ana")
    assert "rota has been changed since: they were not on call then as it stands now" in said


def test_nobody_is_paged_twice_by_two_policies() -> None:
    first, second = Policy("one", (step(user("ana")),)), Policy("two", (step(user("ana"), user("bo")),))
    world = world_of(*PEOPLE, policies=(first, second))
    said = told((first, second), world, Story((), (page("ana"), page("bo", run=1))), "ana")
    assert "step 1 of policy two leads to ana, too: nobody is paged twice for one" in said


def test_a_target_added_since_is_said() -> None:
    policy = Policy("p", (step(user("ana"), user("bo")),))
    said = told((policy,), world_of(*PEOPLE, policy=policy), Story((), (page("bo"),)), "ana")
    assert "ana is a target of it as it stands now, and was not then" in said


def test_a_step_that_was_passed_over_is_told_in_its_own_words() -> None:
    policy = Policy("p", (step(user("ana")), step(user("cy"))))
    entry = EntryKept(T0, "passed_over", None, "step 2 passed over: cy has no enabled contact method")
    said = told((policy,), world_of(*PEOPLE, policy=policy), Story((entry,), (page("ana"),)), "cy")
    assert said.count("step 2 passed over") == 1


def test_who_is_gone_and_what_is_disabled_is_said() -> None:
    policy = Policy("p", (step(user("ana")),))
    quiet = person("ana", "push", "mail")
    quiet = replace(quiet, contacts=(quiet.contacts[0], replace(quiet.contacts[1], enabled=False)))
    world = world_of(quiet, policy=policy)
    assert "ana's contact mail is disabled: it is not used" in told((policy,), world, Story((), (page("ana"),)), "ana")
    assert "there is no user zed any more" in told((policy,), world, Story((), ()), "zed")


def test_a_handing_over_that_was_undone_leaves_pages_where_they_were() -> None:
    policy = Policy("p", (step(user("ana")),))
    entries = (
        EntryKept(T0 + minutes(1), "reassigned", "bo", "reassigned to policy q"),
        EntryKept(T0 + minutes(2), "undone", "bo", "reassign undone"),
    )
    world = world_of(*PEOPLE, policy=policy)
    assert "an earlier policy" in told((policy,), world, Story(entries[:1], (page("ana"),)), "ana")
    assert "an earlier policy" not in told((policy,), world, Story(entries, (page("ana"),)), "ana")


def test_what_led_to_a_step_and_what_ended_it_for_others_is_told() -> None:
    """cy was paged as bo escalated at 1; ana's pages ended as bo handed it to cy at 3."""
    policy = Policy("p", (step(user("ana")), step(user("cy"))))
    escalated = "escalated by hand from step 1 of policy p"
    entries = (
        EntryKept(T0 + minutes(1), "escalated", "bo", escalated),
        EntryKept(T0 + minutes(3), "reassigned", "bo", "reassigned to cy"),
    )
    story = Story(entries, (page("ana"), page("cy", "step 2", number=2, at=T0 + minutes(1))))
    world = world_of(*PEOPLE, policy=policy)
    of_cy, of_ana = (told((policy,), world, story, name).splitlines() for name in ("cy", "ana"))
    assert of_cy[-3:] == [
        "cy was paged by push: step 2 (policy p, step 2, round 1): delivered at 2026-03-01T03:01:00Z",
        f"bo: {escalated}",
        "bo: reassigned to cy",
    ]
    assert f"bo: {escalated}" not in of_ana
    assert of_ana[-1] == "bo: reassigned to cy"
