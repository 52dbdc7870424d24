"""Draw a screen of the real application as a picture."""

from __future__ import annotations

import html
import re
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

PATIENCE = 2000  # looks at the screen before giving up

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
