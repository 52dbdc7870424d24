"""What `simulate` says is what the real use cases make due: pages, timelines, refusals and incidents, to the letter."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from oncall_tui.domain.simulation import DuePage, Scenario, Simulated, simulate
from oncall_tui.ops.incidents import turns
from tests.ops.scenarios.lives import Plain, configs, scenarios
from tests.ops.scenarios.reality import Reality
from tests.support.house import House


@pytest.mark.unmeasured
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(configs(), scenarios())
def test_what_is_foreseen_is_what_happens(migrated_file: Path, config: Plain, scenario: Scenario) -> None:
    """A seed that fails is replayed with --hypothesis-seed."""
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(migrated_file, Path(folder) / "oncall.db"))
        with House(f"sqlite:///{path}", json.dumps(config), Path(folder)) as house:
            with house.store.read() as conn:
                world = turns.seen(conn, house.directory.world(conn))
            foreseen = simulate(world, scenario)
            reality = Reality(house)
            reality.live(scenario)
            assert story(foreseen) == reality.story
            assert sorted(map(page, foreseen.pages), key=reality.order) == reality.pages
            assert [(one.at, one.do, one.by) for one in foreseen.rejected] == reality.rejected
            assert list(foreseen.incidents) == reality.incidents


def story(foreseen: Simulated) -> list[tuple[object, ...]]:
    return [(line.at, line.incident, line.entry.kind, line.entry.by, line.entry.text) for line in foreseen.story]


def page(due: DuePage) -> tuple[object, ...]:
    one = due.page
    return (due.at, due.incident, one.user, one.contact, one.step, one.round, one.because)
