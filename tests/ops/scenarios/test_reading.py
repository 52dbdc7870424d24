"""Scenario files: what is refused, all at once and each with its path; what the forms of a time mean."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oncall_tui.domain.errors import Invalid, InvalidMany
from oncall_tui.domain.simulation import Act, Trigger
from oncall_tui.ops.scenarios import read_scenario, schema
from tests.ops.scenarios.playing import START, world

WORLD = world("""
policies: [{name: p, steps: [{targets: [{user: bo}]}]}]
services: [{name: checkout, policy: p}]
""")
GOOD = """
service: checkout
events:
  - {at: 2026-03-01T03:10:00Z, do: trigger, key: k1, title: 5xx}
  - {at: +4m, do: acknowledge, by: ana}
until: +1h
"""


def problems(text: str) -> dict[str, str]:
    """Path → sentence of everything wrong with a text."""
    with pytest.raises(InvalidMany) as caught:
        read_scenario(text, WORLD)
    found = {one.path: one.sentence for one in caught.value.parts}
    assert len(found) == len(caught.value.parts), "each path is told of once"
    assert all(one.mend for one in caught.value.parts)
    return found


def test_times_are_instants_or_after_the_first_event_and_zoneless_is_utc() -> None:
    text = """
service: checkout
events:
  - {at: 2026-03-01T03:10, do: trigger, key: k1, title: 5xx}
  - {at: 2026-03-01T04:15:00+01:00, do: escalate, by: ana, as_of: +4m}
  - {at: +1h30m, do: snooze, by: ana, for: 20m}
until: 2026-03-02
"""
    scenario = read_scenario(text, WORLD).scenario
    escalated, snoozed = scenario.happenings[1:]
    assert isinstance(escalated, Act)
    assert isinstance(snoozed, Act)
    assert [one.at - START for one in scenario.happenings] == [
        timedelta(0), timedelta(minutes=5), timedelta(minutes=90),
    ]  # fmt: skip
    assert scenario.until - START == timedelta(hours=20, minutes=50)
    assert escalated.as_of == START + timedelta(minutes=4)
    assert snoozed.until == START + timedelta(minutes=110)


def severity(text: str) -> str:
    """The severity of the first event."""
    first = read_scenario(text, WORLD).scenario.happenings[0]
    assert isinstance(first, Trigger)
    return first.severity


def test_severity_is_critical_unless_said_for_all_or_for_one() -> None:
    assert severity(GOOD) == "critical"
    assert severity(f"{GOOD}severity: low") == "low"
    assert severity(GOOD.replace("title: 5xx", "title: 5xx, severity: medium") + "severity: low") == "medium"


def test_every_problem_is_told_at_once_with_its_path() -> None:
    found = problems("""
service: chekout
severity: grave
events:
  - {at: +5m, do: trigger, key: k1}
  - {at: soon, do: acknowledge, by: nobody}
  - {at: +1m, do: explode}
  - {at: +2m, do: escalate}
  - {at: +3m, do: reassign, by: ana, to: {user: ana, policy: p}}
  - {at: +3m, do: reassign, by: ana, to: {policy: q}}
  - {at: +3m, do: snooze, by: ana}
  - {at: +3m, do: snooze, by: ana, for: 8d}
  - {at: +3m, do: fail_delivery}
  - {at: +3m, do: fail_delivery, user: ana, contact: pager}
  - {at: +3m, do: resolve, by: ana, reason: bored, title: x}
  - {at: +3m, do: maintenance}
  - {at: +3m, do: trigger, colour: red}
until: +1x
expect:
  - paged: {user: zoe, within: soon}
  - {}
  - state: burning
  - pages: -1
  - paged: null
""")
    assert set(found) == {
        "service", "severity", "events[0].at", "events[1].at", "events[1].by", "events[2].do", "events[3].by",
        "events[4].to", "events[5].to.policy", "events[6].for", "events[7].for", "events[8].user",
        "events[9].contact", "events[10].reason", "events[10].title", "events[11].for", "events[12].colour", "until",
        "expect[0].paged.user", "expect[0].paged.within", "expect[1]", "expect[2].state", "expect[3].pages",
        "expect[4]",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["service", "events", "until"])
def test_what_must_be_there(missing: str) -> None:
    keys = {"service": "checkout", "events": "[{at: 2026-03-01T03:10Z, do: trigger}]", "until": "+1h"}
    text = "\n".join(f"{key}: {value}" for key, value in keys.items() if key != missing)
    assert "is missing" in problems(text)[missing]


def test_times_out_of_order() -> None:
    assert set(problems(GOOD.replace("+1h", "+0s"))) == {"until"}
    assert set(problems(GOOD.replace("+4m", "+61m"))) == {"events[1].at"}
    assert set(problems(GOOD.replace("by: ana", "by: ana, as_of: +5m"))) == {"events[1].as_of"}
    assert set(problems(GOOD.replace("+4m", "4"))) == {"events[1].at"}
    assert problems("service: checkout\nevents: []\nuntil: +1h") == {"events": "nothing happens"}


@pytest.mark.parametrize("text", ["", "- a", "service: [", "just words"])
def test_what_is_no_scenario_at_all(text: str) -> None:
    with pytest.raises(Invalid):
        read_scenario(text, WORLD)


def test_the_schema_names_every_key() -> None:
    made = schema()
    assert set(made["properties"]) == {"service", "severity", "events", "until", "expect"}
    assert set(made["required"]) == {"service", "events", "until"}
    assert {"as_of", "for", "to", "take_over", "how"} <= set(made["$defs"]["EventEntry"]["properties"])
