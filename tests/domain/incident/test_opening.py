"""Incidents that open together: advanced once, told apart by their words; never where somebody's turn is taken."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_tui.domain.directory.policies import Assign, Policy, Step
from oncall_tui.domain.incident import Incident, advance
from oncall_tui.domain.incident.causes import Opened
from oncall_tui.domain.incident.effects import Page
from oncall_tui.domain.incident.opening import WORDS, Openings
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.world import World
from tests.domain.incident.test_properties import worlds
from tests.support.worlds import T0, minutes, person, user, world_of

FIRST = Incident(
    number=1, service="checkout", title="one", severity=Severity.HIGH, urgency=Urgency.HIGH, opened_at=T0, dedup_key="a"
)
OTHER_WORDS: dict[str, Any] = {
    "number": 2,
    "title": "two",
    "description": "of another kind",
    "dedup_key": "b",
    "group_key": "g",
    "integration": "monitor",
    "labels": {"host": "db1"},
    "link": "https://wiki.example.com/two",
}

incidents = st.builds(
    lambda severity, urgency, fixed, previous, words: replace(
        FIRST, severity=severity, urgency=urgency, urgency_fixed=fixed, previous=previous, **words
    ),
    st.sampled_from([Severity.CRITICAL, Severity.LOW]),
    st.sampled_from(list(Urgency)),
    st.booleans(),
    st.sampled_from([None, 7]),
    st.sampled_from([{}, OTHER_WORDS]),
)
causes = st.builds(
    Opened,
    st.sampled_from(["monitor", "ana"]),
    st.sampled_from([(), ("rule 1 set the title",)]),
    st.sampled_from([None, minutes(0), minutes(9)]),
)


@pytest.mark.unmeasured
@given(worlds(), st.lists(st.tuples(incidents, causes), max_size=8))
@settings(deadline=None)
def test_each_opens_as_it_would_alone(world: World, opened: list[tuple[Incident, Opened]]) -> None:
    openings = Openings(world, T0)
    for incident, cause in opened:
        assert openings.advanced(incident, cause) == advance(incident, world, cause, T0)


def test_the_words_are_those_of_the_example() -> None:
    assert set(OTHER_WORDS) == set(WORDS) <= {field.name for field in fields(Incident)}
    assert all(getattr(FIRST, name) != value for name, value in OTHER_WORDS.items())


def test_a_turn_is_taken_anew_by_each() -> None:
    policy = Policy("p", (Step((user("ana"), user("bo")), minutes(5), Assign.ROUND_ROBIN),))
    world = world_of(person("ana"), person("bo"), policy=policy)
    openings = Openings(world, T0)
    first, second = (openings.advanced(replace(FIRST, number=number), Opened("monitor")) for number in (1, 2))
    assert (first.incident.number, second.incident.number) == (1, 2)
    assert first.effects is not second.effects
    assert [effect.user for effect in first.effects if isinstance(effect, Page)] == ["ana"]
