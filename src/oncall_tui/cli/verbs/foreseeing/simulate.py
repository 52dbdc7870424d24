"""What would happen: a scenario file played through, or an incident that opened now."""

from __future__ import annotations

from pathlib import Path

import click

from oncall_tui.cli.frame.failing import NotUnderstood, line, shape
from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import config_option, text_of, world_ahead_of_flags
from oncall_tui.cli.frame.printing import remark, say_json
from oncall_tui.cli.frame.values import this_instant, time_said
from oncall_tui.cli.verbs.foreseeing.telling import tell
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.severity import Severity

FAILED = 1
SEVERITIES = [severity.value for severity in Severity]


@click.command(cls=Verb)
@click.argument("scenario", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--service", metavar="NAME", help="Instead of a scenario: an incident of this service, unanswered.")
@click.option(
    "--severity",
    type=click.Choice([severity.value for severity in Severity]),
    help="Of that incident; critical unless said.",
)
@click.option(
    "--at", "at_text", metavar="TIME", help="When it opens; now unless said, in UTC unless it says otherwise."
)
@click.option("--timeline", is_flag=True, help="Tell the timeline, too; --json always does.")
@config_option
def simulate(
    scenario: Path | None,
    service: str | None,
    severity: str | None,
    at_text: str | None,
    timeline: bool,
    config: Path | None,
) -> None:
    """Tell who would be paged, when and why: in a scenario file, or if an incident opened now.

    Status 1 when an expectation of the scenario fails.
    """
    if (scenario is None) == (service is None):
        wrong = "name a scenario file or a --service, one of the two"
        raise NotUnderstood([Invalid(wrong, path="SCENARIO", mend="see 'oncall simulate --help'", code="usage")])
    if service is not None:
        _foresee(service, severity, at_text, timeline=timeline, config=config)
        return
    if severity is not None or at_text is not None:
        given = "--severity" if severity is not None else "--at"
        mend = "write it into the scenario"
        raise NotUnderstood([Invalid("goes with --service only", path=given, mend=mend, code="usage")])
    assert scenario is not None
    _play(scenario, timeline=timeline, config=config)


def _play(file: Path, *, timeline: bool, config: Path | None) -> None:
    from oncall_tui.domain.simulation import simulate as play
    from oncall_tui.ops.scenarios import judge, read_scenario, simulated_shape

    text = text_of(file)
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


def _foresee(service: str, severity: str | None, at_text: str | None, *, timeline: bool, config: Path | None) -> None:
    from oncall_tui.domain.simulation.foresight import foresee_service
    from oncall_tui.ops.reading.who import service_named
    from oncall_tui.ops.scenarios import simulated_shape

    at = time_said(at_text, "--at") or this_instant()
    world = world_ahead_of_flags(config)
    found = foresee_service(world, service_named(world, service), Severity(severity or Severity.CRITICAL), at)
    if said().json:
        say_json(simulated_shape(found.found))
        return
    tell(found.found, timeline=timeline)
    if not found.whole:
        remark("and so on: it was not followed any further")
