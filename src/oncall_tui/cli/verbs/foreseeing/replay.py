"""What today's config would have done with an incident: replay."""

from __future__ import annotations

from pathlib import Path

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import config_option, session_of_flags, world_of_flags
from oncall_tui.cli.frame.printing import say_json
from oncall_tui.cli.frame.values import NUMBER
from oncall_tui.cli.verbs.foreseeing.telling import tell


@click.command(cls=Verb)
@click.argument("number", type=NUMBER)
@click.option("--timeline", is_flag=True, help="Tell the timeline, too; --json always does.")
@config_option
def replay(number: int, timeline: bool, config: Path | None) -> None:
    """Play an incident's events again: whom today's directory, or a config file's, would have paged for them."""
    from oncall_tui.domain.simulation import simulate
    from oncall_tui.ops.reading.incidents.foreseen import world_ahead
    from oncall_tui.ops.reading.who import service_named
    from oncall_tui.ops.scenarios import simulated_shape
    from oncall_tui.ops.scenarios.replaying import scenario_of

    with session_of_flags() as session:
        scenario = scenario_of(session, number)
        world = world_ahead(session) if config is None else world_of_flags(config)
    service_named(world, scenario.service)
    found = simulate(world, scenario)
    if said().json:
        say_json(simulated_shape(found))
    else:
        tell(found, timeline=timeline)
