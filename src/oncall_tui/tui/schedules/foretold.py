"""What a change would do, in lines: who gains and loses what, then what would be wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.domain.time.durations import format_duration
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import Line, Piece, Tone, cell, cut, line, quiet
from oncall_tui.tui.schedules.values import Effects

if TYPE_CHECKING:
    from oncall_tui.domain.schedules.preview import Stretch

MOST_STRETCHES = 4
MOST_FLAWS = 2
NAME_CELLS = 12


def foretold(effects: Effects, zone: tzinfo, cells: int) -> list[Line]:
    """Each shift gained and lost, or per person when there are many; gaps, double bookings and leave, in words."""
    lines = [line(Piece(f" {note}", Tone.STRONG)) for note in effects.notes]
    moves = [("+", one) for one in effects.gained] + [("-", one) for one in effects.lost]
    if not moves:
        lines.append(line(quiet(" Nobody's shifts change.")))
    elif len(moves) <= MOST_STRETCHES:
        room = 2 + max(len(one.user) for _, one in moves)
        for sign, one in moves:
            words = f"{span(one.start, one.end, zone)}   {format_duration(one.end - one.start)}"
            lines.append(line(_sign(sign), cell(one.user, room), words))
    else:
        lines += _per_person(effects.gained, effects.lost, zone)
    gaps = [f"! nobody on call {span(one.start, one.end, zone)}" for one in effects.gaps]
    double = [
        f"? {one.user} in {' and '.join(one.schedules)} at once {span(one.start, one.end, zone)}"
        for one in effects.double
    ]
    leave = [f"? {one.user} is on leave {span(one.start, one.end, zone)}" for one in effects.leave]
    lines += [*_flaws(gaps, Tone.ALARM), *_flaws(double, Tone.WARN), *_flaws(leave, Tone.WARN)]
    return [cut(each, cells) for each in lines]


def span(start: datetime, end: datetime, zone: tzinfo) -> str:
    """Thu 5 Mar 10:00 – 12:00; the second day where it is another."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{times.day(end, zone)} {last:%H:%M}"
    return f"{times.day(start, zone)} {first:%H:%M} – {until}"


def _sign(sign: str) -> Piece:
    return Piece(f" {sign} ", Tone.GOOD if sign == "+" else Tone.QUIET)


def _per_person(gained: Sequence[Stretch], lost: Sequence[Stretch], zone: tzinfo) -> list[Line]:
    more: dict[str, list[Stretch]] = defaultdict(list)
    less: dict[str, list[Stretch]] = defaultdict(list)
    for each, into in ((gained, more), (lost, less)):
        for one in each:
            into[one.user].append(one)
    lines = []
    for user in sorted({*more, *less}):
        ours = sorted((*more[user], *less[user]), key=lambda one: one.start)
        time = _time(more[user]) - _time(less[user])
        sign = "+" if time >= timedelta() else "-"
        counts = f"{_count('+', more[user])} {_count('-', less[user])}"
        lines.append(
            line(
                Piece(f" {cell(user, NAME_CELLS).text}"),
                Piece(counts),
                f"  {sign + _hours(abs(time)):>7}",
                quiet(f"   from {times.day(ours[0].start, zone)} {ours[0].start.astimezone(zone):%H:%M}"),
            )
        )
    head = line(quiet(f" {cell('', NAME_CELLS).text}{'shifts':>9}  {'hours':>7}"))
    return [head, *lines]


def _count(sign: str, of: Sequence[Stretch]) -> str:
    return f"{sign + str(len(of)) if of else '':>4}"


def _time(of: Sequence[Stretch]) -> timedelta:
    return sum((one.end - one.start for one in of), timedelta())


def _hours(time: timedelta) -> str:
    return f"{time / timedelta(hours=1):g}h"


def _flaws(words: Sequence[str], tone: Tone) -> list[Line]:
    shown = list(words[:MOST_FLAWS])
    if len(words) > MOST_FLAWS:
        shown[-1] += f", and {len(words) - MOST_FLAWS} more"
    return [line(Piece(f" {each}", tone)) for each in shown]
