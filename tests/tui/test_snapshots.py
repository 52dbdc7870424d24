"""Every tab as text in three sizes, at a frozen instant. `python -m tests.tui.test_snapshots` writes them anew."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.tui.test_app import opened

KEPT = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40), (60, 15))
TABS = {
    "incidents": ((), "3 of 3"),
    "schedule": (("2",), "Sun 1 Mar"),
    "users": (("3",), "Ana"),
    "policies": (("4",), "payments"),
    "services": (("5",), "checkout"),
    "insights": (("6",), "all services"),
    "system": (("7",), "Deliveries"),
    "grouped": (("b", "s"), "edge  1 acked"),
    "help": (("question_mark",), "acknowledge: it"),
    "palette": (("ctrl+p",), "words of a command"),
}


async def drawn(tab: str, size: tuple[int, int]) -> str:
    """The tab at this size."""
    keys, ready = TABS[tab]
    async with opened(size=size, waits_for="3 of 3") as driver:
        if tab == "incidents" and size[1] >= 20:
            await driver.shows("next: bo is paged")
        await driver.press(*keys)
        await driver.shows(ready)
        if tab == "policies" and size[1] >= 20:
            await driver.shows("An incident now, unanswered")
        return driver.screen.rstrip() + "\n"


def file_of(tab: str, size: tuple[int, int]) -> Path:
    """Where it is kept."""
    return KEPT / f"{tab}-{size[0]}x{size[1]}.txt"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", TABS)
async def test_a_tab_looks_as_it_did(tab: str, size: tuple[int, int]) -> None:
    assert await drawn(tab, size) == file_of(tab, size).read_text(encoding="utf-8")


if __name__ == "__main__":
    for tab in TABS:
        for size in SIZES:
            file_of(tab, size).write_text(asyncio.run(drawn(tab, size)), encoding="utf-8")
