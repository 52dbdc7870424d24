"""The help, made from the keys themselves."""

from __future__ import annotations

from oncall_tui.tui.keys import HELP
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, line, strong


def help_lines() -> list[Line]:
    """Every key and what it does."""
    lines: list[Line] = []
    for place, words in HELP:
        lines += [line(strong(f" {place}"))]
        lines += [line(Piece(f"   {key:<12}", Tone.ACCENT), said) for key, said in words]
        lines.append(EMPTY)
    return lines
