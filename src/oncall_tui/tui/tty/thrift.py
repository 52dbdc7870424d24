"""Fewer bytes on the line: of a line that changed only the changed cells are written.

Textual 8 writes it from its widget's left edge on, a hundred bytes for a second's tick of one countdown.
"""

from __future__ import annotations

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App
from textual.screen import Screen


class NarrowUpdate(ChopsUpdate):
    """Writes the spans that changed and nothing beside them."""

    def render_segments(self, console: Console) -> str:
        written: list[str] = []
        for y, begin, end in self.spans:
            for right, (left, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is None or left >= end or right <= begin:
                    continue
                start = max(begin, left)
                part = strip if left >= begin and right <= end else strip.crop(start - left, min(right, end) - left)
                written += (Control.move_to(start, y).segment.text, part.render(console))
        return "".join(written)


class ThriftyCompositor(Compositor):
    """Draws what changed as narrowly as it changed."""

    def render_partial_update(self) -> ChopsUpdate | None:
        update = super().render_partial_update()
        return None if update is None else NarrowUpdate(update.chops, update.spans, update.chop_ends)


class ThriftyScreen(Screen[None]):
    """A screen that writes little."""

    def __init__(self) -> None:
        super().__init__(id="_default")
        self._compositor = ThriftyCompositor()


class ThriftyApp(App[None]):
    """An application on such a screen."""

    def get_default_screen(self) -> Screen[None]:
        return ThriftyScreen()
