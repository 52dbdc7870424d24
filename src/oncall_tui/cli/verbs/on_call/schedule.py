"""Schedules: which there are, and who is on when."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import config_option, world_of_flags
from oncall_tui.cli.frame.printing import remark, say_json, table
from oncall_tui.cli.frame.values import this_instant, time_said
from oncall_tui.cli.verbs.on_call.check import check
from oncall_tui.cli.verbs.on_call.editing import create, delete, edit
from oncall_tui.cli.verbs.on_call.shifts import shifts
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.schedules import resolve
from oncall_tui.domain.time.walltime import format_instant

SHOWN = timedelta(days=14)
LONGEST = timedelta(days=3660)


@click.group(cls=Family)
def schedule() -> None:
    """Schedules: who is on call when."""


for command in (create, edit, delete, shifts, check):
    schedule.add_command(command)


@schedule.command("list")
@config_option
def list_(config: Path | None) -> None:
    """List the schedules and who is on call in each now."""
    world = world_of_flags(config)
    now = this_instant()
    found = [(known, world.on_call(name, now)) for name, known in sorted(world.schedules.items())]
    if said().json:
        rows = [
            {
                "name": known.name,
                "timezone": known.timezone,
                "layers": [layer.name for layer in known.layers],
                "users": list(users or ()),
                "broken": users is None,
            }
            for known, users in found
        ]
        say_json({"schedules": rows})
        return
    table(
        ("Schedule", "Timezone", "On call now"),
        [
            (known.name, known.timezone, "broken" if users is None else ", ".join(users) or "nobody")
            for known, users in found
        ],
    )
    if not found:
        remark("there is no schedule yet (make one with 'oncall schedule create')")


@schedule.command("show")
@click.argument("name")
@click.option("--from", "start_text", metavar="TIME", help="In the schedule's zone unless it says otherwise; now.")
@click.option("--until", "end_text", metavar="TIME", help="The end, itself left out; two weeks after the start.")
@config_option
def show(name: str, start_text: str | None, end_text: str | None, config: Path | None) -> None:
    """Show a schedule's shifts and gaps of a span."""
    from oncall_tui.ops.reading.shapes import coverage_shape
    from oncall_tui.ops.reading.who import schedule_named

    known = schedule_named(world_of_flags(config), name)
    start = time_said(start_text, "--from", known.timezone) or this_instant()
    end = time_said(end_text, "--until", known.timezone) or start + SHOWN
    if not start < end <= start + LONGEST:
        wrong = "a span ends after its start, ten years later at most"
        raise NotUnderstood([Invalid(wrong, path="--until", mend="give another --until")])
    coverage = resolve(known, start, end)
    if said().json:
        say_json(coverage_shape(name, coverage))
        return
    rows = [
        *((shift.start, shift.end, shift.user, ", ".join(shift.because)) for shift in coverage.shifts),
        *((gap.start, gap.end, "nobody", "planned" if gap.planned else "a gap") for gap in coverage.gaps),
    ]
    table(
        ("From", "Until", "On call", "Because"),
        [(format_instant(begin), format_instant(ending), who, why) for begin, ending, who, why in sorted(rows)],
    )
