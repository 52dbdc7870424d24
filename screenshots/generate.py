"""Draw the pictures of the README: the real application on a seeded database at a frozen instant.

python -m screenshots.generate          # writes screenshots/*.svg
python -m screenshots.generate FOLDER   # writes them there; the test compares
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from textual.pilot import Pilot

from oncall_tui.settings import load_settings
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.ops_backend import OpsBackend
from tests.support.house import House
from tests.tui.seeded import seeded

HERE = Path(__file__).parent
WIDE, NARROW, LARGE = (120, 34), (80, 24), (160, 48)
PATIENCE = 2000  # looks at the screen before giving up

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

# The terminal's sixteen colours, as a calm dark terminal has them.
THEME = TerminalTheme(
    (22, 24, 29),
    (205, 209, 216),
    [
        (22, 24, 29),
        (229, 100, 102),
        (140, 190, 120),
        (222, 178, 98),
        (46, 84, 140),
        (178, 132, 204),
        (86, 182, 194),
        (205, 209, 216),
    ],
    [
        (92, 99, 112),
        (240, 120, 122),
        (160, 205, 140),
        (235, 195, 120),
        (125, 172, 235),
        (198, 152, 222),
        (106, 202, 214),
        (240, 242, 245),
    ],
)


_TEXT = re.compile(r'(<text [^>]*?)x="([\d.]+)"([^>]*?)textLength="([\d.]+)"([^>]*?)>([^<]*)</text>')


def app_on(house: House) -> OncallApp:
    """The real application on this database, for ana, at the house's instant."""
    settings = load_settings({"database": house.store.address.shown, "user": "ana"}, environ={}, path=Path("/dev/null"))
    backend = OpsBackend(settings, clock=house.clock)
    return OncallApp(backend, clock=house.clock, zone=ZoneInfo("Europe/Lisbon"), ticking=False)


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


async def shows(app: OncallApp, pilot: Pilot[None], text: str) -> None:
    """Wait until the screen shows this."""
    for _ in range(PATIENCE):
        strips = app.screen._compositor.render_strips()
        if any(text in "".join(segment.text for segment in strip) for strip in strips):
            return
        await pilot.pause(0.01)
    raise RuntimeError(f"the screen never showed {text!r}")


def svg_of(app: OncallApp, name: str, title: str = "oncall") -> str:
    """The screen as SVG in THEME under a title, the same bytes for the same screen."""
    width, height = app.size
    with Path("/dev/null").open("w") as nowhere:
        console = Console(
            width=width,
            height=height,
            file=nowhere,
            force_terminal=True,
            color_system="truecolor",
            record=True,
            legacy_windows=False,
        )
        console.print(app.screen._compositor.render_update(full=True))
        drawn = console.export_svg(title=title, theme=THEME, unique_id=f"oncall-{name}")
    # A picture must work without a network: no fonts from elsewhere.
    return _TEXT.sub(_without_blank_ends, re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL))


def _without_blank_ends(found: re.Match[str]) -> str:
    """A piece of text without blanks at its ends, moved accordingly: some viewers drop them and stretch the rest."""
    head, x, middle, length, tail, written = found.groups()
    cells = html.unescape(written)
    text = cells.strip("\N{NO-BREAK SPACE}")
    if not text.strip():
        return ""
    cell = float(length) / cell_len(cells)
    start = float(x) + cell_len(cells[: len(cells) - len(cells.lstrip("\N{NO-BREAK SPACE}"))]) * cell
    shown = html.escape(text).replace("\N{NO-BREAK SPACE}", "&#160;")
    return f'{head}x="{start:g}"{middle}textLength="{cell_len(text) * cell:g}"{tail}>{shown}</text>'


def generate(folder: Path) -> None:
    """Draw all of them into a folder, and the walk-through."""
    from screenshots import walk

    with tempfile.TemporaryDirectory() as scratch, seeded(Path(scratch)) as house:
        for name in PICTURES:
            (folder / f"{name}.svg").write_text(asyncio.run(picture(house, name)), encoding="utf-8")
    (folder / f"{walk.NAME}.svg").write_text(walk.drawn(), encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)  # the pictures are in colour whatever the terminal that draws them wants
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
