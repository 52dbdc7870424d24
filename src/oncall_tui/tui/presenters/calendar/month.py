"""Weeks as rows, who per day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from oncall_tui.domain.time.walltime import wall
from oncall_tui.tui.boundary import clip
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.calendar.flags import DOUBT, GAP, findings
from oncall_tui.tui.presenters.calendar.look import DAYS, Look, midnight
from oncall_tui.tui.presenters.line import Line, Piece, Tone, cell

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Coverage
    from oncall_tui.domain.schedules.clashes import Findings

LABEL_CELLS = 9


def month(look: Look, cells: int, weeks: int) -> list[Line]:
    """Weeks as rows; each day says who, and in red where nobody is. The cursor's week comes second, alone first."""
    from oncall_tui.domain.schedules import resolve

    room = max(6, (cells - LABEL_CELLS) // DAYS)
    first = look.monday - timedelta(weeks=1 if weeks > 2 else 0)
    start, end = midnight(first, look.zone), midnight(first + timedelta(weeks=weeks), look.zone)
    coverage, wrong = resolve(look.schedule, start, end), findings(look, start, end)
    names = [cell(f" {times.weekday_name(number)}", room, Tone.QUIET) for number in range(DAYS)]
    lines: list[Line] = [(Piece(" " * LABEL_CELLS), *names)]
    today = wall(look.now, look.zone).date()
    for number in range(weeks):
        monday = first + timedelta(weeks=number)
        label = f" {monday.day:>2} {times.month_name(monday.month)}"
        pieces: list[Piece] = [cell(label, LABEL_CELLS, Tone.STRONG if monday == look.monday else Tone.QUIET)]
        for offset in range(DAYS):
            day = monday + timedelta(days=offset)
            words, tone = _day(look, coverage, wrong, day)
            if day == look.day:
                tone = Tone.MARK
            pieces += [Piece("•" if day == today else " ", Tone.ACCENT), cell(clip(words, room - 2), room - 1, tone)]
        lines.append(tuple(pieces))
    return lines


def _day(look: Look, coverage: Coverage, wrong: Findings, day: date) -> tuple[str, Tone]:
    start, end = midnight(day, look.zone), midnight(day + timedelta(days=1), look.zone)
    people = list(dict.fromkeys(s.user for s in coverage.shifts if s.start < end and s.end > start))
    gap = any(one.start < end and one.end > start for one in wrong.gaps)
    clashes = [(one.start, one.end) for one in wrong.double] + [(one.start, one.end) for one in wrong.leave]
    doubt = any(begin < end and finish > start for begin, finish in clashes)
    if not people:
        return (f"{GAP} gap", Tone.ALARM) if gap else ("off", Tone.QUIET)
    mark, tone = (GAP, Tone.ALARM) if gap else (DOUBT, Tone.WARN) if doubt else ("", Tone.PLAIN)
    return f"{mark}{'→'.join(people)}", tone
