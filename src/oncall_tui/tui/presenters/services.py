"""Services: what burns, who takes their alerts, what watches them, and what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, column, cut, line, quiet, strong, wide

if TYPE_CHECKING:
    from oncall_tui.ops.reading.estate import Estate, ServiceCard

SHORTENED = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are: as wide as what stands in them, within bounds."""

    name: int
    team: int
    policy: int


def columns(rows: Sequence[ServiceCard]) -> Columns:
    """The columns that these services need."""
    return Columns(
        name=wide("Service", (row.name for row in rows), 22),
        team=wide("Team", (row.team or "" for row in rows), 16),
        policy=wide("Policy", map(_policy, rows), 18),
    )


def _policy(row: ServiceCard) -> str:
    return ", ".join(row.policies) or "! none"


def header(shape: Columns, cells: int) -> Line:
    """The names over the columns of `service_line`."""
    named = (("Service", shape.name), ("Open", 6), ("Team", shape.team), ("Policy", shape.policy))
    return cut(line("    ", *(column(name, room, Tone.QUIET) for name, room in named), quiet("Senders")), cells)


def service_line(row: ServiceCard, shape: Columns) -> Line:
    """One service: a mark, its name, what is open, whose it is."""
    mark = Piece("  ✓ ", Tone.GOOD) if row.healthy else Piece("  ! ", Tone.ALARM)
    late = any(beat.late for beat in row.heartbeats)
    return (
        Piece("  ~ ", Tone.WARN) if row.healthy and (late or row.in_maintenance) else mark,
        column(row.name, shape.name),
        cell(str(row.open_incidents or "—"), 4, Tone.ALARM if row.open_incidents else Tone.QUIET, right=True),
        Piece("  "),
        column(row.team or "—", shape.team),
        column(_policy(row), shape.policy, Tone.PLAIN if row.policies else Tone.ALARM),
        quiet(", ".join(sender.name for sender in row.integrations) or "none"),
    )


def service_detail(row: ServiceCard, estate: Estate, now: datetime, zone: tzinfo, cells: int) -> list[Line]:
    """Everything about one service."""
    lines: list[Line] = [line(strong(f" {row.name}"), quiet(f"   {row.description}"))]
    if row.in_maintenance:
        lines.append(line(Piece("  in maintenance: alerts are taken in, nobody is paged", Tone.WARN)))
    lines += [EMPTY, line(quiet("  Senders"))]
    for sender in row.integrations:
        off = Piece("  switched off", Tone.WARN) if not sender.enabled else Piece("")
        lines.append(line("    ", column(sender.name, 22), quiet(f"{sender.kind}  {sender.keys}"), off))
    if not row.integrations:
        lines.append(line(Piece("    none: 'oncall integration create' makes one", Tone.QUIET)))
    if row.heartbeats:
        lines += [EMPTY, line(quiet("  Heartbeats"))]
    for beat in row.heartbeats:
        heard = f"heard {times.age(now - beat.heard_at)} ago" if beat.heard_at else "never heard"
        state = Piece(cell(beat.health, 9).text, Tone.ALARM if beat.late else Tone.GOOD)
        lines.append(line("    ", column(beat.name, 22), state, quiet(f"{beat.rhythm}, {heard}")))
    if row.maintenance:
        lines += [EMPTY, line(quiet("  Maintenance"))]
    for window in row.maintenance:
        when = (
            f"{times.day(window.start, zone)} {times.clock(window.start, zone)} – {times.clock(window.end, zone)}"
            if window.start is not None and window.end is not None
            else "over"
        )
        lines.append(
            line("    ", column(window.name, 22), quiet(when), Piece("  now", Tone.WARN) if window.now else "")
        )
    if estate.silences:
        lines += [EMPTY, line(quiet("  Silences (of all services)"))]
    for silence in estate.silences:
        said = f"until {times.until(silence.end, now, zone)}  {silence.comment}"
        lines.append(line("    ", column(silence.matchers, max(40, cells - 40)), quiet(said)))
    return [cut(each, cells) for each in lines]
