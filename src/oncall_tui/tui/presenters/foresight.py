"""What an incident that opened now would lead to: who is paged when, in lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from oncall_tui.domain.time.durations import format_duration
from oncall_tui.tui.presenters.line import Line, Piece, Tone, cell, cut, line, quiet, strong
from oncall_tui.tui.presenters.line import width as cells_of

if TYPE_CHECKING:
    from oncall_tui.domain.simulation import DuePage
    from oncall_tui.domain.simulation.foresight import Foresight

TITLE = " An incident now, unanswered"
_WHEN, _WHO = 8, 20
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_NOBODY = {"waiting": "nobody can be reached: it waits", "exhausted": "exhausted, and nobody is left to page"}


@dataclass(slots=True)
class _Row:
    """Pages of one instant and one reason; reminders that repeat it are counted."""

    after: timedelta
    people: str
    what: str
    times: int = 1


def foresight_lines(seen: Foresight, cells: int) -> list[Line]:
    """A title, a line for each instant and reason, and how it ends."""
    lines: list[Line] = [line(strong(TITLE))]
    for row in _rows(seen):
        times = f" ×{row.times}" if row.times > 1 else ""
        who = cell(row.people, max(8, min(_WHO, cells - _WHEN - 17)))
        lines.append((Piece(f" {_offset(row.after):<{_WHEN}}", Tone.ACCENT), who, quiet(f" {row.what}{times}")))
    end = _end(seen)
    if end:
        lines.append(line(Piece(f" {end}", Tone.ALARM if seen.whole else Tone.QUIET)))
    return [cut(each, cells) for each in lines]


def _rows(seen: Foresight) -> list[_Row]:
    rows: list[_Row] = []
    for (at, what), pages in groupby(_sorted(seen.found.pages), key=lambda due: (due.at, _what(due))):
        row = _Row(at - seen.opened_at, _people(pages), what)
        last = rows[-1] if rows else None
        if last is not None and what == "reminder" == last.what and last.people == row.people:
            last.times += 1
        else:
            rows.append(row)
    return rows


def _sorted(pages: Iterable[DuePage]) -> list[DuePage]:
    return sorted(pages, key=lambda due: (due.at, due.page.seq))


def _people(pages: Iterable[DuePage]) -> str:
    """ana push, mail; bo push. A channel by its redacted address."""
    by: dict[str, list[str]] = {}
    for due in pages:
        by.setdefault(due.page.user or due.page.contact, []).extend([due.page.contact] if due.page.user else [])
    return "; ".join(_one(who, contacts) for who, contacts in by.items())


def _one(who: str, contacts: list[str]) -> str:
    return f"{who} {', '.join(contacts)}" if contacts else who


def _what(due: DuePage) -> str:
    page = due.page
    match page.kind.value:
        case "first":
            return f"step {page.step}" if page.round == 1 else f"step {page.step}, round {page.round}"
        case "rule":
            return "next rule"
        case kind:
            return str(kind)


def _offset(after: timedelta) -> str:
    """How long after it opened, in seven cells at most: of hours no seconds."""
    after -= after % (_MINUTE if after >= _HOUR else _SECOND)
    return f"+{format_duration(after)}" if after else "now"


def _end(seen: Foresight) -> str:
    pages = _sorted(seen.found.pages)
    if not seen.whole:
        return "and so on"
    if not pages:
        return _NOBODY.get(seen.found.state or "", "nobody is paged")
    reached_at_the_end = seen.ends_at is None or any(due.at >= seen.ends_at for due in pages)
    if seen.found.state == "exhausted" and seen.ends_at is not None and not reached_at_the_end:
        return f"{_offset(seen.ends_at - seen.opened_at)} {_NOBODY['exhausted']}"
    return ""


def beside(left: list[Line], right: list[Line], cells: int, width: int) -> Iterator[Line]:
    """Two columns of lines, the left one so many cells wide."""
    for place in range(max(len(left), len(right))):
        begin = left[place] if place < len(left) else ()
        end = right[place] if place < len(right) else ()
        shown = cut(begin, width - 1)
        yield cut((*shown, Piece(" " * (width - cells_of(shown))), *end), cells)
