"""Insights: the last weeks in figures, by service and by person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from oncall_tui.domain.time.durations import short_span
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, column, cut, line, quiet, strong

if TYPE_CHECKING:
    from oncall_tui.domain.insights import ServicePast, Speed
    from oncall_tui.ops.reading.past import Insights

ALL = "all services"
BAR_CELLS = 12


def header(cells: int) -> Line:
    """The names over the columns of `past_line`."""
    return cut(line(quiet("  Service               Incidents  Open   Acked in   Resolved in   Most often")), cells)


def past_line(row: ServicePast) -> Line:
    """One service's weeks: medians, since a single bad night would hide in a mean."""
    often = f"{row.often[0][0]} ×{row.often[0][1]}" if row.often else ""
    return (
        cell(f"  {row.service or ALL}", 24, Tone.STRONG if not row.service else Tone.PLAIN),
        cell(str(row.incidents), 9, right=True),
        cell(str(row.open or "—"), 6, Tone.ALARM if row.open else Tone.QUIET, right=True),
        cell(_span(row.acknowledge.median), 11, right=True),
        cell(_span(row.resolve.median), 14, right=True),
        quiet(f"   {often}"),
    )


def insights_detail(row: ServicePast, seen: Insights, cells: int) -> list[Line]:
    """The figures of one service, or of all; beside all of them how often each person was interrupted."""
    lines: list[Line] = [
        line(strong(f" {row.service or ALL}"), quiet(f"   since {seen.since:%d %b}: {row.incidents} incidents")),
        EMPTY,
        _speed("Acknowledged", row.acknowledge, "MTTA"),
        _speed("Resolved", row.resolve, "MTTR"),
        EMPTY,
        line(quiet("  Most often")),
        *(line("    ", cell(str(count), 5, right=True), f"  {title}") for title, count in row.often),
    ]
    if not row.service:
        lines += [EMPTY, line(quiet("  Interrupted          business   off hours   sleep   nights"))]
        most = max((person.total for person in seen.people), default=0)
        lines += [
            line(
                "    ",
                column(person.user, 17),
                cell(str(person.business), 9, right=True),
                cell(str(person.off_hours), 12, right=True),
                cell(str(person.sleep), 8, Tone.ALARM if person.sleep else Tone.QUIET, right=True),
                cell(str(person.nights), 9, right=True),
                Piece("   " + "▇" * max(1, BAR_CELLS * person.total // most), Tone.ACCENT),
            )
            for person in seen.people
        ]
        if not seen.people:
            lines.append(line(quiet("    nobody was")))
    if seen.cut:
        lines.append(line(Piece("  there was more than can be counted here: the oldest are left out", Tone.WARN)))
    return [cut(each, cells) for each in lines]


def _speed(word: str, speed: Speed, short: str) -> Line:
    if speed.mean is None:
        return line(cell(f"  {word}", 16), quiet("never"))
    median, mean = _span(speed.median), _span(speed.mean)
    return line(cell(f"  {word}", 16), f"{speed.count}×", quiet(f"   {short} {mean}, half of them within {median}"))


def _span(span: timedelta | None) -> str:
    return short_span(span) if span is not None else "—"
