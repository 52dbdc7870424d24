"""A schedule as a calendar: a month of weeks, a timeline of lanes, and why somebody is on call under the cursor.

Everything is read off `domain.schedules`, the resolver that pages: what is drawn here is what happens.
"""

from __future__ import annotations

from oncall_tui.tui.presenters.calendar.look import Look, Zoom, midnight, moved
from oncall_tui.tui.presenters.calendar.month import month
from oncall_tui.tui.presenters.calendar.timeline import column_of, timeline
from oncall_tui.tui.presenters.calendar.why import why
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, both_ends, line, quiet, strong

__all__ = ["Look", "Zoom", "calendar", "column_of", "midnight", "month", "moved", "timeline", "why"]

MOST_WEEKS = 5
MOST_WEEKS_ALONE = 14


def calendar(look: Look, cells: int, rows: int, place: tuple[int, int]) -> list[Line]:
    """The whole tab; with few rows the month has fewer weeks, and none when there is no room for both.

    `place` is the schedule's place among all, from 1, and how many there are.
    """
    from oncall_tui.domain.schedules import BrokenSchedule

    head = both_ends(
        line(strong(f" {look.schedule.name}"), quiet(f"   {look.zone.key}{look.whose}")),
        line(quiet(f"schedule {place[0]} of {place[1]} ")),
        cells,
    )
    try:
        return [head, *_spaced(look, cells, rows - 1)]
    except BrokenSchedule as error:
        return [
            head,
            EMPTY,
            line(Piece(f"  ! broken: {error.sentence}", Tone.ALARM)),
            line(quiet(f"    {error.mend or 'correct it in the configuration'}")),
            line(quiet("    Steps that name it page their policy's fallback meanwhile.")),
        ]


def _spaced(look: Look, cells: int, rows: int) -> list[Line]:
    reasons = why(look, cells)
    if look.zoom is Zoom.MONTH:
        weeks = max(1, min(MOST_WEEKS_ALONE, rows - len(reasons) - 3))
        return [EMPTY, *month(look, cells, weeks), EMPTY, *reasons]
    lanes = timeline(look, cells, max(3, rows - len(reasons)))
    left = rows - len(lanes) - len(reasons)
    # A month has its header, at least one week, and a blank line on either side.
    if look.zoom is Zoom.BOTH and left >= 4:
        return [EMPTY, *month(look, cells, min(MOST_WEEKS, left - 3)), EMPTY, *lanes, *reasons]
    return [*([EMPTY] if left >= 1 else []), *lanes, *reasons]
