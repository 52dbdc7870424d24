"""The queue: one incident, one line, columns that fit the width."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.domain.queue.ordering import Order, Sort
from oncall_tui.domain.severity import Severity
from oncall_tui.tui.boundary import fit, width_of
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import Line, Piece, Tone, cell, line

if TYPE_CHECKING:
    from oncall_tui.ops.reading.near_rows import GroupRow
    from oncall_tui.ops.reading.rows import IncidentRow

NOBODY = "—"
AGE_CELLS = 5
NEXT_CELLS = 13
LAST_MINUTE = timedelta(minutes=1)

_STATES = {
    "triggered": ("!", "TRIG", Tone.ALARM),
    "acknowledged": ("~", "ACK", Tone.WARN),
    "resolved": ("✓", "RES", Tone.GOOD),
}
_SEVERITIES = {
    Severity.CRITICAL: ("crit", Tone.ALARM),
    Severity.HIGH: ("high", Tone.WARN),
    Severity.MEDIUM: ("med", Tone.PLAIN),
    Severity.LOW: ("low", Tone.QUIET),
    Severity.INFO: ("info", Tone.QUIET),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How many cells each column has; 0 leaves it out."""

    number: int
    title: int
    service: int
    people: int


def columns(cells: int, rows: tuple[IncidentRow, ...]) -> Columns:
    """The columns for this width: service and people go when it is narrow, the title takes what is left."""
    number = max(4, len(str(max((row.number for row in rows), default=0))))
    service = min(14, max([8, *map(width_of, {row.service for row in rows})])) if cells >= 74 else 0
    who = min(9, max([4, *map(width_of, map(people, {row.assignees for row in rows}))])) if cells >= 64 else 0
    fixed = 2 + 7 + 1 + 5 + number + 2 + AGE_CELLS + 2 + NEXT_CELLS + sum(n + 2 for n in (service, who) if n)
    return Columns(number=number, title=max(8, cells - fixed), service=service, people=who)


def header(shape: Columns) -> Line:
    """The names over the columns."""
    names = ["    State Sev  ", fit("No.", shape.number, right=True), "  ", fit("Title", shape.title)]
    if shape.service:
        names += ["  ", fit("Service", shape.service)]
    if shape.people:
        names += ["  ", fit("With", shape.people)]
    names += [fit("Age", AGE_CELLS, right=True), "  ", fit("Next", NEXT_CELLS)]
    return line(*(Piece(name, Tone.QUIET) for name in names))


def incident_line(
    row: IncidentRow, shape: Columns, now: datetime, *, me: str | None, selected: bool, zone: tzinfo
) -> Line:
    """One incident."""
    glyph, word, tone = _STATES[row.state]
    severity, severity_tone = _SEVERITIES[row.severity]
    done = row.state == "resolved"
    pieces: list[Piece] = [
        Piece(f" {'*' if selected else ' '}", Tone.ACCENT),
        cell(f"{glyph} {word}", 7, tone),
        Piece(" "),
        cell(severity, 5, Tone.QUIET if done else severity_tone),
        cell(str(row.number), shape.number, Tone.QUIET, right=True),
        Piece("  "),
        *_title(row, shape.title, Tone.QUIET if done else Tone.STRONG if row.state == "triggered" else Tone.PLAIN),
    ]
    if shape.service:
        pieces += [Piece("  "), cell(row.service, shape.service)]
    if shape.people:
        who = people(row.assignees)
        pieces += [Piece("  "), cell(who, shape.people, Tone.ACCENT if me in row.assignees else Tone.PLAIN)]
    pieces += [
        cell(times.age(now - row.opened_at), AGE_CELLS, Tone.QUIET, right=True),
        Piece("  "),
        cell(next_words(row, now, zone), NEXT_CELLS, _next_tone(row, now)),
    ]
    return tuple(pieces)


def _title(row: IncidentRow, cells: int, tone: Tone) -> tuple[Piece, ...]:
    times_seen = f"  ×{row.events}" if row.events > 1 else ""
    return (Piece(fit_title(row.title, times_seen, cells), tone),)


def fit_title(title: str, suffix: str, cells: int) -> str:
    """The title, cut so that its count stays readable."""
    if width_of(title) + len(suffix) <= cells:
        return fit(title + suffix, cells)
    if len(suffix) + 8 > cells:
        return fit(title, cells)
    return fit(title, cells - len(suffix)) + suffix


def order_words(order: Order) -> str:
    """How the queue is sorted and grouped, where it is not as usual."""
    by = f"by {order.group}" if order.group else ""
    first = f"{order.sort} first" if order.sort in (Sort.NEWEST, Sort.OLDEST) else f"sorted by {order.sort}"
    return ", ".join(part for part in (by, "" if order.sort is Sort.NEED else first) if part)


def heading_line(name: str, order: Order, group: GroupRow | None) -> Line:
    """The line over a group: what they have in common, and how many there are in each state."""
    common = f"{order.label}={name}" if name and order.label is not None else name
    pieces = [Piece(f" {common or f'no {order.label or order.group}'}", Tone.STRONG)]
    counts = ((group.triggered, "triggered", Tone.ALARM), (group.acknowledged, "acked", Tone.WARN)) if group else ()
    pieces += [Piece(f"  {count} {word}", tone) for count, word, tone in counts if count]
    if group is not None and group.resolved:
        pieces.append(Piece(f"  {group.resolved} resolved", Tone.QUIET))
    return tuple(pieces)


def people(names: tuple[str, ...]) -> str:
    """Who has it: one name, or the first and how many more; a dash for nobody."""
    if not names:
        return NOBODY
    return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"


def next_words(row: IncidentRow, now: datetime, zone: tzinfo) -> str:  # noqa: PLR0911 - one answer a kind
    """What happens next if nobody acts."""
    step = row.next
    if row.state == "resolved":
        return row.resolution or "resolved"
    if step is None:
        return {"exhausted": "exhausted", "waiting": "reaches none", "notified": "told once"}.get(row.phase, "")
    left = times.countdown(step.at - now)
    who = people(step.users) if step.users else ""
    match step.kind:
        case "ack_end":
            return f"ack ends {left}"
        case "snooze_end":
            return f"snoozed {left}"
        case "hold_end":
            return f"held {left}"
        case "maintenance_end":
            return f"maint. {left}"
        case "wait":
            return f"waits {times.day_or_clock(step.at, now, zone)}"
        case "exhaust":
            return f"{left} → {who or 'the end'}"
    return f"{left} → {who or NOBODY}"


def _next_tone(row: IncidentRow, now: datetime) -> Tone:
    if row.state == "resolved":
        return Tone.QUIET
    if row.phase == "exhausted" or (row.phase == "waiting" and row.state == "triggered"):
        return Tone.ALARM
    if row.next is not None and row.state == "triggered" and row.next.at - now <= LAST_MINUTE:
        return Tone.WARN
    return Tone.PLAIN


def in_last_minute(row: IncidentRow, now: datetime) -> bool:
    """Whether its countdown should tick by the second."""
    return row.next is not None and row.state != "resolved" and timedelta(0) <= row.next.at - now <= LAST_MINUTE


def state_words(state: str) -> tuple[str, Tone]:
    """`! TRIG` and its tone."""
    glyph, word, tone = _STATES[state]
    return f"{glyph} {word}", tone
