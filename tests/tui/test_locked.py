"""Somebody else holds the database's one write lock: the screen goes on, an act waits for it or says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from oncall_tui.settings import load_settings
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.ops_backend import OpsBackend
from oncall_tui.tui.views.incidents import IncidentsView
from tests.support.house import House
from tests.tui.seeded import seeded
from tests.tui.test_real import screen, until


def opened(house: House, patience: float) -> OncallApp:
    """The application of ana, whose writes wait so many seconds for the lock."""
    given = {"database": house.store.address.shown, "user": "ana", "busy_timeout": patience}
    settings = load_settings(given, environ={}, path=Path("/dev/null"))
    backend = OpsBackend(settings, clock=house.clock)
    return OncallApp(backend, clock=house.clock, zone=ZoneInfo("Europe/Lisbon"), ticking=False)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The write lock, held by another connection."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_the_cursor_moves_while_an_act_waits_and_the_act_is_done_in_the_end(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        app = opened(house, 120)
        async with app.run_test(size=(200, 30)) as pilot:
            await until(lambda: "3 of 3" in screen(app), app, seconds=60)
            with held(tmp_path / "oncall.db"):
                await pilot.press("a", "down")
                await until(lambda: app.query_one(IncidentsView).list.key == 3, app, seconds=60)
                assert house.column(4, "state") == "triggered"
            await until(lambda: house.column(4, "state") == "acknowledged", app, seconds=60)
            assert house.column(3, "state") == "triggered", "the act is on what was under the cursor at the key"


async def test_an_act_that_waited_long_enough_says_that_nothing_was_done(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        app = opened(house, 0.1)
        async with app.run_test(size=(200, 30)) as pilot:
            await until(lambda: "3 of 3" in screen(app), app, seconds=60)
            with held(tmp_path / "oncall.db"):
                await pilot.press("a")
                await until(lambda: "is locked by another" in screen(app), app, seconds=60)
            assert house.column(4, "state") == "triggered"
