"""What a key changed is painted at once and in one piece, and no part of a screen otherwise than by the framework."""

from __future__ import annotations

import sys

import pytest
from textual import events
from textual._compositor import Compositor
from textual.dom import DOMNode
from textual.geometry import Region

from oncall_tui.tui.schedules.completing import Completing
from oncall_tui.tui.schedules.editor.widget import Editor, Sheet
from oncall_tui.tui.tty.thrift import ThriftyCompositor
from oncall_tui.tui.tty.typeahead import _reads_keys
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.field import Field
from oncall_tui.tui.widgets.new_incident import Choice, NewIncident
from oncall_tui.tui.widgets.queue_list import QueueList, Story
from tests.support.terminal import Terminal
from tests.tui.frozen import FrozenBackend, many
from tests.tui.test_app import opened
from tests.tui.test_bytes import environment

SYNC_START = b"\x1b[?2026h"
ESC = "\x1b"


async def test_a_step_of_the_cursor_is_painted_before_anything_else_is_looked_at() -> None:
    async with opened(FrozenBackend(many(9))) as driver:
        await driver.answered()
        timer = driver.app.screen._update_timer
        await driver.until(lambda: not timer._active.is_set(), "the end of the beat")
        painted: list[object] = []
        driver.app.post_display_hook = lambda: painted.append(driver.under_cursor)  # type: ignore[method-assign]  # its purpose
        await driver.app.on_event(events.Key("down", None))
        assert painted == [8]


@pytest.mark.parametrize(
    ("kind", "reads"),
    [
        (QueueList, False),
        (Story, False),
        (IncidentsView, False),
        (Editor, False),
        (NewIncident, False),
        (Field, True),
        (Completing, True),
        (Sheet, True),
        (Choice, True),
    ],
)
def test_which_widgets_look_at_keys_themselves(kind: type[DOMNode], reads: bool) -> None:
    assert _reads_keys(kind) is reads


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 12)])
async def test_a_part_of_the_screen_is_drawn_as_the_framework_draws_it(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits_for = "too small" if size == (50, 12) else "worker ok"
    async with opened(FrozenBackend(many(60)), size=size, waits_for=waits_for) as driver:
        compositor = driver.app.screen._compositor
        width, height = size
        parts = [Region(0, y, width, 1) for y in range(height)]
        parts += [Region(width // 3, y, 5, min(4, height - y)) for y in range(height)]
        parts += [Region(0, 0, width, height), Region(width - 1, 0, 1, height)]
        ours = [_drawn(compositor, part) for part in parts]
        monkeypatch.setattr(ThriftyCompositor, "_get_renders", Compositor._get_renders)
        assert ours == [_drawn(compositor, part) for part in parts]


def _drawn(compositor: Compositor, part: Region) -> list[object]:
    """The cells of a part of the screen."""
    lines = compositor._render_chops(part, lambda y: part.y <= y < part.bottom)[part.y : part.bottom]
    return [
        strip.crop(max(0, part.x - left), max(0, part.right - left))._segments
        for line in lines
        for left, strip in line.items()
        if strip is not None and left < part.right and left + strip.cell_length > part.x
    ]


@pytest.mark.unmeasured
def test_few_lines_are_written_in_one_piece_and_a_whole_screen_is_held_together() -> None:
    with Terminal([sys.executable, "-m", "tests.tui.frozen", "300", "still"], environment()) as opened:
        opened.wait_for("unless acknowledged")
        opened.settle(0.4)
        assert SYNC_START in opened.raw
        mark = opened.mark()
        opened.press("down")
        opened.wait_for(lambda _: opened.bytes_since(mark) > 0)
        assert not opened.raw[mark:].startswith(SYNC_START), "the story that follows may be more"
        mark = opened.mark()
        opened.press("G")
        opened.wait_for(lambda _: SYNC_START in opened.raw[mark:])


@pytest.mark.unmeasured
def test_what_was_written_bit_by_bit_is_what_a_whole_screen_shows() -> None:
    with Terminal([sys.executable, "-m", "tests.tui.frozen", "60", "still"], environment()) as opened:
        opened.wait_for("unless acknowledged")
        for key, wanted in (
            ("j", "next: bo"),
            ("2", "Europe/Lisbon"),
            ("1", "next: bo"),
            ("/", "tab complete"),
            (ESC, "next: bo"),
            ("\r", "try 1: delivered"),
            (ESC, "60 of 60"),
            ("5", "takes the money"),
            ("\x10", "words of a command"),
            (ESC, "takes the money"),
        ):
            assert_whole_after(opened, key, wanted)


def assert_whole_after(opened: Terminal, key: str, wanted: str) -> None:
    """What a key has left on the terminal is what a whole repaint leaves there: a resize and one back bring it."""
    mark = opened.mark()
    opened.press(key)
    opened.wait_for(lambda shown: opened.bytes_since(mark) > 0 and wanted in shown)
    opened.settle(0.8)
    bit_by_bit = opened.screen, opened.cells
    opened.resize(80, 23)
    opened.settle(0.2)
    opened.resize(80, 24)
    opened.wait_for(lambda shown: (shown, opened.cells) == bit_by_bit, 30)
