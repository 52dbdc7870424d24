"""What a change of a schedule moves, in words and in JSON; and times as people type them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.flags import said
from oncall_tui.cli.frame.printing import say, say_json, table
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import FIRST_YEAR, LAST_YEAR, format_instant, zone
from oncall_tui.domain.time.when import read_when

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Gap
    from oncall_tui.domain.schedules.clashes import DoubleBooking, LeaveClash
    from oncall_tui.domain.schedules.preview import Preview, Stretch
    from oncall_tui.ops.schedules.changing import Changed

WHEN_HELP = "Like 'fri 9am', '+2h', 'tomorrow 18:00' or 2026-12-24T09:00; in the schedule's zone."


def moment(text: str, option: str, timezone: str, now: datetime) -> datetime:
    """The instant that an option names, as a person types it. Raises NotUnderstood."""
    try:
        at = read_when(text, now, zone(timezone))
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise Invalid(f"the year {at.year} is out of reach", mend=f"use {FIRST_YEAR} to {LAST_YEAR}")
        return at
    except Invalid as error:
        raise NotUnderstood([Invalid(error.sentence, mend=error.mend, path=option)]) from None


def tell_changed(changed: Changed, *, kept: bool, **more: Any) -> None:
    """What was done, or would be, and whom it moves."""
    if said().json:
        number = {"override": changed.number} if changed.number is not None else {}
        away = [clash_shape(one) for one in changed.leave]
        shown_shape = {**preview_shape(changed.preview), "leave_clashes": away}
        say_json({**number, "schedule": changed.schedule, "kept": kept, **more, **shown_shape})
        return
    say(changed.text if kept else f"would be, {changed.text}")
    shown = changed.preview
    rows = [
        *((one.start, one.end, one.user, "on") for one in shown.gained),
        *((one.start, one.end, one.user, "off") for one in shown.lost),
        *((one.start, one.end, "nobody", "planned" if one.planned else "a new gap") for one in shown.gaps),
        *((one.start, one.end, one.user, f"twice: {', '.join(one.schedules)}") for one in shown.double),
        *((one.start, one.end, one.user, one.what) for one in changed.leave),
    ]
    table(
        ("From", "Until", "Who", "Comes"),
        [(format_instant(start), format_instant(end), who, what) for start, end, who, what in sorted(rows)],
    )


def preview_shape(shown: Preview) -> dict[str, Any]:
    """A preview as `--json` shows it."""
    return {
        "gained": [stretch_shape(one) for one in shown.gained],
        "lost": [stretch_shape(one) for one in shown.lost],
        "gaps": [gap_shape(one) for one in shown.gaps],
        "double_bookings": [booking_shape(one) for one in shown.double],
    }


def stretch_shape(one: Stretch) -> dict[str, Any]:
    """Somebody's time on call."""
    return {"user": one.user, **span_shape(one.start, one.end)}


def gap_shape(one: Gap) -> dict[str, Any]:
    """Time without anybody."""
    return {**span_shape(one.start, one.end), "planned": one.planned}


def booking_shape(one: DoubleBooking) -> dict[str, Any]:
    """Somebody in several schedules at once."""
    return {"user": one.user, **span_shape(one.start, one.end), "schedules": list(one.schedules)}


def clash_shape(one: LeaveClash) -> dict[str, Any]:
    """Somebody on call while away."""
    return {"user": one.user, **span_shape(one.start, one.end), "schedule": one.schedule, "note": one.note}


def span_shape(start: datetime, end: datetime) -> dict[str, str]:
    """From an instant up to another."""
    return {"start": format_instant(start), "end": format_instant(end)}
