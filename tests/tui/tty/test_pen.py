"""The pen says less and means the same: cell by cell what Rich's own sequences leave on a screen."""

from __future__ import annotations

import itertools

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from oncall_tui.tui.palette import BY_THEME, Palette
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.tty.pen import Pen

COLOURS = st.sampled_from(["default", "red", "bright_white", "color(80)", "color(234)", "#112233"])
FLAGS = st.booleans()
STYLES = st.builds(
    Style,
    color=COLOURS | st.none(),
    bgcolor=COLOURS | st.none(),
    bold=FLAGS,
    italic=FLAGS,
    underline=FLAGS,
    reverse=FLAGS,
    strike=FLAGS,
)
PIECES = st.lists(st.builds(Segment, st.sampled_from(["a", "xy", " ", "   ", "—"]), STYLES | st.none()), max_size=8)


def cells(written: str) -> list[object]:
    """What stands in each cell, without the ink of blanks: it can't be seen."""
    screen = pyte.Screen(40, 1)
    pyte.Stream(screen).feed(written)
    shown = [screen.buffer[0][column] for column in range(40)]
    return [
        cell._replace(fg="", bold=False, italics=False)
        if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough)
        else cell
        for cell in shown
    ]


def by_rich(segments: list[Segment]) -> str:
    return "".join(text if style is None else style.render(text) for text, style, _ in segments)


@given(PIECES, PIECES)
def test_it_looks_as_if_every_style_were_said_whole(before: list[Segment], after: list[Segment]) -> None:
    pen = Pen(ColorSystem.TRUECOLOR)
    written = pen.write(before) + pen.write(after)
    assert cells(written) == cells(by_rich([*before, *after]))
    assert cells(f"{written}{pen.lift()}z")[-40:] == cells(f"{by_rich([*before, *after])}z")


@pytest.mark.parametrize("palette", BY_THEME.values(), ids=BY_THEME)
def test_every_tone_beside_every_other_costs_no_more_than_rich_s_way(palette: Palette) -> None:
    for one, other in itertools.permutations(Tone, 2):
        pieces = [Segment("one", palette.style(one)), Segment("other", palette.style(other))]
        pen = Pen(ColorSystem.TRUECOLOR)
        assert len(pen.write(pieces) + pen.lift()) <= len(by_rich(pieces)), (one, other)


def test_a_link_is_written_around_its_text_alone() -> None:
    style = Style(color="red", link="https://example.com/runbook")
    written = Pen(ColorSystem.STANDARD).write([Segment("see", style), Segment(" it", Style(color="red"))])
    assert written == f"\x1b[31m\x1b]8;id={style._link_id};https://example.com/runbook\x1b\\see\x1b]8;;\x1b\\ it"


def test_a_terminal_of_fewer_colours_is_told_those_it_has() -> None:
    assert Pen(ColorSystem.STANDARD).write([Segment("a", Style(color="#ff0000"))]) == "\x1b[31ma"
