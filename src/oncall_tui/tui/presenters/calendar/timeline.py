"""Lanes over a week or a day: one a layer, one for the result, and one for each kind of clash there is."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from oncall_tui.domain.time.walltime import wall
from oncall_tui.tui.boundary import CUT, clip
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.calendar.flags import DOUBT, GAP, PLANNED, findings
from oncall_tui.tui.presenters.calendar.look import HOUR, Look, Zoom, edges_of
from oncall_tui.tui.presenters.line import Line, Piece, Tone, cell, quiet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oncall_tui.domain.schedules import NamedLane

NAME_CELLS = 12
NARROWEST_DAY = 4
HOURS_APART = 3
_FILL = "─ "
NOW_LINE = "┊"


class Bar(NamedTuple):
    """A stretch on a lane: its span, its words, and what stands there when it has none."""

    start: datetime
    end: datetime
    words: str
    fill: str = "─"
    tone: Tone = Tone.PLAIN


def timeline(look: Look, cells: int, rows: int) -> list[Line]:
    """The lanes, the time above them, and the cursor below; with few rows the lowest layers are left out, said so."""
    from oncall_tui.domain.schedules import lanes

    edges = edges_of(look)
    per_day = max(NARROWEST_DAY, (cells - NAME_CELLS - 1) // (len(edges) - 1))
    at = column_of(look.cursor, edges, per_day)
    now = column_of(look.now, edges, per_day) if edges[0] <= look.now < edges[-1] else None
    *layers, result = lanes(look.schedule, edges[0], edges[-1])
    clashes = _clashes(look, edges)
    room = rows - 3 - len(clashes)
    left_out = max(0, len(layers) - room)
    if left_out and room >= 1:
        left_out += 1
    lines: list[Line] = [(Piece(" " * NAME_CELLS), *_head(look, edges, per_day, now))]
    if left_out:
        lines.append((quiet(cell(f" +{left_out} more", NAME_CELLS).text),))
    for lane in layers[left_out:]:
        drawn = _drawn(_bars(lane, gaps=False), edges, per_day, Tone.QUIET)
        lines.append((cell(f" {lane.name}", NAME_CELLS - 1, Tone.QUIET), Piece(" "), *_pieces(drawn, None, now)))
    drawn = _drawn(_bars(result, gaps=True), edges, per_day, Tone.PLAIN)
    lines.append((cell(" on call", NAME_CELLS - 1, Tone.STRONG), Piece(" "), *_pieces(drawn, at, now)))
    for name, bars in clashes:
        drawn = _drawn(bars, edges, per_day, Tone.WARN)
        lines.append((cell(f" {DOUBT} {name}", NAME_CELLS - 1, Tone.WARN), Piece(" "), *_pieces(drawn, None, None)))
    lines.append((Piece(" " * (NAME_CELLS + at)), Piece("▲", Tone.ACCENT)))
    return lines


def _head(look: Look, edges: Sequence[datetime], per_day: int, now: int | None) -> list[Piece]:
    if look.zoom is Zoom.DAY:
        text = _hours(look, edges, per_day)
    else:
        text = "".join(cell(_day_name(day, per_day), per_day).text for day in look.days)
    if now is None:
        return [quiet(text)]
    mark = text[now] if text[now] not in " ▏" else "▼"
    return [quiet(text[:now]), Piece(mark, Tone.ACCENT), quiet(text[now + 1 :])]


def _day_name(day: date, room: int) -> str:
    """Mon 23; with less room Mo 23 or 23, so that nothing is cut."""
    name = times.weekday_name(day.weekday())
    words = (f"▏{name} {day.day}", f"▏{name[:2]} {day.day}", f"▏{day.day}")
    return next((each for each in words if len(each) <= room), words[-1])


def _hours(look: Look, edges: Sequence[datetime], cells: int) -> str:
    """Each third full hour by the zone's clock; a day of 23 or 25 hours has as many cells as any other."""
    text = " " * cells
    at = edges[0]
    while at < edges[1]:
        local = wall(at, look.zone)
        if local.hour % HOURS_APART == 0 and local.minute == 0:
            place = column_of(at, edges, cells)
            text = f"{text[:place]}▏{local:%H:%M}{text[place + 6 :]}"[:cells]
        at += HOUR / 2
    return text


def _bars(lane: NamedLane, *, gaps: bool) -> list[Bar]:
    found = []
    for one in lane.segments:
        if one.users:
            found.append(Bar(one.start, one.end, "+".join(one.users)))
        elif gaps and one.planned:
            found.append(Bar(one.start, one.end, "", PLANNED, Tone.QUIET))
        elif gaps:
            found.append(Bar(one.start, one.end, "", GAP, Tone.ALARM))
    return found


def _clashes(look: Look, edges: Sequence[datetime]) -> list[tuple[str, list[Bar]]]:
    wrong = findings(look, edges[0], edges[-1])
    lanes: list[tuple[str, list[Bar]]] = []
    if wrong.leave:
        lanes.append(("on leave", [Bar(one.start, one.end, one.user, DOUBT) for one in wrong.leave]))
    if wrong.double:
        lanes.append(("twice", [Bar(one.start, one.end, one.user, DOUBT) for one in wrong.double]))
    return lanes


_Cells = list[tuple[str, Tone]]


def _drawn(bars: Iterable[Bar], edges: Sequence[datetime], per_day: int, tone: Tone) -> _Cells:
    """One character a cell with its tone. A stretch begins with its words."""
    width = (len(edges) - 1) * per_day
    drawn: _Cells = [(" ", tone)] * width
    for bar in bars:
        start = column_of(bar.start, edges, per_day)
        end = width if bar.end >= edges[-1] else column_of(bar.end, edges, per_day)
        room = max(1, end - start)
        if bar.words:
            words = clip(bar.words, room - 1).replace(CUT, "")  # a short stretch has no room for `…`
            text = f"▏{words}{bar.fill * room}"[:room]
        else:
            text = bar.fill * room
        drawn[start : start + room] = [(each, tone if bar.words else bar.tone) for each in text]
    return drawn[:width]


def _pieces(drawn: _Cells, at: int | None, now: int | None) -> list[Piece]:
    """The cells as pieces; the now-line runs where nothing is written, the cursor over everything."""
    pieces: list[Piece] = []
    for place, (character, tone) in enumerate(drawn):
        shown = character
        if place == at:
            tone = Tone.MARK  # noqa: PLW2901 - the cursor's cell
        elif place == now and character in _FILL:
            shown, tone = NOW_LINE, Tone.ACCENT  # noqa: PLW2901 - the now-line's cell
        if pieces and pieces[-1].tone is tone:
            pieces[-1] = Piece(pieces[-1].text + shown, tone)
        else:
            pieces.append(Piece(shown, tone))
    return pieces


def column_of(at: datetime, edges: Sequence[datetime], per_day: int) -> int:
    """The cell an instant falls into; a day has the same cells, be it 23, 24 or 25 hours long."""
    if at < edges[0]:
        return 0
    for day in range(len(edges) - 1):
        if at < edges[day + 1]:
            return day * per_day + int((at - edges[day]) / (edges[day + 1] - edges[day]) * per_day)
    return (len(edges) - 1) * per_day - 1
