"""Output: aligned columns for people, JSON for programs. What senders wrote is made harmless on the way."""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import click

from oncall_tui.domain.plaintext import visible

NARROWEST = 10  # cells
GAP = "  "
_COLOURS = {"critical": "red", "high": "yellow", "TRIG": "red"}


def say(text: str) -> None:
    """One line for a person."""
    click.echo(visible(text))


def remark(text: str) -> None:
    """One line beside the answer, on stderr."""
    click.echo(visible(text), err=True)


def say_json(value: Any, *, compact: bool = False) -> None:
    """JSON on stdout. ASCII only: a bidi override or a C1 control in a title stays an escape."""
    click.echo(json.dumps(value, ensure_ascii=True, indent=None if compact else 2))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()) -> None:
    """Rows in aligned columns under their headings; the columns in `right` are numbers. Nothing at all without rows.

    On a terminal the widest column is cut so that a row stays a line; into a pipe everything goes whole.
    """
    shown = [[visible(cell) for cell in row] for row in rows]
    if not shown:
        return
    lines = [list(headings), *shown]
    widths = [max(_cells(cells[column]) for cells in lines) for column in range(len(headings))]
    if sys.stdout.isatty():
        widest = widths.index(max(widths))
        excess = sum(widths) + len(GAP) * (len(widths) - 1) - shutil.get_terminal_size().columns
        widths[widest] = max(NARROWEST, widths[widest] - max(0, excess))
        lines = [[*row[:widest], _cut(row[widest], widths[widest]), *row[widest + 1 :]] for row in lines]
    for cells in lines:
        padded = [
            _padded(cell, width, right=column in right)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        click.echo(GAP.join(padded).rstrip())


def _cut(cell: str, width: int) -> str:
    while _cells(cell) > width:
        cell = cell[: min(len(cell), width) - 2] + "…"
    return cell


def _padded(cell: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - _cells(cell))
    colour = _COLOURS.get(cell) if _coloured() else None
    text = click.style(cell, fg=colour) if colour else cell
    return blanks + text if right else text + blanks


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _cells(text: str) -> int:
    """How many terminal cells the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
