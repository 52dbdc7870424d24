"""Who is on call."""

from __future__ import annotations

from pathlib import Path

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import config_option, world_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import this_instant, time_said
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.ops.reading.rows import OnCallRow
from oncall_tui.ops.reading.shapes import instant_or_none, on_call_shape, step_shape
from oncall_tui.ops.reading.who import PolicySteps, on_call_rows, schedule_named, steps_now


@click.command(cls=Verb)
@click.option("--at", "at_text", metavar="TIME", help="Now; without a zone in that of --schedule, else UTC.")
@click.option("--schedule", metavar="NAME", help="Only in this schedule.")
@click.option("--service", metavar="NAME", help="Only who is paged for this service, with its policy's steps.")
@click.option("--team", metavar="NAME", help="Only who is paged for this team's services.")
@config_option
def who(at_text: str | None, schedule: str | None, service: str | None, team: str | None, config: Path | None) -> None:
    """Tell who is on call."""
    world = world_of_flags(config)
    timezone = schedule_named(world, schedule).timezone if schedule is not None else None
    at = time_said(at_text, "--at", timezone) or this_instant()
    rows = on_call_rows(world, at, schedule=schedule, service=service, team=team)
    steps = steps_now(world, service, at) if service is not None else None
    if said().json:
        answer: dict[str, object] = {"at": format_instant(at), "on_call": [on_call_shape(row) for row in rows]}
        if steps is not None:
            answer["steps"] = [
                step_shape(policy.policy, number, step)
                for policy in steps
                for number, step in enumerate(policy.steps, start=1)
            ]
        say_json(answer)
        return
    _print_rows(rows)
    for policy in steps or ():
        _print_steps(policy)


def _print_rows(rows: tuple[OnCallRow, ...]) -> None:
    table(
        ("Schedule", "On call", "Since", "Until", "Because"),
        [
            (
                row.schedule,
                "broken" if row.broken is not None else ", ".join(row.users) or "nobody",
                instant_or_none(row.since) or "—",
                instant_or_none(row.until) or "—",
                row.broken or ", ".join(row.because) or "—",
            )
            for row in rows
        ],
    )
    if not rows:
        remark("there is no schedule to look at")


def _print_steps(policy: PolicySteps) -> None:
    say("")
    say(f"policy {policy.policy}")
    table(
        ("Step", "Waits", "Targets", "Reaches now"),
        [
            (str(number), format_duration(step.delay), ", ".join(step.targets), ", ".join(step.users_now) or "nobody")
            for number, step in enumerate(policy.steps, start=1)
        ],
        right={0},
    )
    if not policy.steps:
        remark(f"policy {policy.policy} has no steps: it reaches nobody")
