"""The walk-through of the README: from a page to its acknowledgement, screens of the real application that play."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, insert

from oncall_tui.domain.severity import Severity
from oncall_tui.storage.tables import workers
from screenshots.drawing import app_on, shows, svg_of
from tests.support.house import House
from tests.tui.seeded import CONFIG, deliver

NAME = "page-to-ack"
SIZE = (80, 24)
CALM = datetime(2026, 3, 5, 10, 0, 30, tzinfo=UTC)  # a Thursday, ana's turn
SECONDS = (2.5, 3.0, 4.0, 3.0, 4.5)
"""How long each screen stays."""
STILL = 2  # the one that is shown where nothing moves

_WHOLE = re.compile(r"<svg[^>]*viewBox=\"([^\"]+)\"[^>]*>(.*)</svg>", re.DOTALL)


async def frames(house: House) -> AsyncIterator[str]:
    """The screens in turn."""
    app = app_on(house)

    def passes(seconds: float) -> None:
        house.clock.set(house.clock.now() + timedelta(seconds=seconds))
        _lives(house)

    async with app.run_test(size=SIZE) as pilot:
        await shows(app, pilot, "worker ok")
        await shows(app, pilot, "Nothing burns")
        await shows(app, pilot, "worker ok 3s")
        yield svg_of(app, f"{NAME}-0", "10:00:30 nothing burns")
        passes(28)
        house.post(
            key="checkout-5xx",
            title="Checkout 5xx above 5 %",
            severity=Severity.CRITICAL,
            integration="prometheus",
            labels={"region": "eu"},
        )
        deliver(house)
        app.tick()
        await shows(app, pilot, "paged ana, push: delivered in 0.4 s")
        await shows(app, pilot, "worker ok 3s")
        yield svg_of(app, f"{NAME}-1", "10:00:58 Prometheus calls, ana is paged: her terminal rings")
        passes(41)
        deliver(house)
        app.tick()
        await shows(app, pilot, "4:19 → bo")
        await shows(app, pilot, "worker ok 3s")
        yield svg_of(app, f"{NAME}-2", "10:01:39 who is next, and when")
        await pilot.press("a")
        await shows(app, pilot, "~ ACK")
        await shows(app, pilot, "#1 acknowledged")
        await shows(app, pilot, "acknowledged by ana")
        await shows(app, pilot, "worker ok 3s")
        yield svg_of(app, f"{NAME}-3", "a: ana has it, nobody else is paged")
        await pilot.press("enter")
        await shows(app, pilot, "by ana")
        await shows(app, pilot, "Timeline")
        await shows(app, pilot, "worker ok 3s")
        yield svg_of(app, f"{NAME}-4", "enter: the whole story")


def played(screens: list[str]) -> str:
    """One SVG that shows the screens in turn, by its style sheet alone; one of them where nothing may move."""
    whole = sum(SECONDS)
    parts: list[str] = []
    rules = [f".frame {{ visibility: hidden; animation: {whole:g}s step-end infinite; }}"]
    begins = 0.0
    for place, (screen, seconds) in enumerate(zip(screens, SECONDS, strict=True)):
        found = _WHOLE.search(screen)
        assert found is not None
        box, inner = found[1], found[2].strip()
        start, end = 100 * begins / whole, 100 * (begins + seconds) / whole
        steps = f"{start:g}% {{ visibility: visible; }} {end:g}% {{ visibility: hidden; }}"
        before = "0% { visibility: hidden; } " if place else ""
        rules.append(f"@keyframes frame-{place} {{ {before}{steps} }}")
        rules.append(f"#frame-{place} {{ animation-name: frame-{place}; }}")
        parts.append(f'<g class="frame" id="frame-{place}">\n{inner}\n</g>')
        begins += seconds
    rules.append(f"#frame-{STILL} {{ visibility: visible; }}")
    rules.append("@media (prefers-reduced-motion: reduce) { .frame { animation: none; } }")
    style = "\n".join(rules)
    body = "\n".join(parts)
    return f'<svg viewBox="{box}" xmlns="http://www.w3.org/2000/svg">\n<style>\n{style}\n</style>\n{body}\n</svg>\n'


def drawn() -> str:
    """The walk-through, from an afternoon of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with House(str(folder / "oncall.db"), CONFIG, folder, at=CALM) as house:
            _lives(house)
            return played(asyncio.run(_all(house)))


async def _all(house: House) -> list[str]:
    return [screen async for screen in frames(house)]


def _lives(house: House) -> None:
    """A worker looked around three seconds ago."""
    seen = house.clock.now() - timedelta(seconds=3)
    looks = ("started_at", "seen_at", "engine_looked_at", "delivery_looked_at", "audited_at")
    with house.store.write() as conn:
        conn.execute(delete(workers))
        row = {"id": "w1", "host": "box", "pid": 1, "version": "1", **dict.fromkeys(looks, seen)}
        conn.execute(insert(workers), row)
