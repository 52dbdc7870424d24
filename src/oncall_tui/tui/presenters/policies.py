"""Escalation policies: who is reached, in which order, and who that is right now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oncall_tui.domain.time.durations import format_duration
from oncall_tui.tui.presenters.foresight import beside, foresight_lines
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, column, cut, line, quiet, strong, wide

if TYPE_CHECKING:
    from oncall_tui.domain.simulation.foresight import Foresight
    from oncall_tui.ops.reading.directory_rows import PolicyRow

NOBODY = "! nobody"
LEFT = 38
SIDE_BY_SIDE = 74
"""From so many cells on, what would happen stands beside the steps."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are: as wide as what stands in them, within bounds."""

    policy: int
    first: int


def columns(rows: Sequence[PolicyRow]) -> Columns:
    """The columns that these policies need."""
    return Columns(
        policy=wide("Policy", (row.name for row in rows), 20), first=wide("First now", map(_first, rows), 20)
    )


def _first(row: PolicyRow) -> str:
    first = row.steps[0].users_now if row.steps else ()
    return ", ".join(first) or NOBODY


def header(shape: Columns, cells: int) -> Line:
    """The names over the columns of `policy_line`."""
    named = (("Policy", shape.policy), ("Steps", 7), ("First now", shape.first))
    return cut(line("  ", *(column(name, room, Tone.QUIET) for name, room in named), quiet("Used by")), cells)


def policy_line(row: PolicyRow, shape: Columns) -> Line:
    """One policy."""
    first = _first(row)
    return (
        Piece("  "),
        column(row.name, shape.policy),
        cell(str(len(row.steps)), 5, right=True),
        Piece("  "),
        column(first, shape.first, Tone.ALARM if first == NOBODY else Tone.PLAIN),
        quiet(", ".join((*row.services, *(f"team {team}" for team in row.teams))) or "nothing"),
    )


def policy_detail(row: PolicyRow, cells: int, seen: Foresight | None = None) -> list[Line]:
    """Steps with their people now, rounds, reminders, fallback, users; beside them, or below, what would happen now."""
    title, steps, rest = _title(row), _steps(row), _rest(row)
    if seen is None:
        lines = [title, EMPTY, *steps, EMPTY, *rest]
    elif cells >= SIDE_BY_SIDE:
        ahead = foresight_lines(seen, cells - LEFT)
        lines = [title, EMPTY, *beside([*steps, EMPTY, *rest], ahead, cells, LEFT)]
    else:
        lines = [title, EMPTY, *steps, EMPTY, *foresight_lines(seen, cells), EMPTY, *rest]
    return [cut(each, cells) for each in lines]


def _title(row: PolicyRow) -> Line:
    rounds = f"{row.repeat + 1} rounds" if row.repeat else "one round"
    remind = f"reminds every {format_duration(row.remind)}" if row.remind else "no reminders"
    return line(strong(f" {row.name}"), quiet(f"   {rounds}, {remind}"))


def _steps(row: PolicyRow) -> list[Line]:
    lines: list[Line] = []
    if not row.steps:
        lines.append(line(Piece("  ! no steps: this policy reaches nobody", Tone.ALARM)))
    for number, step in enumerate(row.steps, 1):
        turn = ", one in turn" if step.assign == "round_robin" else ""
        lines.append(line(Piece(f"  {number}  ", Tone.ACCENT), ", ".join(step.targets), quiet(turn)))
        people = Piece(", ".join(step.users_now)) if step.users_now else Piece("nobody now", Tone.ALARM)
        lines.append(line(quiet("     → "), people))
        after = "the next step" if number < len(row.steps) else "the next round" if row.repeat else "the end"
        lines.append(line(quiet(f"     waits {format_duration(step.delay)}, then {after}")))
    return lines


def _rest(row: PolicyRow) -> list[Line]:
    return [
        line(cell("  At the end", 14, Tone.QUIET), ", ".join(row.fallback) or "every admin"),
        line(cell("  Services", 14, Tone.QUIET), ", ".join(row.services) or "none"),
        line(cell("  Teams", 14, Tone.QUIET), ", ".join(row.teams) or "none"),
    ]
