"""What is wrong with a schedule in a span: schedule check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.moves import WHEN_HELP, booking_shape, clash_shape, moment, span_shape
from oncall_tui.cli.frame.opening import config_option, session_of_flags, text_of
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import this_instant
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Schedule
    from oncall_tui.domain.schedules.clashes import Findings, Leave
    from oncall_tui.domain.world import World

LOOKED_AT = timedelta(days=28)
LONGEST = timedelta(days=3660)
FAILED = 1


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--from", "start_text", metavar="TIME", help=f"Now unless said. {WHEN_HELP}")
@click.option("--until", "end_text", metavar="TIME", help="Four weeks after the start unless said.")
@config_option
def check(name: str | None, start_text: str | None, end_text: str | None, config: Path | None) -> None:
    """Tell a schedule's gaps, double bookings and shifts during leave, or every schedule's; status 1 if any."""
    from oncall_tui.ops.reading.who import schedule_named

    world, leave, now = directory_and_leave(config)
    looked = [
        _look(world, schedule_named(world, one), leave, (start_text, end_text), now)
        for one in ([name] if name is not None else sorted(world.schedules))
    ]
    if said().json:
        shapes = [_shape(one) for one in looked]
        say_json(shapes[0] if name is not None else {"schedules": shapes})
    else:
        for one in looked:
            _print(one, named=name is None)
        if not looked:
            remark("there is no schedule yet (make one with 'oncall schedule create')")
    if not all(one.found.fine for one in looked):
        raise click.exceptions.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class _Looked:
    """One schedule, the span that was looked at, and what is wrong in it."""

    name: str
    start: datetime
    end: datetime
    found: Findings


def _look(
    world: World, known: Schedule, leave: Sequence[Leave], said_span: tuple[str | None, str | None], now: datetime
) -> _Looked:
    from oncall_tui.domain.schedules.clashes import examine
    from oncall_tui.ops.schedules.holidays import holidays_of

    start_text, end_text = said_span
    start = now if start_text is None else moment(start_text, "--from", known.timezone, now)
    end = start + LOOKED_AT if end_text is None else moment(end_text, "--until", known.timezone, now)
    if not start < end <= start + LONGEST:
        wrong = "a span ends after its start, ten years later at most"
        raise NotUnderstood([Invalid(wrong, path="--until", mend="give another --until")])
    others = [schedule for other, schedule in world.schedules.items() if other != known.name]
    away = (*leave, *holidays_of(world.users.values(), start, end))
    return _Looked(known.name, start, end, examine(known, others, away, start, end))


def _shape(looked: _Looked) -> dict[str, Any]:
    found = looked.found
    return {
        "schedule": looked.name,
        **span_shape(looked.start, looked.end),
        "gaps": [span_shape(gap.start, gap.end) for gap in found.gaps],
        "declared_gaps": [span_shape(gap.start, gap.end) for gap in found.declared],
        "double_bookings": [booking_shape(one) for one in found.double],
        "leave_clashes": [clash_shape(one) for one in found.leave],
    }


def _print(looked: _Looked, *, named: bool) -> None:
    found = looked.found
    rows = [
        *((gap.start, gap.end, "nobody", "a gap") for gap in found.gaps),
        *((gap.start, gap.end, "nobody", "a declared gap: fine") for gap in found.declared),
        *((one.start, one.end, one.user, f"twice: {', '.join(one.schedules)}") for one in found.double),
        *((one.start, one.end, one.user, one.what) for one in found.leave),
    ]
    if rows and named:
        say(f"{looked.name}:")
    table(
        ("From", "Until", "On call", "What"),
        [(format_instant(begin), format_instant(until), who, what) for begin, until, who, what in sorted(rows)],
    )
    if found.fine:
        remark(f"schedule {looked.name} is fine until {format_instant(looked.end)}")


def directory_and_leave(config: Path | None) -> tuple[World, tuple[Leave, ...], datetime]:
    """The directory, everybody's leave and this second: of a config file, or of the configured database."""
    if config is not None:
        from oncall_tui.ops.config.checks.leave import leave_of_config
        from oncall_tui.ops.config.validation import validate
        from oncall_tui.ops.config.worlds import world_of

        checked = validate(text_of(config), addresses=False).config
        return world_of(checked), leave_of_config(checked), this_instant()
    from oncall_tui.ops.schedules.changing import leave_of

    with session_of_flags() as session, session.reading() as conn:
        return session.directory.world(conn), leave_of(conn), session.now().replace(microsecond=0)
