"""A window on lines: draws what is visible, repaints what differs. Everything on the screen is one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from oncall_tui.tui.boundary import clip, safe_link, width_of
from oncall_tui.tui.palette import COLOURS, NO_COLOURS, Palette
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, line

log = logging.getLogger(__name__)


class LineView(Widget):
    """Lines without a cursor. `show` repaints only the cells that changed; nothing is laid out again."""

    DEFAULT_CSS = "LineView { height: 1fr; width: 1fr; }"
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: Callable[[int], Line] = lambda _: EMPTY
        self._count = 0
        self._drawn: list[_Drawn] = []
        self._made: dict[int, Line] = {}  # the source's lines that are visible
        self.top = 0

    @property
    def palette(self) -> Palette:
        """How tones look here."""
        return NO_COLOURS if self.app.no_color else getattr(self.app, "palette", COLOURS)

    @property
    def stale(self) -> bool:
        """Whether what is shown is out of date: everything is greyed then."""
        return bool(getattr(self.app, "stale", False))

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self._count

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines instead."""
        held = tuple(lines)
        self.show_from(len(held), held.__getitem__)

    def show_from(self, count: int, source: Callable[[int], Line]) -> None:
        """Show `count` lines, asking for one only when it becomes visible."""
        self._source, self._count, self._made = source, count, {}
        self.repaint()

    def is_under_cursor(self, index: int) -> bool:  # noqa: ARG002 - lists with a cursor use it
        """Whether the line is drawn as the current one."""
        return False

    def scroll_lines(self, by: int) -> None:
        """Move the window, as far as there are lines."""
        self.top += by
        self.repaint()

    def repaint(self) -> None:
        """Compare what should be visible with what is, and draw the difference."""
        height, cells = self.size.height, self.size.width
        self.top = max(0, min(self.top, self._count - height))
        visible = range(self.top, min(self.top + height, self._count))
        self._made = {index: self._made.get(index) or self._line_at(index) for index in visible}
        wanted = [self._wanted(self.top + y) for y in range(height)]
        before, self._drawn = self._drawn, wanted
        if len(before) != len(wanted):
            self.refresh()
            return
        changed = [
            Region(start, y, end - start, 1)
            for y, (old, new) in enumerate(zip(before, wanted, strict=True))
            if (old != new)
            for start, end in [_difference(old, new, cells)]
        ]
        if changed:
            self.refresh(*changed)

    def _line_at(self, index: int) -> Line:
        try:
            return self._source(index)
        except Exception as error:  # of all the lines one, and the others are wanted
            log.exception("a line could not be drawn")
            return line(Piece(f" ! this line could not be drawn: {type(error).__name__}: {error}", Tone.ALARM))

    def replace_line(self, index: int, fresh: Line) -> None:
        """Draw one visible line anew, for now: the next `repaint` draws the source's again."""
        y = index - self.top
        if not 0 <= y < len(self._drawn):
            return
        old = self._drawn[y]
        new = (fresh, *old[1:])
        if new != old:
            self._drawn[y] = new
            start, end = _difference(old, new, self.size.width)
            self.refresh(Region(start, y, end - start, 1))

    def on_resize(self) -> None:
        self._drawn = []
        self.repaint()

    def render_line(self, y: int) -> Strip:
        """What stands at this height."""
        drawn = self._drawn[y] if y < len(self._drawn) else _NOTHING
        links = bool(getattr(self.app, "links", False))
        return Strip(_segments(drawn, self.size.width, self.palette, links=links), self.size.width)

    def _wanted(self, index: int) -> _Drawn:
        if index >= self._count:
            return _NOTHING
        return (self._made[index], self.is_under_cursor(index), self.stale)


_Drawn = tuple[Line, bool, bool]
_NOTHING: _Drawn = (EMPTY, False, False)


@lru_cache(256)
def _linked(style: Style, address: str) -> Style:
    """The style as a terminal's link (OSC 8), the same one for the same address: a new one would be drawn anew."""
    return style.update_link(address)


def _segments(drawn: _Drawn, cells: int, palette: Palette, *, links: bool) -> list[Segment]:
    """The one place where text becomes terminal cells: every piece is made safe here, whoever wrote it."""
    pieces, under_cursor, stale = drawn
    styled: list[tuple[str, Style]] = []
    left = cells
    for piece in pieces:
        if left <= 0:
            break
        text = clip(piece.text, left)
        style = palette.style(piece.tone, under_cursor=under_cursor, stale=stale)
        if links and piece.link and (address := safe_link(piece.link)):
            style = _linked(style, address)
        styled.append((text, style))
        left -= width_of(text)
    if left > 0:
        styled.append((" " * left, palette.style(Tone.PLAIN, under_cursor=under_cursor)))
    # Neighbours of one style are one segment: each change of style costs bytes on the line.
    return [
        Segment("".join(text for text, _ in run), style) for style, run in groupby(styled, key=lambda pair: pair[1])
    ]


def _difference(old: _Drawn, new: _Drawn, cells: int) -> tuple[int, int]:
    """The columns, from and to, in which two drawn lines differ: one stretch a line."""
    if old[1:] != new[1:]:
        return 0, cells
    before, after = _flat(old[0], cells), _flat(new[0], cells)
    if before is None or after is None:
        return 0, cells
    differing = [place for place in range(cells) if before[place] != after[place]]
    return (differing[0], differing[-1] + 1) if differing else (0, 1)


def _flat(pieces: Line, cells: int) -> list[tuple[str, Tone, str]] | None:
    """One entry a cell; None when wide characters make cells and characters differ."""
    flat: list[tuple[str, Tone, str]] = []
    for text, tone, link in pieces:
        shown = clip(text, cells)
        if len(shown) != width_of(shown):
            return None
        flat += [(character, tone, link) for character in shown]
    return (flat + [(" ", Tone.PLAIN, "")] * cells)[:cells]
