"""The terminal on a real database through the real use cases, beside others who use it too."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.ops import reading
from oncall_tui.ops.incidents import acts
from oncall_tui.settings import load_settings
from oncall_tui.tui import ops_acts
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.model import Wanted
from oncall_tui.tui.ops_backend import OpsBackend
from tests.support.house import House
from tests.tui.seeded import seeded


def backend(house: House, user: str) -> OpsBackend:
    """What a user's terminal asks of the house."""
    settings = load_settings({"database": house.store.address.shown, "user": user}, environ={}, path=Path("/dev/null"))
    return OpsBackend(settings, clock=house.clock)


def opened(house: House, user: str) -> OncallApp:
    """The application of a user on the house's database."""
    return OncallApp(backend(house, user), clock=house.clock, zone=ZoneInfo("Europe/Lisbon"), ticking=False)


def screen(app: OncallApp) -> str:
    """What it shows."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def shows(app: OncallApp, wanted: str) -> bool:
    """Whether it shows the text."""
    return wanted in screen(app)


def whole(app: OncallApp) -> bool:
    """Whether it shows the queue and everything around it."""
    return shows(app, "3 of 3") and not shows(app, "opening the database")


async def until(condition: Callable[[], bool], app: OncallApp, seconds: float = 60) -> None:
    """Wait for a condition, reading the time from the loop that draws."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not condition():
        assert loop.time() < end, screen(app)
        await asyncio.sleep(0.01)


async def test_another_s_act_shows_by_itself_and_mine_reaches_the_database(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        app = opened(house, "ana")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: whole(app), app)
            assert "● ana (you) until 22:00, then dee" in screen(app)
            assert "2 triggered  1 acked" in screen(app)
            await asyncio.to_thread(acts.acknowledge, house.as_user("bo"), 4)
            await until(lambda: "1 triggered  2 acked" in screen(app), app)

            await pilot.press("a")  # bo has it: another's needs to be taken over
            await until(lambda: "Take over?" in screen(app), app)
            await pilot.press("y")
            await until(lambda: house.column(4, "acknowledged_by") == "ana", app)

            await pilot.press("down", "e")
            await until(lambda: "Escalate #3" in screen(app), app)
            await pilot.press("escape", "r", "f")
            await until(lambda: house.column(3, "resolution") == "false alarm", app)

            await pilot.press("c", *"Cash is out", "enter", "enter", "enter")
            await until(lambda: len(house.open) == 3, app)


async def test_the_other_tabs_read_the_directory(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        app = opened(house, "cy")
        async with app.run_test(size=(120, 40)) as pilot:
            for key, wanted in (
                ("2", "slot 3 of 3"),
                ("3", "Ana Silva"),
                ("4", "schedule payments-primary"),
                ("5", "alertmanager  1 key"),
                ("6", "Interrupted"),
                ("7", "all is well"),
                ("1", "3 of 3"),
            ):
                await pilot.press(key)
                await until(partial(shows, app, wanted), app)
            await pilot.press("3", "enter")
            await until(lambda: "Contacts" in screen(app), app)
            assert "7f3a9c" not in screen(app), "a topic is a secret"


async def test_a_refusal_tells_what_to_do_about_it(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        app = opened(house, "ana")
        async with app.run_test(size=(120, 40)) as pilot:
            await until(lambda: whole(app), app)
            await pilot.press("z", *"soon", "enter")
            await until(lambda: "'soon' is no time. Write it like fri 9am" in screen(app), app)
            await pilot.press("z", *"tomorrow 8am", "enter")
            await until(lambda: "#4 snoozed until Fri" in screen(app), app)


def test_all_that_are_triggered_are_found_stretch_by_stretch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops_acts, "STRETCH", 1)
    with seeded(tmp_path) as house:
        shown = reading.queue(house.session, parse_filter("state:triggered")).rows
        desk = backend(house, "ana")
        desk.open()
        found = desk.triggered("state:all")
        assert len(found) > 1
        assert [(one.number, one.version, one.state) for one in found] == [
            (row.number, row.version, "triggered") for row in shown
        ]
        acts.acknowledge(house.as_user("ana"), found[0].number)
        assert desk.triggered("state:open") == found[1:]
        desk.close()


def test_what_changes_by_time_alone_is_looked_at_without_the_queue(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        desk = backend(house, "ana")
        desk.open()
        shown = desk.look(Wanted())
        house.clock.move(timedelta(seconds=30))
        later = desk.refreshed(shown)
        assert later.queue is shown.queue
        assert later.at == later.status.at == shown.at + timedelta(seconds=30)
        house.clock.move(timedelta(days=7))
        handed_over = desk.refreshed(later)
        assert handed_over.status.on_call != shown.status.on_call
        assert handed_over.queue is not shown.queue, "who is next is somebody else"
        desk.close()


def test_what_waits_for_somebody_is_nobody_s(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        assert [row.service for row in reading.queue(house.session, parse_filter("@nobody")).rows] == ["search"]


async def test_c4_08_the_database_goes_and_comes_back(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        file, aside = tmp_path / "oncall.db", tmp_path / "aside.db"
        app = opened(house, "ana")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: whole(app), app)
            shutil.move(file, aside)
            await until(lambda: "database away" in screen(app), app)
            assert "Checkout 5xx" in screen(app)
            await pilot.press("a")
            await until(lambda: "nothing was done" in screen(app), app)
            shutil.move(aside, file)
            await until(lambda: "database away" not in screen(app), app)
            assert house.column(4, "state") == "triggered"
            await pilot.press("a")
            await until(lambda: house.column(4, "state") == "acknowledged", app)


@pytest.mark.parametrize("user", ["somebody", "eli"])
async def test_who_may_only_look_is_told_why(tmp_path: Path, user: str) -> None:
    with seeded(tmp_path) as house:
        app = opened(house, user)
        async with app.run_test(size=(120, 40)) as pilot:
            await until(lambda: whole(app), app)
            await until(lambda: "may look" in screen(app), app)
            await pilot.press("a")
            await pilot.pause()
            assert house.column(4, "state") == "triggered"


async def test_with_no_users_at_all_the_local_caller_is_admin(tmp_path: Path) -> None:
    with House(str(tmp_path / "oncall.db"), "version: 1\nservices: [{name: checkout}]\n", tmp_path) as house:
        app = opened(house, "whoever")
        async with app.run_test(size=(80, 24)):
            await until(lambda: "you are admin here" in screen(app), app)
