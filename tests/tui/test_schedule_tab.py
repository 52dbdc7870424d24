"""Every key of the Schedule tab on frozen rows: what is asked of the house, and nothing without a yes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from textual.events import Key

from oncall_tui.domain.schedules import Override
from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.ops.schedules.overrides import OverrideRow
from oncall_tui.tui.schedules.completing import Completing
from oncall_tui.tui.schedules.editor.draft import Draft
from oncall_tui.tui.schedules.editor.widget import Editor
from oncall_tui.tui.schedules.values import Cover, Rota, Way
from tests.tui.frozen import FrozenBackend
from tests.tui.test_app import Driver, opened

MONDAY_9 = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY_9 = datetime(2026, 3, 3, 9, tzinfo=UTC)
USERS = ("ana", "bo", "cy")


async def on_tab(driver: Driver) -> None:
    """The tab, drawn."""
    await driver.press("2")
    await driver.shows("Sun 1 Mar 10:03")


async def test_zoom_goes_from_a_month_to_a_day_and_the_arrows_with_it() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("minus", "right", "down")
        await driver.shows("Mon 9 Mar 10:03")
        assert "▲" not in driver.screen, "the month alone"
        await driver.press("g", "plus", "plus", "plus", "right")
        await driver.shows("▏03:00")
        await driver.shows("Sun 1 Mar 11:00")
        await driver.press("plus", "minus", "minus")
        await driver.shows("23 Feb   !ana")


async def test_a_typed_time_is_gone_to_and_bad_text_stays_to_be_mended() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("slash", *"soon", "enter")
        await driver.shows("'soon' is no time.")
        assert "soon" in driver.lines[2]
        await driver.press(*["backspace"] * 4, *"fri 9am", "enter")
        await driver.shows("Fri 6 Mar 09:00")
        await driver.press("slash", "escape", "right")
        await driver.shows("Fri 6 Mar 10:00")


async def test_the_zones_go_round_the_schedules_mine_and_utc() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("z")
        await driver.shows("America/New_York, yours")
        await driver.shows("Sun 1 Mar 05:03")
        await driver.press("z")
        await driver.shows("payments-primary   UTC")
        await driver.press("z")
        await driver.shows("payments-primary   Europe/Lisbon")


async def test_a_shift_is_taken_after_it_was_shown_and_undone_once() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("t")
        await driver.shows("you are on call in payments-primary there already")
        await driver.press("down", "down", "t")
        await driver.shows("Take bo's shift?")
        await driver.shows("+ bo   Sat 7 Mar 09:00 – 11:00   2h")
        await driver.press("escape")
        await driver.hides("+ bo ")
        assert [act[0] for act in driver.backend.acts] == ["foresee_cover"]
        await driver.press("t")
        await driver.shows("Take bo's shift?")
        await driver.press("y")
        await driver.shows("ana for bo, Tue 3 Mar 09:00 – Mon 9 Mar 09:00   u undoes it")
        cover = driver.backend.acts[-1][1]
        assert cover == Cover(
            schedule="payments-primary",
            way=Way.SWAP,
            users=("ana",),
            replaces="bo",
            start=TUESDAY_9,
            end=datetime(2026, 3, 9, 9, tzinfo=UTC),
        )
        await driver.press("u")
        await driver.shows("undone")
        await driver.press("u")
        await driver.shows("there is no change of yours to undo")


async def test_a_hole_is_filled_by_the_same_key() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("down", "right", "t")
        await driver.shows("Take the shift that nobody has?")
        await driver.press("y")
        await driver.until(lambda: driver.backend.acts and driver.backend.acts[-1][0] == "cover", "the override")
        cover = driver.backend.acts[-1][1]
        assert isinstance(cover, Cover)
        assert (cover.way, cover.users, cover.start, cover.end) == (Way.ADD, ("ana",), MONDAY_9, TUESDAY_9)


async def test_an_override_is_filled_in_with_few_keys() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("o")
        await driver.shows("Override payments-primary")
        await driver.press("b", "tab", "tab", "tab", *"+2h", "enter")
        await driver.shows("Make this override?")
        await driver.press("y")
        await driver.shows("bo for all, Sun 1 Mar 10:03 – 12:03   u undoes it")
        cover = driver.backend.acts[-1][1]
        assert isinstance(cover, Cover)
        assert (cover.way, cover.users) == (Way.TAKE_OVER, ("bo",))
        await driver.hides("Override payments-primary")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ((*"bo", "down", "down", "enter"), "is no time"),
        (("down", "down", *"+2h", "enter"), "an override needs somebody"),
        ((*"bo", "down", "down", *"sun 1am", "enter"), "until"),
    ],
)
async def test_what_can_not_be_an_override_is_said_and_the_form_stays(keys: tuple[str, ...], said: str) -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("o")
        await driver.shows("Override payments-primary")
        await driver.press(*keys)
        await driver.until(lambda: said in driver.screen.lower(), said)
        assert "Override payments-primary" in driver.screen
        assert not any(act[0] == "cover" for act in driver.backend.acts)


async def test_a_refusal_is_one_line_and_the_form_stays() -> None:
    backend = FrozenBackend()
    backend.refused = "bo is put on twice"
    async with opened(backend) as driver:
        await on_tab(driver)
        await driver.press("w", *"bo", "down", "down", "down", *"+2h", "enter")
        await driver.shows("bo is put on twice")
        assert "swap in for" in driver.screen
        assert "Override payments-primary" in driver.screen


async def test_the_override_under_the_cursor_is_deleted() -> None:
    backend = FrozenBackend()
    made = Override(start=MONDAY_9, end=TUESDAY_9, users=("cy",))
    backend.rota = Rota(overrides=(OverrideRow(4, "payments-primary", made),), users=USERS)
    async with opened(backend) as driver:
        await on_tab(driver)
        await driver.press("d")
        await driver.shows("no override stands under the cursor")
        await driver.press("down", "d")
        await driver.shows("Delete the override cy for all?")
        await driver.press("y")
        await driver.shows("no longer cy for all   u undoes it")
        assert driver.backend.acts == [("foresee_uncover", 4), ("uncover", 4)]


async def test_a_shift_on_leave_is_flagged_in_the_month_the_week_and_under_the_cursor() -> None:
    backend = FrozenBackend()
    backend.rota = Rota(leave=(Leave("ana", datetime(2026, 3, 1, tzinfo=UTC), MONDAY_9, "the sea"),), users=USERS)
    async with opened(backend) as driver:
        await on_tab(driver)
        await driver.shows("? ana is on leave: the sea")
        assert "•?ana" in driver.screen
        assert any(line.startswith(" ? on leave") for line in driver.lines)


async def test_a_schedule_is_edited_and_nothing_is_stored_before_a_yes() -> None:
    backend = FrozenBackend()
    async with opened(backend) as driver:
        await on_tab(driver)
        await driver.press("right_square_bracket", "E")
        await driver.shows("Edit search")
        await driver.press("s")
        await driver.shows("nothing is changed")
        await driver.press("G", "enter", *"weekly", "enter", *"bo+cy, -", "enter", *"an", "tab", "enter", "enter")
        await driver.shows("nobody, as planned")
        await driver.press("K", "K")
        await driver.press("s")
        await driver.shows("Save it?")
        assert not any(act[0] == "save_draft" for act in backend.acts)
        await driver.press("y")
        await driver.until(lambda: backend.acts[-1][0] == "save_draft", "the save")
        draft = backend.acts[-1][1]
        assert isinstance(draft, Draft)
        assert draft.layers[0].people == ("bo+cy", "-", "ana")
        await driver.shows("schedule search is saved   u undoes it")


async def test_what_saving_would_do_stands_right_below_the_rows_which_scroll_where_both_do_not_fit() -> None:
    async with opened(size=(160, 48)) as driver:
        await on_tab(driver)
        await driver.press("right_square_bracket", "E")
        await driver.shows("Edit search")
        await driver.press("G", "enter", *"weekly", "enter", *"bo, cy", "enter", "enter", "G")

        def apart() -> list[int]:
            """The rows between `+ layer` and the first line of what saving would do."""
            lines = driver.lines
            ends = [place for place, text in enumerate(lines) if "+ layer" in text]
            begins = [place for place, text in enumerate(lines) if text.startswith(" + bo   Sat 7 Mar")]
            return [begins[0] - ends[0]] if ends and begins else []

        await driver.until(lambda: apart() == [2], "the preview below a blank line")
        assert "Edit search" in driver.lines[2]
        await driver.pilot.resize_terminal(60, 15)
        await driver.until(lambda: apart() == [2] and len(driver.lines) == 15, "the same on a small screen")
        assert "Name  " not in driver.screen, "the first rows are scrolled away"
        await driver.press("g")
        await driver.shows(" ▸ Name        search")
        await driver.shows(" + bo   Sat 7 Mar")


async def test_rows_are_moved_removed_and_taken_back() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("c", *"x", "enter", "down", "down", "a", *"ana,bo,cy", "enter", "enter")
        await driver.press("up", "K", "d")

        def people() -> list[str]:
            words = [line.replace("People", "").replace("▸", "").split() for line in driver.lines]
            return [each[0] for each in words if each[:1] and each[0] in USERS]

        await driver.until(lambda: people() == ["ana", "bo"], "cy gone")
        await driver.press("u")
        await driver.until(lambda: people() == ["ana", "cy", "bo"], "cy back in the middle")
        await driver.press("escape")
        await driver.shows("Leave without saving?")
        await driver.press("y")
        await driver.shows("because layer fixed")
        assert not any(act[0] == "save_draft" for act in driver.backend.acts)


async def test_keys_that_come_in_one_burst_are_taken_in_their_order() -> None:
    """Over a slow line the text arrives with the key that opens its field, all of it at the rows."""
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("E")
        await driver.shows("Edit payments-primary")
        editor = driver.app.query_one(Editor)
        for key, character in (("G", "G"), ("enter", None), *((letter, letter) for letter in "20x"), ("enter", None)):
            editor.sheet.post_message(Key(key, character))
        await driver.shows("Layer 2     20x")


async def test_what_is_rubbed_out_in_a_burst_is_not_what_was_typed_after_it() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("o", *"soon")
        field = driver.app.query_one("#cover-who", Completing)
        await driver.until(lambda: field.value == "soon", "what was typed")
        for key, character in (*(("backspace", "\x7f"),) * 4, *((letter, letter) for letter in "2h")):
            field.post_message(Key(key, character))
        await driver.until(lambda: field.value == "2h", "the last of the burst")


async def test_keys_of_the_calendar_do_nothing_in_the_editor() -> None:
    async with opened() as driver:
        await on_tab(driver)
        await driver.press("E")
        await driver.shows("Edit payments-primary")
        await driver.press("o", "t", "c", "z", "w")
        assert "Edit payments-primary" in driver.screen
        assert all(act[0] == "foresee_draft" for act in driver.backend.acts)


async def test_a_viewer_changes_nothing() -> None:
    from oncall_tui.tui.model import Me

    async with opened(FrozenBackend(me=Me("eli", "eli", may_act=False, hint="you may look"))) as driver:
        await on_tab(driver)
        await driver.press("t")
        await driver.shows("you may look")
        assert driver.backend.acts == []
