"""Which silence holds an event back, where each stands, and what a rule's urgency and hold mean to an incident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.incident import Incident, advance
from oncall_tui.domain.incident.causes import AlertRepeated, Opened, Tick
from oncall_tui.domain.incident.effects import Entry
from oncall_tui.domain.matching.silences import Silence, SilenceState, silencing
from oncall_tui.domain.routing import parse_matchers
from oncall_tui.domain.severity import Severity, Urgency
from tests.support.worlds import T0, minutes, person, step, user, world_of

EVENT = Event(action=Action.TRIGGER, dedup_key="k", title="5xx", labels={"team": "pay"})
SHORT = Silence(id=1, uuid="a", matchers=parse_matchers('team="pay"'), start=T0, end=T0 + minutes(10), creator="ana")


def test_where_it_stands() -> None:
    assert [SHORT.state_at(T0 + minutes(at)) for at in (-1, 0, 9, 10)] == [
        SilenceState.PENDING,
        SilenceState.ACTIVE,
        SilenceState.ACTIVE,
        SilenceState.EXPIRED,
    ]


def test_of_several_the_one_that_ends_last_holds() -> None:
    long = replace(SHORT, id=2, end=T0 + minutes(20))
    other = replace(SHORT, id=3, matchers=parse_matchers('team="x"'), end=T0 + minutes(99))
    theirs = replace(SHORT, id=4, integration="theirs", end=T0 + minutes(99))
    every = (SHORT, long, other, theirs)
    assert silencing(every, EVENT, "checkout", "monitor", T0) == long
    assert silencing(every, EVENT, "checkout", "theirs", T0) == theirs
    assert silencing(every, EVENT, "checkout", "monitor", T0 + minutes(20)) is None


POLICY = Policy("p", (step(user("ana")),))


def opened(service: Service, cause: Opened, **fixed: object) -> Incident:
    incident = Incident(
        number=1, service="checkout", title="5xx", severity=Severity.LOW, urgency=Urgency.LOW, opened_at=T0
    )
    world = world_of(person("ana"), policy=POLICY, service=service)
    return advance(replace(incident, **fixed), world, cause, T0).incident  # type: ignore[arg-type] # real fields


@pytest.mark.parametrize(("fixed", "urgency"), [(True, Urgency.LOW), (False, Urgency.HIGH)])
def test_an_urgency_that_a_rule_fixed_stays_whatever_the_severity(fixed: bool, urgency: Urgency) -> None:
    service = Service(name="checkout", policy="p")
    incident = opened(service, Opened("monitor"), urgency_fixed=fixed)
    worse = AlertRepeated(Severity.CRITICAL, was=Severity.LOW)
    done = advance(incident, world_of(person("ana"), policy=POLICY, service=service), worse, T0 + minutes(1)).incident
    assert (done.severity, done.urgency) == (Severity.CRITICAL, urgency)


@pytest.mark.parametrize(
    ("held", "until"), [(None, T0 + minutes(5)), (minutes(2), T0 + minutes(2)), (minutes(0), None)]
)
def test_a_rules_hold_wins_over_the_services(held: object, until: object) -> None:
    service = Service(name="checkout", policy="p", hold_for=minutes(5))
    cause = Opened("monitor", ("rule 'r': hold",), held)  # type: ignore[arg-type] # a span or none
    assert opened(service, cause).hold_until == until


def test_what_rules_did_stands_below_the_opening() -> None:
    service = Service(name="checkout", policy="p")
    world = world_of(person("ana"), policy=POLICY, service=service)
    incident = opened(service, Opened("monitor"))
    many = tuple(f"rule '{number}': matched" for number in range(40))
    told = advance(incident, world, Opened("monitor", many), T0).effects
    lines = [(entry.kind, entry.text) for entry in told if isinstance(entry, Entry)]
    assert lines[0] == ("triggered", "triggered by monitor")
    assert [text for kind, text in lines if kind == "routed"] == list(many[:12])
    assert advance(incident, world, Tick(), T0).incident.number == 1
