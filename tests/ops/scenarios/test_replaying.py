"""An incident played again: under the config it had, what happened; under another, what would have."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.simulation import Simulated, simulate
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.reading.incidents.foreseen import world_ahead
from oncall_tui.ops.scenarios.replaying import scenario_of
from tests.ops.scenarios.playing import PEOPLE, world
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
policies:
  - {name: p, remind: off, steps: [{delay: 5m, targets: [{user: bo}]}, {delay: 10m, targets: [{user: cy}]}]}
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout, key: kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk}]
"""


def who(found: Simulated) -> list[tuple[float, str | None]]:
    return [((due.at - T0) / minutes(1), due.page.user) for due in found.pages]


def test_what_happened_and_what_another_config_would_have_done(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, PEOPLE + CONFIG, tmp_path) as house:
        house.post(key="k1")
        house.pass_to(7)
        acts.acknowledge(house.as_user("cy"), 1)
        house.pass_to(20)
        house.post("resolve", key="k1")
        house.pass_to(60)
        scenario = scenario_of(house.session, 1)
        today = simulate(world_ahead(house.session), scenario)
        assert who(today) == house.paged == [(0, "bo"), (5, "cy")]
        assert today.state == "resolved"
        slower = world(CONFIG.replace("delay: 5m", "delay: 8m"))
        assert who(simulate(slower, scenario)) == [(0, "bo")], "cy took it at 7, before the step would have come"
        faster = world(CONFIG.replace("delay: 5m", "delay: 2m").replace("delay: 10m", "delay: 3m"))
        assert who(simulate(faster, scenario)) == [(0, "bo"), (2, "cy"), (5, "ana")]


def test_an_open_incident_up_to_now_and_an_unknown_one(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, PEOPLE + CONFIG, tmp_path) as house:
        acts.trigger(house.as_user("bo"), title="by hand", service="checkout")
        house.pass_to(6)
        assert who(simulate(world_ahead(house.session), scenario_of(house.session, 1))) == [(0, "bo"), (5, "cy")]
        with pytest.raises(Unknown):
            scenario_of(house.session, 9)
