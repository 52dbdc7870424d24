"""Services: what burns, who takes their alerts, what watches them, and what is planned."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, cut, line, quiet, strong

if TYPE_CHECKING:
    from oncall_tui.ops.reading.estate import Estate, ServiceCard

SHORTENED = 60


def header(cells: int) -> Line:
    """The names over the columns of `service_line`."""
    return cut(line(quiet("    Service               Open  Team            Policy            Senders")), cells)


def service_line(row: ServiceCard) -> Line:
    """One service: a mark, its name, what is open, whose it is."""
    mark = Piece("  ✓ ", Tone.GOOD) if row.healthy else Piece("  ! ", Tone.ALARM)
    late = any(beat.late for beat in row.heartbeats)
    policy = ", ".join(row.policies)
    return (
        Piece("  ~ ", Tone.WARN) if row.healthy and (late or row.in_maintenance) else mark,
        cell(row.name, 22),
        cell(str(row.open_incidents or "—"), 4, Tone.ALARM if row.open_incidents else Tone.QUIET, right=True),
        Piece("  "),
        cell(row.team or "—", 16),
        Piece(cell(policy, 18).text) if policy else cell("! none", 18, Tone.ALARM),
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
        lines.append(line("    ", cell(sender.name, 22), quiet(f"{sender.kind}  {sender.keys}"), off))
    if not row.integrations:
        lines.append(line(Piece("    none: 'oncall integration create' makes one", Tone.QUIET)))
    if row.heartbeats:
        lines += [EMPTY, line(quiet("  Heartbeats"))]
    for beat in row.heartbeats:
        heard = f"heard {times.age(now - beat.heard_at)} ago" if beat.heard_at else "never heard"
        state = Piece(cell(beat.health, 9).text, Tone.ALARM if beat.late else Tone.GOOD)
        lines.append(line("    ", cell(beat.name, 22), state, quiet(f"{beat.rhythm}, {heard}")))
    if row.maintenance:
        lines += [EMPTY, line(quiet("  Maintenance"))]
    for window in row.maintenance:
        when = (
            f"{times.day(window.start, zone)} {times.clock(window.start, zone)} – {times.clock(window.end, zone)}"
            if window.start is not None and window.end is not None
            else "over"
        )
        lines.append(line("    ", cell(window.name, 22), quiet(when), Piece("  now", Tone.WARN) if window.now else ""))
    if estate.silences:
        lines += [EMPTY, line(quiet("  Silences (of all services)"))]
    for silence in estate.silences:
        said = f"until {times.until(silence.end, now, zone)}  {silence.comment}"
        lines.append(line("    ", cell(silence.matchers, 40), quiet(said)))
    return [cut(each, cells) for each in lines]
