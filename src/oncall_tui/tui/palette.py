"""How tones look: sixteen colours of the reader's own terminal theme, or none at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style

from oncall_tui.tui.presenters.line import Tone


@dataclass(frozen=True, slots=True)
class Palette:
    """A style for each tone, for the line under the cursor and for what is out of date."""

    tones: Mapping[Tone, Style]
    cursor: Style
    stale: Style

    def style(self, tone: Tone, *, under_cursor: bool = False, stale: bool = False) -> Style:
        """The style of a piece of text."""
        if stale:
            return self.stale
        return self.cursor if under_cursor else self.tones[tone]


_CURSOR = Style(color="bright_white", bgcolor="blue", bold=True)  # readable on dark and on light themes alike

COLOURS = Palette(
    tones={
        Tone.PLAIN: Style.null(),
        Tone.STRONG: Style(bold=True),
        Tone.QUIET: Style(dim=True),
        Tone.ACCENT: Style(color="cyan", bold=True),
        Tone.ALARM: Style(color="red", bold=True),
        Tone.WARN: Style(color="yellow"),
        Tone.GOOD: Style(color="green"),
        Tone.MARK: _CURSOR,
    },
    cursor=_CURSOR,
    stale=Style(dim=True),
)

# What a colour says is also said by a glyph and a word: here only weight is left.
NO_COLOURS = Palette(
    tones={
        Tone.PLAIN: Style.null(),
        Tone.STRONG: Style(bold=True),
        Tone.QUIET: Style(dim=True),
        Tone.ACCENT: Style(bold=True),
        Tone.ALARM: Style(bold=True),
        Tone.WARN: Style.null(),
        Tone.GOOD: Style.null(),
        Tone.MARK: Style(reverse=True),
    },
    cursor=Style(reverse=True),
    stale=Style(dim=True),
)
