"""What would happen: a scenario file played through."""

from __future__ import annotations

from pathlib import Path

import click

from oncall_tui.cli.frame.failing import line, shape
from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import config_option, text_of, world_of_flags
from oncall_tui.cli.frame.printing import remark, say_json
from oncall_tui.cli.verbs.foreseeing.telling import tell

FAILED = 1


@click.command(cls=Verb)
@click.argument("scenario", type=click.Path(path_type=Path, allow_dash=True))
@config_option
@click.option("--timeline", is_flag=True, help="Tell the timeline, too; --json always does.")
def simulate(scenario: Path, config: Path | None, timeline: bool) -> None:
    """Play a scenario file: who would be paged, when and why; status 1 when an expectation fails."""
    from oncall_tui.domain.simulation import simulate as play
    from oncall_tui.ops.scenarios import judge, read_scenario, simulated_shape

    text = text_of(scenario)
    world = world_ahead_of_flags(config)
    script = read_scenario(text, world)
    found = play(world, script.scenario)
    failures = judge(script, found)
    if said().json:
        errors = {"errors": [shape(one) for one in failures]} if failures else {}
        say_json({**simulated_shape(found), **errors})
    else:
        tell(found, timeline=timeline)
    for one in failures:
        remark(line(one))
    if failures:
        raise click.exceptions.Exit(FAILED)
