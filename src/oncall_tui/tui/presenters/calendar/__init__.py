"""A schedule as a calendar: a month of weeks, a week of lanes, and why somebody is on call under the cursor.

Everything is read off `domain.schedules`, the resolver that pages: what is drawn here is what happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oncall_tui.domain.walltime import instant, wall
from oncall_tui.tui.boundary import CUT, clip
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, both_ends, cell, cut, line, quiet, strong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oncall_tui.domain.schedules import Coverage, Schedule, Segment

MOST_WEEKS = 5
DAYS = 7
NAME_CELLS = 12
HOUR = timedelta(hours=1)
GAP = "gap"


@dataclass(frozen=True, slots=True)
class Look:
    """What of a schedule is looked at: the instant under the cursor, and the zone in which days are days."""

    schedule: Schedule
    cursor: datetime
    zone: ZoneInfo
    now: datetime

    @property
    def monday(self) -> date:
        """The Monday of the week under the cursor."""
        local = wall(self.cursor, self.zone).date()
        return local - timedelta(days=local.weekday())


def calendar(look: Look, cells: int, rows: int, place: tuple[int, int]) -> list[Line]:
    """The whole tab; with few rows the month has fewer weeks.

    `place` is the schedule's place among all, from 1, and how many there are.
    """
    from oncall_tui.domain.schedules import BrokenSchedule

    head = both_ends(
        line(strong(f" {look.schedule.name}"), quiet(f"   {look.zone.key}")),
        line(quiet(f"schedule {place[0]} of {place[1]} ")),
        cells,
    )
    try:
        rest = [EMPTY, *week(look, cells), *why(look, cells)]
        weeks = max(1, min(MOST_WEEKS, rows - len(rest) - 3))
        return [head, EMPTY, *month(look, cells, weeks), *rest]
    except BrokenSchedule as error:
        return [
            head,
            EMPTY,
            line(Piece(f"  ! broken: {error.sentence}", Tone.ALARM)),
            line(quiet(f"    {error.mend or 'correct it in the configuration'}")),
            line(quiet("    Steps that name it page their policy's fallback meanwhile.")),
        ]


def month(look: Look, cells: int, weeks: int) -> list[Line]:
    """Weeks as rows; each day says who, and in red where nobody is. The cursor's week comes second, alone first."""
    from oncall_tui.domain.schedules import resolve

    room = max(6, (cells - 9) // DAYS)
    first = look.monday - timedelta(weeks=1 if weeks > 2 else 0)
    coverage = resolve(
        look.schedule,
        midnight(first, look.zone),
        midnight(first + timedelta(weeks=weeks), look.zone),
    )
    names = [cell(f" {times.weekday_name(number)}", room, Tone.QUIET) for number in range(DAYS)]
    lines: list[Line] = [(Piece(" " * 9), *names)]
    today, chosen = wall(look.now, look.zone).date(), wall(look.cursor, look.zone).date()
    for number in range(weeks):
        monday = first + timedelta(weeks=number)
        label = f" {monday.day:>2} {times.month_name(monday.month)}"
        pieces: list[Piece] = [cell(label, 9, Tone.STRONG if monday == look.monday else Tone.QUIET)]
        for offset in range(DAYS):
            day = monday + timedelta(days=offset)
            words, tone = _day(coverage, day, look.zone)
            mark = "•" if day == today else " "
            tone = Tone.MARK if day == chosen else tone
            pieces += [Piece(mark, Tone.ACCENT), cell(clip(words, room - 2), room - 1, tone)]
        lines.append(tuple(pieces))
    return lines


def _day(coverage: Coverage, day: date, zone: ZoneInfo) -> tuple[str, Tone]:
    start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    gaps = [gap for gap in coverage.gaps if gap.start < end and gap.end > start]
    people = list(dict.fromkeys(s.user for s in coverage.shifts if s.start < end and s.end > start))
    if not people:
        return f"! {GAP}" if any(not gap.planned for gap in gaps) else "off", Tone.ALARM
    words = "→".join(people)
    return (f"!{words}", Tone.ALARM) if any(not gap.planned for gap in gaps) else (words, Tone.PLAIN)


def week(look: Look, cells: int) -> list[Line]:
    """A lane a layer, then the result, over seven days."""
    from oncall_tui.domain.schedules import lanes

    per_day = max(4, (cells - NAME_CELLS - 1) // DAYS)
    days = [look.monday + timedelta(days=offset) for offset in range(DAYS)]
    edges = [midnight(day, look.zone) for day in (*days, days[-1] + timedelta(days=1))]
    column = column_of(look.cursor, edges, per_day)
    lines: list[Line] = [(Piece(" " * NAME_CELLS), *_day_heads(days, per_day))]
    for lane in lanes(look.schedule, edges[0], edges[-1]):
        result = lane.priority is None
        bar = _bar(lane.segments, edges, per_day, gaps=result)
        name = cell(" on call" if result else f" {lane.name}", NAME_CELLS - 1, Tone.STRONG if result else Tone.QUIET)
        lines.append(
            (name, Piece(" "), *_marked(bar, column if result else None, Tone.PLAIN if result else Tone.QUIET))
        )
    lines.append((Piece(" " * (NAME_CELLS + column)), Piece("▲", Tone.ACCENT)))
    return lines


def _day_heads(days: Sequence[date], per_day: int) -> list[Piece]:
    return [cell(f"▏{times.weekday_name(day.weekday())} {day.day}", per_day, Tone.QUIET) for day in days]


_Bar = list[tuple[str, bool]]


def _bar(segments: Sequence[Segment], edges: Sequence[datetime], per_day: int, *, gaps: bool) -> _Bar:
    """One character a cell, and whether it is a gap. A stretch begins with its people's names."""
    bar: _Bar = [(" ", False)] * (DAYS * per_day)
    for segment in segments:
        start, end = column_of(segment.start, edges, per_day), _end_column(segment.end, edges, per_day)
        room = max(1, end - start)
        if segment.users:
            names = clip("+".join(segment.users), room - 1).replace(CUT, "")  # a short stretch has no room for `…`
            drawn = f"▏{names}{'─' * room}"[:room]
            written = [(character, False) for character in drawn]
        elif gaps:
            written = [("·", False) if segment.planned else ("!", True)] * room
        else:
            continue
        bar[start : start + room] = written
    return bar[: DAYS * per_day]


def _marked(bar: _Bar, column: int | None, tone: Tone) -> list[Piece]:
    pieces: list[Piece] = []
    for place, (character, gap) in enumerate(bar):
        wanted = Tone.MARK if place == column else Tone.ALARM if gap else tone
        if pieces and pieces[-1].tone is wanted:
            pieces[-1] = Piece(pieces[-1].text + character, wanted)
        else:
            pieces.append(Piece(character, wanted))
    return pieces


def column_of(at: datetime, edges: Sequence[datetime], per_day: int) -> int:
    """The cell an instant falls into; a day has the same cells, be it 23, 24 or 25 hours long."""
    if at < edges[0]:
        return 0
    for day in range(DAYS):
        if at < edges[day + 1]:
            return day * per_day + int((at - edges[day]) / (edges[day + 1] - edges[day]) * per_day)
    return DAYS * per_day - 1


def _end_column(at: datetime, edges: Sequence[datetime], per_day: int) -> int:
    return DAYS * per_day if at >= edges[-1] else column_of(at, edges, per_day)


def why(look: Look, cells: int) -> list[Line]:
    """Who is on call at the instant under the cursor, since and until when, and by which rule."""
    from oncall_tui.domain.schedules import next_on_call_at, on_call

    at = wall(look.cursor, look.zone)
    stamp = f" {times.day(look.cursor, look.zone)} {at:%H:%M}"
    people = on_call(look.schedule, look.cursor)
    if not people:
        back = next_on_call_at(look.schedule, look.cursor)
        then = f" until {times.until(back, look.cursor, look.zone)}" if back else ", and nobody comes within a year"
        return [line(strong(stamp), "  ", Piece(f"! nobody is on call{then}", Tone.ALARM))]
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
        said = (head, Piece("  "), Piece(person.user, Tone.STRONG), Piece(f"{since}{until}"))
        lines.append(cut(said, cells))
        lines.append(cut(line(quiet(" " * (len(stamp) + 2) + f"because {', '.join(person.because)}")), cells))
    return lines


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which this day begins in this zone."""
    return instant(datetime.combine(day, time()), zone)


def moved(cursor: datetime, zone: ZoneInfo, *, hours: int = 0, days: int = 0) -> datetime:
    """The cursor some hours on, or at the same time of some days on; on a full hour."""
    if hours:
        full = cursor.replace(minute=0, second=0, microsecond=0)
        return full + hours * HOUR if hours > 0 or full == cursor else full + (hours + 1) * HOUR
    return instant(wall(cursor, zone) + timedelta(days=days), zone)
