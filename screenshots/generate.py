"""Draw the pictures of the README: the real application on a seeded database at a frozen instant.

python -m screenshots.generate          # writes screenshots/*.svg
python -m screenshots.generate FOLDER   # writes them there; the test compares
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from screenshots import walk
from screenshots.drawing import app_on, shows, svg_of
from tests.support.house import House
from tests.tui.seeded import seeded

HERE = Path(__file__).parent
WIDE, NARROW, LARGE = (120, 34), (80, 24), (160, 48)

_COVER = (*"bo", "down", "down", *"+2h", "enter")
_NEW_LAYER = ("G", "enter", *"weekends", "enter", *"bo,dee", "enter", "enter")
_EDIT = (*_NEW_LAYER, *("down",) * 5, "enter", *"sat-sun 00:00-24:00", "enter")
PICTURES: dict[str, tuple[tuple[int, int], tuple[str, ...], str]] = {
    "incidents": (WIDE, (), "next: bo is paged"),
    "incidents-80x24": (NARROW, (), "next: bo is paged"),
    "incident": (WIDE, ("enter",), "Alerts"),
    "escalate": (NARROW, ("e",), "Escalate #4"),
    "schedule": (WIDE, ("2",), "because layer"),
    "schedule-override-80x24": (NARROW, ("2", "down", "o", *_COVER), "Make this override?"),
    "schedule-override-160x48": (LARGE, ("2", "down", "o", *_COVER), "Make this override?"),
    "schedule-editor-80x24": (NARROW, ("2", "E", *_EDIT), "not saved"),
    "schedule-editor-160x48": (LARGE, ("2", "E", *_EDIT), "not saved"),
    "users": (WIDE, ("3",), "Contacts"),
    "policies": (WIDE, ("4",), "waits 5m"),
    "services": (WIDE, ("5",), "Senders"),
    "insights": (WIDE, ("6",), "Interrupted"),
    "system": (WIDE, ("7", "down"), "delivered in"),
    "help-80x24": (NARROW, ("question_mark",), "acknowledge: it is yours"),
    "palette-80x24": (NARROW, ("ctrl+p", *"sn"), "acknowledge it until"),
}
"""Name → size, keys, and what the screen shows when it is ready."""


async def picture(house: House, name: str) -> str:
    """One picture as SVG."""
    size, keys, ready = PICTURES[name]
    app = app_on(house)
    async with app.run_test(size=size) as pilot:
        await shows(app, pilot, "worker ok")
        await shows(app, pilot, "next: bo is paged" if size == WIDE else "3 of 3")
        for place, key in enumerate(keys):
            await pilot.press(key)
            if place == 0 and key == "2":  # the calendar's keys work once it is there
                await shows(app, pilot, "because layer")
        await shows(app, pilot, ready)
        return svg_of(app, name)


def generate(folder: Path) -> None:
    """Draw all of them into a folder, and the walk-through."""
    with tempfile.TemporaryDirectory() as scratch, seeded(Path(scratch)) as house:
        for name in PICTURES:
            (folder / f"{name}.svg").write_text(asyncio.run(picture(house, name)), encoding="utf-8")
    (folder / f"{walk.NAME}.svg").write_text(walk.drawn(), encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)  # the pictures are in colour whatever the terminal that draws them wants
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
