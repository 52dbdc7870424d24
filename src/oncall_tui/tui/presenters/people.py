"""Users and their ways to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from oncall_tui.domain.time.durations import format_duration
from oncall_tui.tui.boundary import width_of
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, column, cut, line, quiet, strong, wide

if TYPE_CHECKING:
    from oncall_tui.ops.reading.directory_rows import ContactRow, TeamRow, UserRow

ROLE = 11


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are: as wide as what stands in them, within bounds; no names, no column of them."""

    user: int
    name: int


def columns(rows: Sequence[UserRow], me: str | None) -> Columns:
    """The columns that these users need."""
    names = [row.name for row in rows if row.name]
    return Columns(
        user=wide("User", (_known_as(row, me) for row in rows), 18), name=wide("Name", names, 20) if names else 0
    )


def _known_as(row: UserRow, me: str | None) -> str:
    return row.username + (" (you)" if row.username == me else "")


def header(shape: Columns, cells: int) -> Line:
    """The names over the columns of `user_line`."""
    named = (("User", shape.user), ("Name", shape.name), ("Role", ROLE))
    return cut(line("    ", *(column(name, room, Tone.QUIET) for name, room in named if room), quiet("On call")), cells)


def user_line(row: UserRow, me: str | None, shape: Columns) -> Line:
    """One user."""
    on = Piece(", ".join(row.on_call), Tone.GOOD)
    mine = row.username == me
    unreachable = row.role != "viewer" and not any(contact.enabled for contact in row.contacts)
    alarm = Piece("  ! can't be reached", Tone.ALARM) if unreachable else Piece("")
    return (
        Piece("  "),
        Piece("● " if row.on_call else "  ", Tone.GOOD),
        column(_known_as(row, me), shape.user, Tone.STRONG if mine else Tone.PLAIN),
        *((column(row.name, shape.name),) if shape.name else ()),
        cell(row.role, ROLE, Tone.QUIET),
        on,
        alarm,
    )


def user_detail(
    row: UserRow, teams: tuple[TeamRow, ...], now: datetime, cells: int, *, chosen: int | None = None
) -> list[Line]:
    """Everything about one user, most about the chosen contact; addresses are redacted before they come here."""
    lines: list[Line] = [line(strong(f" {row.username}"), f"  {row.name}", quiet(f"   {row.role}")), EMPTY]
    facts = (
        ("On call in", ", ".join(row.on_call) or "nothing now"),
        ("Teams", ", ".join(row.teams) or "none"),
        ("Time zone", row.timezone),
        ("Mail", row.email),
        ("Phone", row.phone),
    )
    lines += [line(cell(f"  {name}", 14, Tone.QUIET), value) for name, value in facts if value]
    lines += [EMPTY, line(strong("  Contacts"), quiet("  in the order they were given"))]
    room = min(25, max([10, *(width_of(contact.name) + 1 for contact in row.contacts)]))
    for place, contact in enumerate(row.contacts):
        lines.append(_contact(contact, now, room, chosen=place == chosen))
        if place == chosen:
            lines += _more_of(contact, now)
    if not row.contacts:
        lines.append(line(Piece("  ! none: this person can't be paged. Add one: oncall user contact add", Tone.ALARM)))
    lines += [EMPTY, line(strong("  Rules"))]
    if not row.rules:
        lines.append(line(quiet("  none: all enabled contacts at once")))
    for urgency in ("high", "low"):
        for rule in sorted(row.rules, key=lambda rule: rule.delay):
            if rule.urgency in (None, urgency):
                after = "at once" if not rule.delay else f"after {format_duration(rule.delay)}"
                lines.append(line(quiet(f"  {urgency:<6}"), cell(after, 12), rule.contact))
    for team in teams:
        if team.name in row.teams:
            lines += [
                EMPTY,
                line(strong(f"  Team {team.name}"), quiet(f"  policies {', '.join(team.policies) or 'none'}")),
            ]
            lines.append(line(f"  {', '.join(team.members)}"))
    return [cut(each, cells) for each in lines]


def _contact(row: ContactRow, now: datetime, room: int, *, chosen: bool = False) -> Line:
    edge = "▸" if chosen else " "
    if not row.enabled:
        mark = Piece(f"{edge} - ", Tone.QUIET)
    elif _is_failing(row):
        mark = Piece(f"{edge} ! ", Tone.ALARM)
    else:
        mark = Piece(f"{edge} ✓ " if row.last_success_at else f"{edge}   ", Tone.GOOD)
    notes = []
    if not row.enabled:
        notes.append("off")
    if not row.verified:
        notes.append("not verified")
    if row.last_success_at:
        notes.append(f"reached {times.age(now - row.last_success_at)} ago")
    if row.enabled and row.last_failure_at and _is_failing(row):
        notes.append(f"failed {times.age(now - row.last_failure_at)} ago: {row.last_answer}")
    return (mark, column(row.name, room), Piece(f"{row.address}   "), quiet(", ".join(notes)))


def _more_of(row: ContactRow, now: datetime) -> list[Line]:
    """What only the chosen contact tells: its last test, its limit, its last answer."""
    lines = []
    if row.tested_at is not None:
        tone = Tone.GOOD if row.test.startswith("delivered") else Tone.ALARM if row.test[:1] in "fg" else Tone.WARN
        lines.append(line(quiet(f"      test {times.age(now - row.tested_at)} ago  "), Piece(row.test, tone)))
    facts = [f"limit {row.limit}"] if row.limit else []
    facts += ["status updates"] if row.updates else []
    if facts:
        lines.append(line(quiet(f"      {', '.join(facts)}")))
    if row.last_answer and not _is_failing(row):
        lines.append(line(quiet("      last answer  "), row.last_answer))
    return lines


def _is_failing(row: ContactRow) -> bool:
    """Whether the last thing that became of the contact was a failure."""
    if row.last_failure_at is None:
        return False
    return row.last_success_at is None or row.last_failure_at > row.last_success_at
