"""Why somebody is on call at the instant under the cursor, since and until when; and what is wrong there."""

from __future__ import annotations

from datetime import timedelta

from oncall_tui.domain.time.walltime import wall
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.calendar.flags import DOUBT, findings
from oncall_tui.tui.presenters.calendar.look import Look
from oncall_tui.tui.presenters.line import Line, Piece, Tone, cut, line, quiet, strong

_INSTANT = timedelta(microseconds=1)


def why(look: Look, cells: int) -> list[Line]:
    """Who is on call at the instant under the cursor, since and until when, and by which rule."""
    from oncall_tui.domain.schedules import next_on_call_at, on_call

    at = wall(look.cursor, look.zone)
    stamp = f" {times.day(look.cursor, look.zone)} {at:%H:%M}"
    blank = " " * (len(stamp) + 2)
    people = on_call(look.schedule, look.cursor)
    wrong = findings(look, look.cursor, look.cursor + _INSTANT)
    if not people:
        back = next_on_call_at(look.schedule, look.cursor)
        then = f" until {times.until(back, look.cursor, look.zone)}" if back else ", and nobody comes within a year"
        planned = bool(wrong.declared)
        said = quiet(f"nobody, as planned{then}") if planned else Piece(f"! nobody is on call{then}", Tone.ALARM)
        return [line(strong(stamp), "  ", said)]
    lines = []
    for place, person in enumerate(people):
        since = f" since {times.until(person.since, person.since, look.zone)}" if person.since else ""
        if person.since and wall(person.since, look.zone).date() != at.date():
            since = f" since {times.day(person.since, look.zone)} {wall(person.since, look.zone):%H:%M}"
        until = (
            f", until {times.day(person.until, look.zone)} {wall(person.until, look.zone):%H:%M}"
            if person.until
            else ""
        )
        head = strong(stamp if place == 0 else " " * len(stamp))
        lines.append(cut((head, Piece("  "), Piece(person.user, Tone.STRONG), Piece(f"{since}{until}")), cells))
        lines.append(cut(line(quiet(f"{blank}because {', '.join(person.because)}")), cells))
    for away in wrong.leave:
        note = f": {away.note}" if away.note else ""
        lines.append(cut(line(Piece(f"{blank}{DOUBT} {away.user} is on leave{note}", Tone.WARN)), cells))
    for one in wrong.double:
        names = ", ".join(name for name in one.schedules if name != look.schedule.name)
        lines.append(cut(line(Piece(f"{blank}{DOUBT} {one.user} is on call in {names} too", Tone.WARN)), cells))
    return lines
