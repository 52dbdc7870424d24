"""How tones look, by theme: the sixteen colours of the reader's own terminal, colours of ours, or none at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.style import Style

from oncall_tui.tui.presenters.line import Tone

TERMINAL_S_OWN = "ansi_default"


@dataclass(frozen=True, slots=True)
class Palette:
    """A style for each tone, for the line under the cursor and for what is out of date; what is around has two colours.

    `back` and `text` are colours as style sheets name them.
    """

    tones: Mapping[Tone, Style]
    cursor: Style
    stale: Style
    back: str = field(default=TERMINAL_S_OWN)
    text: str = field(default=TERMINAL_S_OWN)

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


def _painted(  # noqa: PLR0913 - one colour a tone
    back: int, text: int, *, quiet: int, accent: int, alarm: int, warn: int, good: int, cursor: tuple[int, int]
) -> Palette:
    """A palette on a ground of its own, in colours of the 256: every terminal has them, and they cost few bytes."""

    def style(colour: int, *, bold: bool = False) -> Style:
        return Style(color=f"color({colour})", bgcolor=f"color({back})", bold=bold)

    on_cursor = Style(color=f"color({cursor[0]})", bgcolor=f"color({cursor[1]})", bold=True)
    return Palette(
        tones={
            Tone.PLAIN: style(text),
            Tone.STRONG: style(text, bold=True),
            Tone.QUIET: style(quiet),
            Tone.ACCENT: style(accent, bold=True),
            Tone.ALARM: style(alarm, bold=True),
            Tone.WARN: style(warn),
            Tone.GOOD: style(good),
            Tone.MARK: on_cursor,
        },
        cursor=on_cursor,
        stale=style(quiet),
        back=hex_of(back),
        text=hex_of(text),
    )


def hex_of(colour: int) -> str:
    """The usual value of one of the colours 16 to 255: a cube of six steps a side, then 24 greys."""
    if colour >= 232:
        level = 8 + 10 * (colour - 232)
        return f"#{level:02x}{level:02x}{level:02x}"
    steps = (0, 95, 135, 175, 215, 255)
    place = colour - 16
    return "#" + "".join(f"{steps[part]:02x}" for part in (place // 36, place // 6 % 6, place % 6))


BY_THEME: Mapping[str, Palette] = {
    "oncall": COLOURS,
    "dark": _painted(234, 252, quiet=246, accent=80, alarm=210, warn=221, good=114, cursor=(231, 25)),
    "light": _painted(231, 235, quiet=241, accent=24, alarm=124, warn=94, good=22, cursor=(231, 25)),
    "high-contrast": _painted(16, 231, quiet=252, accent=51, alarm=217, warn=226, good=120, cursor=(16, 226)),
    # Blue, yellow and orange in different lightness: told apart by whoever sees red and green alike.
    "colour-blind": _painted(234, 252, quiet=246, accent=153, alarm=215, warn=229, good=75, cursor=(16, 153)),
    "mono": NO_COLOURS,
}
"""The palette of each theme that a setting can name."""
