"""A line of the screen as a value: pieces of text with a tone each. No colours, no widgets."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from oncall_tui.tui.boundary import clip, fit, safe_text, width_of


class Tone(StrEnum):
    """What a piece of text means; a palette says how that looks."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    ACCENT = "accent"
    ALARM = "alarm"
    WARN = "warn"
    GOOD = "good"
    MARK = "mark"


class Piece(NamedTuple):
    """Some text in one tone; `link` is the address it stands for, if it is one."""

    text: str
    tone: Tone = Tone.PLAIN
    link: str = ""


Line = tuple[Piece, ...]
EMPTY: Line = ()


def line(*pieces: Piece | str) -> Line:
    """A line of pieces; plain strings are plain."""
    return tuple(piece if isinstance(piece, Piece) else Piece(piece) for piece in pieces)


def quiet(text: str) -> Piece:
    """Text that may be overlooked."""
    return Piece(text, Tone.QUIET)


def strong(text: str) -> Piece:
    """Text that should be read first."""
    return Piece(text, Tone.STRONG)


def width(of: Line) -> int:
    """The cells a line takes."""
    return sum(width_of(piece.text) for piece in of)


def both_ends(left: Line, right: Line, cells: int) -> Line:
    """`left` at the left, `right` flush at the right; the left one is cut when both don't fit."""
    room = cells - width(right)
    if room <= 0:
        return cut(right, cells)
    shown = cut(left, room - 1) if width(left) > room - 1 else left
    return (*shown, Piece(" " * (room - width(shown))), *right)


def cut(of: Line, cells: int) -> Line:
    """The line in at most `cells` cells, its end cut with `…`."""
    kept: list[Piece] = []
    left = cells
    for piece in of:
        taken = width_of(piece.text)
        if taken > left:
            if left > 0:
                kept.append(piece._replace(text=clip(piece.text, left)))
            break
        kept.append(piece)
        left -= taken
    return tuple(kept)


def cell(text: str, cells: int, tone: Tone = Tone.PLAIN, *, right: bool = False) -> Piece:
    """A table's cell: exactly so many cells wide."""
    return Piece(fit(text, cells, right=right), tone)


def column(text: str, cells: int, tone: Tone = Tone.PLAIN) -> Piece:
    """A cell with the gap that parts it from the next, however long its text is."""
    return Piece(f"{fit(text, cells - 1)} ", tone)


def wide(title: str, texts: Iterable[str], most: int) -> int:
    """How wide a column is that has room for its title and all its texts, within bounds, and for the gap behind it."""
    return min(most, 2 + max(map(width_of, (title, *texts))))


def spread(text: str, cells: int, most: int) -> list[str]:
    """The safe text in a few lines, broken at blanks where that wastes little; `…` says that there is more."""
    lines: list[str] = []
    rest = safe_text(text)
    while len(lines) < most - 1 and width_of(rest) > cells > 0:
        room = len(clip(rest, cells + 1)) - 1
        blank = rest.rfind(" ", room // 2, room + 1)
        lines.append(rest[: blank if blank > 0 else room])
        rest = rest[len(lines[-1]) :].lstrip(" ")
    return [*lines, clip(rest, cells)]


def wrapped(text: str, cells: int) -> list[str]:
    """A sender's long text broken into lines at blanks and its own line ends; only where the whole must be readable."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        current = ""
        for word in paragraph.split(" "):
            tried = f"{current} {word}" if current else word
            if width_of(tried) <= cells:
                current = tried
                continue
            if current:
                lines.append(current)
            current = clip(word, cells)
        lines.append(current)
    return lines
