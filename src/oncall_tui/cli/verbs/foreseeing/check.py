"""Whether somebody would be reached in the coming weeks: check."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.moves import span_shape
from oncall_tui.cli.frame.opening import config_option
from oncall_tui.cli.frame.printing import remark, say, say_json
from oncall_tui.cli.verbs.on_call.check import directory_and_leave
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.domain.checking import Checkup, Finding, Span

FAILED = 1
SHOWN = 3
LONGEST_WEEKS = 104


@click.command(cls=Verb)
@click.option(
    "--weeks", type=click.IntRange(1, LONGEST_WEEKS), default=4, show_default=True, help="How far to look, from now."
)
@config_option
def check(weeks: int, config: Path | None) -> None:
    """Tell whether every service would reach somebody at every instant of the coming weeks.

    Gaps, clashes, steps and people that lead nowhere are told with their mends; status 1 if anything is to be mended.
    """
    from oncall_tui.domain.checking import examine
    from oncall_tui.ops.schedules.holidays import holidays_of

    world, leave, now = directory_and_leave(config)
    end = now + timedelta(weeks=weeks)
    away = (*leave, *holidays_of(world.users.values(), now, end))
    found = examine(world, away, now, end)
    if said().json:
        say_json(_shape(found))
    else:
        _tell(found)
    if not found.fine:
        raise click.exceptions.Exit(FAILED)


def _tell(found: Checkup) -> None:
    for one in found.findings:
        say(f"{'problem' if one.problem else 'remark'}: {one.subject} {one.sentence}")
        for span in one.spans[:SHOWN]:
            say(f"  {format_instant(span.start)} to {format_instant(span.end)}")
        if len(one.spans) > SHOWN:
            say(f"  and {len(one.spans) - SHOWN} times more")
        say(f"  mend: {one.mend}")
    if found.fine:
        remark(f"every service reaches somebody until {format_instant(found.end)}")


def _shape(found: Checkup) -> dict[str, Any]:
    return {
        **span_shape(found.start, found.end),
        "fine": found.fine,
        "problems": [_finding(one) for one in found.findings if one.problem],
        "remarks": [_finding(one) for one in found.findings if not one.problem],
        "services": [
            {"service": one.service, "urgency": one.urgency.value, "nobody": _spans(one.nobody)}
            for one in found.services
        ],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "subject": one.subject,
        "message": one.sentence,
        "mend": one.mend,
        "spans": _spans(one.spans),
    }


def _spans(spans: tuple[Span, ...]) -> list[dict[str, str]]:
    return [span_shape(span.start, span.end) for span in spans]
