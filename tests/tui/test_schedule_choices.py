"""The Schedule tab where there is a choice: of people, of overrides, of a schedule that is to go; and no colour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oncall_tui.domain.schedules import FixedShift, Layer, Override, Schedule
from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.ops.schedules.overrides import OverrideRow
from oncall_tui.tui.schedules.values import Cover, Rota, Way
from tests.tui.frozen import NOW, FrozenBackend, ahead
from tests.tui.test_app import Driver, opened
from tests.tui.test_schedule_tab import MONDAY_9, TUESDAY_9, USERS, on_tab

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def together() -> FrozenBackend:
    """Bo until noon and cy until Monday are on call together; ana is not."""
    since = datetime(2026, 2, 23, 9, tzinfo=UTC)
    layers = (
        Layer(name="first", shifts=(FixedShift("bo", since, NOON),), priority=1),
        Layer(name="second", shifts=(FixedShift("cy", since, MONDAY_9),), priority=1),
    )
    backend = FrozenBackend()
    backend.schedules = (Schedule(name="payments-primary", timezone="UTC", layers=layers),)
    return backend


@pytest.mark.parametrize(("key", "whose", "end"), [("1", "bo", NOON), ("2", "cy", MONDAY_9)])
async def test_of_several_on_call_one_is_chosen_to_be_taken_from(key: str, whose: str, end: datetime) -> None:
    async with opened(together()) as driver:
        await on_tab(driver)
        await driver.press("t")
        await driver.shows("Whose shift do you take?")
        assert "1 bo" in driver.screen
        assert "2 cy" in driver.screen
        await driver.press("3")
        assert driver.backend.acts == [], "there are only two"
        await driver.press(key)
        await driver.shows(f"Take {whose}'s shift?")
        await driver.press("y")
        await driver.until(lambda: driver.backend.acts[-1][0] == "cover", "the override")
        cover = driver.backend.acts[-1][1]
        assert isinstance(cover, Cover)
        assert (cover.way, cover.users, cover.replaces) == (Way.SWAP, ("ana",), whose)
        assert (cover.start, cover.end) == (NOW, end), "from now on, until that shift's own end"


async def test_nobody_s_shift_is_taken_without_a_choice() -> None:
    async with opened(together()) as driver:
        await on_tab(driver)
        await driver.press("t")
        await driver.shows("Whose shift do you take?")
        await driver.press("escape")
        await driver.hides("Whose shift do you take?")
        assert driver.backend.acts == []


@pytest.mark.parametrize(("key", "number", "words"), [("1", 9, "bo for cy"), ("2", 4, "cy for all")])
async def test_of_several_overrides_one_is_chosen_to_be_deleted(key: str, number: int, words: str) -> None:
    backend = FrozenBackend()
    below = Override(start=MONDAY_9, end=TUESDAY_9, users=("cy",))
    above = Override(start=MONDAY_9, end=TUESDAY_9, users=("bo",), replaces="cy")
    rows = (OverrideRow(4, "payments-primary", below), OverrideRow(9, "payments-primary", above))
    backend.rota = Rota(overrides=rows, users=USERS)
    async with opened(backend) as driver:
        await on_tab(driver)
        await driver.press("down", "d")
        await driver.shows("Delete which override?")
        assert "1 bo for cy" in driver.screen, "the last made first"
        assert "2 cy for all" in driver.screen
        assert driver.backend.acts == []
        await driver.press(key)
        await driver.shows(f"Delete the override {words}?")
        await driver.press("y")
        await driver.shows(f"no longer {words}")
        assert driver.backend.acts == [("foresee_uncover", number), ("uncover", number)]


async def deleting(driver: Driver) -> None:
    await on_tab(driver)
    await driver.press("E")
    await driver.shows("Edit payments-primary")
    await driver.press("X")
    await driver.shows("Delete schedule payments-primary, its layers and its overrides?")


async def test_a_schedule_is_deleted_after_a_yes_and_the_calendar_is_back() -> None:
    async with opened() as driver:
        await deleting(driver)
        assert not any(act[0] == "delete_schedule" for act in driver.backend.acts)
        await driver.press("y")
        await driver.shows("schedule payments-primary is deleted")
        assert driver.backend.acts[-1] == ("delete_schedule", "payments-primary")
        await driver.hides("Edit payments-primary")
        assert "u undoes it" not in driver.screen, "that is not to be undone"


async def test_a_schedule_that_is_not_to_go_stays_in_the_editor() -> None:
    async with opened() as driver:
        await deleting(driver)
        await driver.press("escape")
        await driver.hides("Delete schedule")
        assert "Edit payments-primary" in driver.screen
        assert not any(act[0] == "delete_schedule" for act in driver.backend.acts)


async def test_a_new_schedule_has_nothing_to_delete() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("c", *"x", "enter", "X")
        await driver.shows("New schedule")
        assert "Delete schedule" not in driver.screen
        assert all(act[0] == "foresee_draft" for act in driver.backend.acts)


async def test_without_colour_a_glyph_still_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """On call, a gap, leave, what is current, who gains and who loses: each has a sign, and no cell has a colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    backend = FrozenBackend()
    backend.rota = Rota(
        leave=(Leave("ana", datetime(2026, 3, 1, tzinfo=UTC), ahead(hours=20), "the sea"),), users=USERS
    )
    async with opened(backend) as driver:
        assert driver.app.no_color
        await on_tab(driver)
        for sign in ("•?ana", "? ana is on leave", "▲", "!"):
            assert sign in driver.screen, sign
        assert colours(driver) == set()
        await driver.press("down", "down", "t")
        await driver.shows("+ bo   Sat 7 Mar")
        await driver.shows("- ana  Sat 7 Mar")
        assert colours(driver) == set()
        await driver.press("escape", "E")
        await driver.shows("Edit payments-primary")
        await driver.shows(" ▸ ")
        assert colours(driver) == set()
        backend.refused = "no such window"
        await driver.press("G", "enter", *"night", "enter", "escape")
        await driver.shows(" ! no such window")
        await driver.press("escape")
        assert colours(driver) == set()


def colours(driver: Driver) -> set[str]:
    """The colours of everything on the screen but the terminal's own."""
    found = set()
    for strip in driver.app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style is not None:
                found |= {str(one.name) for one in (segment.style.color, segment.style.bgcolor) if one is not None}
    return found - {"default"}
