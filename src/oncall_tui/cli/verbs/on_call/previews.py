"""What an edit of a schedule would do, in words and in JSON, and the question before it leaves somebody alone."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import click

from oncall_tui.cli.frame.flags import said
from oncall_tui.cli.frame.moves import booking_shape, clash_shape, gap_shape, span_shape, stretch_shape
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.domain.schedules.editing import Moved, SchedulePreview
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.domain.time.walltime import format_instant

MOST_ROWS = 12


def tell_preview(shown: SchedulePreview, *, kept: bool) -> None:
    """What was done, or would be."""
    if said().json:
        say_json(_shape(shown, kept=kept))
        return
    if shown.before == shown.after:
        say(f"schedule {shown.name} stays as it is")
        remark("whoever has the turn keeps it; with --now move the list stands as given")
        return
    what = "made" if shown.before is None else "changed"
    say(f"schedule {shown.name} {'is' if kept else 'would be'} {what}")
    for note in shown.notes:
        say(note)
    say(f"on call now: {_people(shown.on_now_before)} before, {_people(shown.on_now_after)} after")
    table(
        ("Who", "Gains", "Loses", "Time on call"),
        [(one.user, str(one.gained), str(one.lost), _signed(one.time)) for one in shown.people],
        right={1, 2, 3},
    )
    rows = [
        *((gap.start, gap.end, "nobody", "a planned gap" if gap.planned else "a new gap") for gap in shown.gaps_opened),
        *((gap.start, gap.end, "nobody", "no gap any more") for gap in shown.gaps_closed if shown.before is not None),
        *((one.start, one.end, one.user, f"twice: {', '.join(one.schedules)}") for one in shown.double),
        *((one.start, one.end, one.user, one.what) for one in shown.leave),
    ]
    shown_rows = sorted(rows)[:MOST_ROWS]
    table(
        ("From", "Until", "Who", "What"),
        [(format_instant(start), format_instant(end), who, what) for start, end, who, what in shown_rows],
    )
    if len(rows) > MOST_ROWS:
        remark(f"and {len(rows) - MOST_ROWS} more: --json tells them all")
    if shown.changes_nothing:
        remark(f"nobody's shifts move until {format_instant(shown.end)}")


def agreed(shown: SchedulePreview, *, yes: bool) -> bool:
    """Whether what asks for a yes has one: by the flag, or at a terminal by a key, after all was told."""
    if yes or not shown.needs_yes or shown.problems:
        return yes
    if said().json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    tell_preview(shown, kept=False)
    return click.confirm("Somebody would be missing or in two places. Save it?", default=False)


def _shape(shown: SchedulePreview, *, kept: bool) -> dict[str, Any]:
    return {
        "schedule": shown.name,
        "kept": kept,
        **span_shape(shown.start, shown.end),
        "on_call_before": list(shown.on_now_before),
        "on_call_after": list(shown.on_now_after),
        "notes": list(shown.notes),
        "people": [_moved_shape(one) for one in shown.people],
        "gained": [stretch_shape(one) for one in shown.gained],
        "lost": [stretch_shape(one) for one in shown.lost],
        "gaps": [gap_shape(one) for one in shown.gaps_opened],
        "gaps_closed": [gap_shape(one) for one in shown.gaps_closed],
        "double_bookings": [booking_shape(one) for one in shown.double],
        "leave_clashes": [clash_shape(one) for one in shown.leave],
    }


def _moved_shape(one: Moved) -> dict[str, Any]:
    return {"user": one.user, "gained": one.gained, "lost": one.lost, "seconds": int(one.time.total_seconds())}


def _people(users: tuple[str, ...]) -> str:
    return ", ".join(users) or "nobody"


def _signed(time: timedelta) -> str:
    if not time:
        return "the same"
    return f"{'+' if time > timedelta() else '-'}{format_duration(abs(time))}"
