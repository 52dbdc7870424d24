"""What stands around an incident: changes before it, how it went the times before, what fires on, what is silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, cut, line, quiet, strong

if TYPE_CHECKING:
    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
    from oncall_tui.ops.reading.near_rows import EarlierRow


def changes(detail: IncidentDetail, cells: int, zone: tzinfo) -> Iterator[Line]:
    """What was changed on its service in the hours before it, newest first."""
    if not detail.changes:
        return
    yield EMPTY
    yield line(strong(f"  Changes before it  {len(detail.changes)}"))
    for change in detail.changes:
        before = quiet(f"  {times.age(detail.incident.opened_at - change.at)} before")
        where = quiet(f"  {change.source or change.integration or ''}")
        yield cut(line(quiet(f"  {times.clock(change.at, zone)}  "), change.summary, before, where), cells)
        if change.link:
            yield cut(line("            ", Piece(change.link, Tone.ACCENT)), cells)


def earlier(detail: IncidentDetail, cells: int, zone: tzinfo) -> Iterator[Line]:
    """The occurrences of its key before this one, newest first, and what ended each."""
    if not detail.earlier:
        return
    yield EMPTY
    yield line(strong("  Earlier, with the same key"))
    for row in detail.earlier:
        yield cut(
            line(
                quiet(f"  #{row.number}  {times.day(row.opened_at, zone)} {times.clock(row.opened_at, zone)}  "),
                *_ending(row),
            ),
            cells,
        )
        for note in row.notes:
            yield cut(line("            ", quiet("note: "), note), cells)


def _ending(row: EarlierRow) -> Line:
    if row.resolved_at is None:
        return line(Piece("still open", Tone.WARN))
    by = f" by {row.resolved_by}" if row.resolved_by else ""
    took = times.age(row.resolved_at - row.opened_at)
    return line(Piece(f"{row.resolution or 'resolved'}{by}", Tone.GOOD), quiet(f" after {took}"))


def still_firing_words(detail: IncidentDetail, now: datetime, cells: int) -> Iterator[Line]:
    """That it was resolved by hand and fires on, where that is so."""
    firing = detail.still_firing
    if firing:
        last = times.age(now - max(alert.last_seen_at for alert in firing))
        some = f"{len(firing)} alert{'s' if len(firing) > 1 else ''}"
        yield cut(
            line(Piece(f"  ! still firing: {some}, last seen {last} ago; a repeat may open anew", Tone.ALARM)), cells
        )


def quiet_words(detail: IncidentDetail, now: datetime, cells: int, zone: tzinfo) -> Iterator[Line]:
    """The silence that holds new alerts like this one back, and for how much longer."""
    row = detail.quiet
    if row is not None:
        why = f": {row.comment}" if row.comment else ""
        left = f"new alerts like it are silent for {times.countdown(row.until - now)} more"
        until = f", until {times.until(row.until, now, zone)}, by {row.by}{why}"
        yield cut((cell("  Silence", 14, Tone.QUIET), Piece(f"#{row.number}  {left}", Tone.WARN), quiet(until)), cells)
