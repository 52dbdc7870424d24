"""Fewer bytes on the line, and sooner: of a line that changed only the changed cells are written, at once.

Textual 8 writes it from its widget's left edge on, a hundred bytes for a second's tick of one countdown; and it paints
on a beat of sixty a second, so that what a key does waits eight milliseconds on average for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import COLOR_SYSTEMS, Console, RenderableType
from rich.control import Control
from textual import events
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from oncall_tui.tui.tty.pen import Pen

FEW_LINES = 3  # so little arrives in one piece: nobody has to ask the terminal to hold it back until all is there


class NarrowUpdate(ChopsUpdate):
    """Writes the spans that changed and nothing beside them."""

    def render_segments(self, console: Console) -> str:
        written: list[str] = []
        pen = _pen(console)
        for y, begin, end in self.spans:
            for right, (left, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is None or left >= end or right <= begin:
                    continue
                start = max(begin, left)
                part = strip if left >= begin and right <= end else strip.crop(start - left, min(right, end) - left)
                written += (_move(start, y), pen.write(part))
        return "".join(written) + pen.lift()


class WholeUpdate(LayoutUpdate):
    """Writes every line."""

    def render_segments(self, console: Console) -> str:
        written: list[str] = []
        pen = _pen(console)
        for y, strips in enumerate(self.strips, self.region.y):
            written += (_move(self.region.x, y), *map(pen.write, strips))
        return "".join(written) + pen.lift()


def _pen(console: Console) -> Pen:
    return Pen(COLOR_SYSTEMS[console.color_system or "truecolor"])


def _move(x: int, y: int) -> str:
    return Control.move_to(x, y).segment.text


class ThriftyCompositor(Compositor):
    """Draws what changed as narrowly as it changed."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Of each widget the lines within `crop`, front to back, and nothing of what is behind one that covers it."""
        if not crop:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            part = Region(seen.x, crop.y, seen.width, crop.height).intersection(seen)
            if not part or not part.overlaps(crop):
                continue
            yield part, part, widget.render_lines(part.translate(-region.offset))
            if part.contains_region(crop):
                return

    def render_partial_update(self) -> ChopsUpdate | None:
        update = super().render_partial_update()
        return None if update is None else NarrowUpdate(update.chops, update.spans, update.chop_ends)

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        update = super().render_full_update(simplify)
        return WholeUpdate(update.strips, update.region)


class ThriftyScreen(Screen[None]):
    """A screen that writes little, and what a key changed at once: only what follows closely waits for the beat."""

    # Who has the keys is drawn by those that get and lose them; the framework would write every line anew.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self) -> None:
        super().__init__(id="_default")
        self._compositor = ThriftyCompositor()
        self._laying_out = False
        self._laid_out = False  # and not painted yet
        self._is_seen = False

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self._laying_out = True
        try:
            super()._refresh_layout(size, scroll)
        finally:
            self._laying_out = False

    def _compositor_refresh(self) -> None:
        if self._laying_out and self._is_seen and self.is_current:
            # What was given room draws itself until the next beat, and would be blank now. The very first look alone
            # does not wait: it is there before anything of the database is loaded.
            self._laid_out = True
            self._update_timer.resume()
            return
        self._laid_out, self._is_seen = False, True
        super()._compositor_refresh()

    def _on_timer_update(self) -> None:
        super()._on_timer_update()
        if self._laid_out and not self._layout_required and not self._update_timer._active.is_set():
            self._compositor_refresh()

    async def _on_idle(self, event: events.Idle) -> None:
        if self._painted():
            event.prevent_default()

    def paint(self) -> None:
        """Paint what was changed so far, without its way through the queues of the widgets and of this screen."""
        for widget in self._compositor.visible_widgets:
            if widget._repaint_required and not widget._layout_required:
                widget._repaint_required = False
                self._dirty_widgets.add(widget)
        self._painted()

    def _painted(self) -> bool:
        # What waits for a refresh to be over waits for a layout, too: then all goes by the beat, as ever.
        more = self._layout_required or self._scroll_required or self._repaint_required or self._callbacks
        if not self._dirty_widgets or more or self._update_timer._active.is_set():
            return False
        self._on_timer_update()
        self._update_timer.resume()  # until its next beat nothing more is painted
        return True


class ThriftyApp(App[None]):
    """An application on such a screen."""

    _is_brief = False

    def get_default_screen(self) -> Screen[None]:
        return ThriftyScreen()

    def paint(self) -> None:
        """Paint what was changed so far, where that can be done at once."""
        if self.screen_stack and isinstance(screen := self.screen, ThriftyScreen):
            screen.paint()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        self._is_brief = isinstance(renderable, NarrowUpdate) and len(renderable.spans) <= FEW_LINES
        super()._display(screen, renderable)

    def _begin_update(self) -> None:
        if not self._is_brief:
            super()._begin_update()

    def _end_update(self) -> None:
        if not self._is_brief:
            super()._end_update()
