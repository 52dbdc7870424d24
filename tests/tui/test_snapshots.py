"""Every screen as text in three sizes, and its tones in every theme, at a frozen instant; one application a row.

`python -m tests.tui.test_snapshots` writes them anew.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from itertools import groupby
from pathlib import Path

import pytest
from rich.style import Style

from oncall_tui.settings import THEMES
from tests.tui.test_app import Driver, opened

pytestmark = pytest.mark.unmeasured

KEPT = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40), (60, 15))
SCREENS = {
    "incidents": ((), "3 of 3", ()),
    "grouped": (("b", "s"), "edge  1 acked", ("b", "x")),
    "story": (("enter",), "critical, urgency high", ("escape",)),
    "help": (("question_mark",), "acknowledge: it", ("escape",)),
    "palette": (("ctrl+p",), "words of a command", ("escape",)),
    "schedule": (("2",), "Sun 1 Mar", ()),
    "users": (("3",), "Ana Silva", ()),
    "policies": (("4",), "Steps  First now", ()),
    "services": (("5",), "Open  Team", ()),
    "insights": (("6",), "all services", ()),
    "system": (("7",), "Deliveries", ()),
}
"""Name → the keys that lead there, what it shows then, and the keys that lead back."""
ONE_SIZE = (80, 24)
NO_COLOR = "NO_COLOR"  # as whoever sets that variable has it, whatever theme they chose
LOOKS = (*THEMES, NO_COLOR)


async def walk(size: tuple[int, int], theme: str = "oncall") -> AsyncIterator[tuple[str, Driver]]:
    """Each screen in turn, settled, in one application."""
    async with opened(size=size, waits_for="3 of 3", theme=theme) as driver:
        for name, (keys, ready, back) in SCREENS.items():
            await driver.press(*keys)
            await driver.shows(ready)
            await driver.answered()
            yield name, driver
            await driver.press(*back)
            await driver.answered()


def text_file(name: str, size: tuple[int, int]) -> Path:
    """Where a screen's text is kept."""
    return KEPT / f"{name}-{size[0]}x{size[1]}.txt"


def tones_file(look: str) -> Path:
    """Where the tones of every screen are kept."""
    return KEPT / f"tones-{look}.txt"


async def texts(size: tuple[int, int]) -> dict[Path, str]:
    """What is kept of each screen in a size."""
    return {text_file(name, size): driver.screen.rstrip() + "\n" async for name, driver in walk(size)}


async def tones(look: str) -> str:
    """The styles of each screen in a theme: a letter a style, with how many cells it holds, a line a line."""
    letters: dict[str, str] = {}
    lines: list[str] = []
    async for name, driver in walk(ONE_SIZE, "dark" if look == NO_COLOR else look):
        lines.append(f"# {name}")
        for cells in cells_of(driver):
            runs = [(str(style), len(list(run))) for style, run in groupby(cells)]
            named = ((letters.setdefault(style, chr(ord("a") + len(letters))), count) for style, count in runs)
            lines.append(" ".join(f"{letter}{count}" for letter, count in named))
    return "\n".join([*(f"{letter} = {style}" for style, letter in letters.items()), *lines]) + "\n"


def cells_of(driver: Driver) -> Iterator[list[Style]]:
    """The style of every cell, line by line."""
    for strip in driver.app.screen._compositor.render_strips():
        yield [segment.style or Style.null() for segment in strip for _ in range(segment.cell_length)]


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_reads_as_it_did(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NO_COLOR, raising=False)
    for file, text in (await texts(size)).items():
        assert text == file.read_text(encoding="utf-8"), file.name


@pytest.mark.parametrize("look", LOOKS)
async def test_every_screen_looks_as_it_did(look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NO_COLOR, raising=False)
    if look == NO_COLOR:
        monkeypatch.setenv(NO_COLOR, "1")
    assert await tones(look) == tones_file(look).read_text(encoding="utf-8")


def write() -> None:
    """Write them all anew."""
    os.environ.pop(NO_COLOR, None)
    for size in SIZES:
        for file, text in asyncio.run(texts(size)).items():
            file.write_text(text, encoding="utf-8")
    for look in LOOKS:
        if look == NO_COLOR:
            os.environ[NO_COLOR] = "1"
        tones_file(look).write_text(asyncio.run(tones(look)), encoding="utf-8")
    os.environ.pop(NO_COLOR, None)


if __name__ == "__main__":
    write()
