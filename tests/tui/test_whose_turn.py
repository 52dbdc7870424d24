"""Another list of people in a running rotation, on a real database: whose turn it is afterwards is asked, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from oncall_tui.tui.app import OncallApp
from tests.support.house import House
from tests.tui.test_real import opened, screen, until

THURSDAY = datetime(2026, 3, 5, 10, tzinfo=UTC)
CONFIG = """
version: 1
users:
  - {username: ana, role: admin}
  - {username: bo}
  - {username: cy}
  - {username: dee}
schedules:
  - name: primary
    timezone: UTC
    layers: [{name: weekly, users: [bo, cy, ana], start: 2026-01-05T09:00, every: 1w}]
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The ninth week since the anchor, the third turn of three: ana is on call until Monday, then bo."""
    with House(str(tmp_path / "oncall.db"), CONFIG, tmp_path, at=THURSDAY) as made:
        yield made


def on_call(house: House) -> list[tuple[str, ...] | None]:
    """Who is on call now, and on the Tuesdays of the next three weeks."""
    with house.store.read() as conn:
        world = house.directory.world(conn)
    return [world.on_call("primary", at) for at in (THURSDAY, *(THURSDAY.replace(day=day) for day in (10, 17, 24)))]


async def shown(app: OncallApp, text: str) -> None:
    await until(lambda: text in screen(app), app)


async def dee_is_added(app: OncallApp, pilot: Pilot[None]) -> None:
    """To the question whose turn it is then."""
    await pilot.press("2")
    await shown(app, "because layer weekly, slot 3 of 3")
    await pilot.press("E")
    await shown(app, "● now")
    await pilot.press("a", *"dee", "enter", "enter", "s")
    await shown(app, "Keep whose turn it is now?")


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("y", ["ana", "dee", "bo", "cy"]),  # ana's turn stays; dee, behind her in the list, is next
        ("l", ["bo", "cy", "ana", "dee"]),  # eight turns since the anchor are two rounds of four: bo's again
    ],
)
async def test_who_is_on_call_afterwards_is_what_was_answered(house: House, answer: str, wanted: list[str]) -> None:
    before = [("ana",), ("bo",), ("cy",), ("ana",)]
    assert on_call(house) == before
    app = opened(house, "ana")
    async with app.run_test(size=(80, 24)) as pilot:
        await dee_is_added(app, pilot)
        await pilot.press(answer)
        await shown(app, "Save it?")
        assert on_call(house) == before, "nothing is stored before the second yes"
        if answer == "l":
            await shown(app, "bo takes over from ana at once")
        await pilot.press("y")
        await shown(app, "schedule primary is saved   u undoes it")
        assert on_call(house) == [(user,) for user in wanted]
        await pilot.press("u")
        await shown(app, "schedule primary is again what it was")
        assert on_call(house) == before


async def test_no_answer_stores_nothing_and_leaves_the_draft_as_it_is(house: House) -> None:
    app = opened(house, "ana")
    async with app.run_test(size=(80, 24)) as pilot:
        await dee_is_added(app, pilot)
        await pilot.press("escape")
        await until(lambda: "Keep whose turn" not in screen(app), app)
        await shown(app, "changed, not saved")
        assert on_call(house)[:2] == [("ana",), ("bo",)]
