"""Commands by key, by name and by their words: one registry behind all of them."""

from __future__ import annotations

from oncall_tui.cli.root import ROOMS
from oncall_tui.ops.verbs import BY_NAME, VERBS, Scope
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.commands.keys import KeyNames, keymap_of
from oncall_tui.tui.presenters.commands.help import command_lines, in_help
from oncall_tui.tui.presenters.line import width
from oncall_tui.tui.widgets.command_list import CommandList
from tests.tui.frozen import NOW, FrozenBackend, many
from tests.tui.test_app import opened

NOW_ON_412 = ((412, 1),)


def test_names_and_ids_are_unique_and_the_command_line_knows_what_it_is_said_to() -> None:
    assert len({verb.id for verb in VERBS}) == len({verb.name for verb in VERBS}) == len(VERBS)
    verbs_of_the_command_line = {name for names in ROOMS.values() for name in names}
    assert {verb.cli for verb in VERBS if verb.cli} <= verbs_of_the_command_line


def test_no_key_means_two_things_in_one_place() -> None:
    for scope in Scope:
        keys = [key for verb in VERBS if verb.scope is scope for key in verb.keys]
        assert sorted(set(keys)) == sorted(keys), scope


ASKING = (
    ("z", "2h", "Snooze #412 for or until", ("snooze", NOW_ON_412, "2h")),
    ("s", "bo", "Assign #412 to", ("assign", NOW_ON_412, "bo")),
    ("n", "disk swapped", "Note on #412", ("note", NOW_ON_412, "disk swapped")),
    ("m", "411", "Merge #412 into", ("merge", NOW_ON_412, "411")),
)


async def test_a_key_asks_for_what_it_takes() -> None:
    async with opened() as driver:
        for key, typed, asked, act in ASKING:
            driver.backend.acts.clear()
            await driver.press("escape", "g", key)
            await driver.shows(asked)
            assert "…" not in driver.lines[-1], "its hint has the room that it needs"
            await driver.press(*typed, "enter")
            await driver.until(lambda: driver.backend.acts, "the act")
            assert driver.backend.acts == [act]
            await driver.shows("#412 ")
            await driver.press("j")  # the queue has the keys again
            assert driver.under_cursor == 411


async def test_esc_leaves_a_question_and_nothing_is_done() -> None:
    async with opened() as driver:
        await driver.press("n", *"half a no", "escape")
        await driver.shows("a ack")
        await driver.press("n", "enter")  # nothing said: nothing done
        await driver.shows("a ack")
        assert driver.backend.acts == []


async def test_undo_means_the_last_act_wherever_the_cursor_is() -> None:
    async with opened() as driver:
        await driver.press("a")
        await driver.until(lambda: driver.backend.acts, "the acknowledgement")
        await driver.press("j", "u")
        await driver.until(lambda: len(driver.backend.acts) == 2, "the undo")
        assert driver.backend.acts[-1] == ("undo", ((412, None),))


async def test_a_note_stands_in_no_undo_s_way() -> None:
    async with opened() as driver:
        await driver.press("a", "j", "n", *"seen", "enter", "u")
        await driver.until(lambda: len(driver.backend.acts) == 3, "the undo")
        assert driver.backend.acts[-1] == ("undo", ((412, None),))


async def test_acknowledging_all_means_those_that_are_not_loaded_too() -> None:
    async with opened(FrozenBackend(many(300))) as driver:
        await driver.press("A")
        await driver.shows("Acknowledge 300 incidents, all that are triggered here?")
        await driver.press("y")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert len(driver.backend.acts[0][1]) == 300  # type: ignore[arg-type]  # the numbers and versions


async def test_acknowledging_all_asks_with_the_count() -> None:
    async with opened(FrozenBackend(many(7))) as driver:
        await driver.press("A")
        await driver.shows("Acknowledge 7 incidents, all that are triggered here?")
        await driver.press("y")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert len(driver.backend.acts[0][1]) == 7  # type: ignore[arg-type]  # the numbers and versions


async def test_a_command_by_name_with_what_it_takes() -> None:
    async with opened() as driver:
        await driver.press("colon", *"resolve false alarm", "enter")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("resolve", NOW_ON_412, "false alarm")]


async def test_a_command_is_completed_hinted_at_and_remembered() -> None:
    async with opened() as driver:
        await driver.press("colon", *"assi")
        await driver.press("tab", "space")
        await driver.shows("assign USER|policy:NAME")
        await driver.press("b", "tab", "enter")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("assign", NOW_ON_412, "bo")]
        await driver.press("colon", "up", "enter")
        await driver.until(lambda: len(driver.backend.acts) == 2, "the same again")


async def test_a_command_that_is_none_says_so() -> None:
    async with opened() as driver:
        await driver.press("colon", *"frobnicate", "enter")
        await driver.shows("no command 'frobnicate'")
        await driver.press("colon", *"undo it", "enter")
        await driver.shows("undo takes nothing beside it")


async def test_a_command_of_another_tab_goes_there() -> None:
    async with opened() as driver:
        await driver.press("colon", *"tab-users", "enter")
        await driver.shows("Ana Silva")
        await driver.press("colon", *"filter sev:high", "enter")
        await driver.press("1")
        await driver.shows("/ sev:high")


async def test_the_palette_finds_by_words_and_runs() -> None:
    async with opened() as driver:
        await driver.press("ctrl+p")
        await driver.press(*"timeline")
        await driver.shows("write something down on its timeline")
        await driver.hides("acknowledge it until a time")
        await driver.press("enter")
        await driver.shows("Note on #412")


async def test_the_help_shows_what_works_here_first_and_runs_it() -> None:
    async with opened() as driver:
        await driver.press("question_mark")
        await driver.shows("acknowledge: it is yours")
        lines = driver.screen.splitlines()
        assert any("Incidents" in text for text in lines[2:4])
        assert driver.app.query_one(CommandList).list.key == "incident.acknowledge", "no heading is stood on"
        await driver.press("down", "down", "enter")
        await driver.shows("Resolve #412")


def test_what_a_command_does_comes_before_how_it_is_typed() -> None:
    lines = [
        "".join(piece.text for piece in one) for one in command_lines(in_help(Scope.INCIDENTS), 80, KeyNames({}).of)
    ]
    snooze = next(one for one in lines if one.startswith("   z "))
    assert snooze.rstrip().endswith("tomorrow 08:00; th…")
    assert next(one for one in lines if one.startswith("   e ")).rstrip().endswith("says whom, then asks")
    assert next(one for one in lines if one.startswith("   v ")).rstrip().endswith("day  :view")
    assert next(one for one in lines if one.startswith("   n ")).rstrip().endswith(":note TEXT")
    for cells in (60, 80, 120):
        assert max(map(width, command_lines(in_help(Scope.INCIDENTS), cells, KeyNames({}).of))) <= cells


async def test_esc_closes_the_palette() -> None:
    async with opened() as driver:
        await driver.press("ctrl+p", "escape")
        await driver.shows("/ state:open")
        await driver.press("j", "a")
        await driver.until(lambda: driver.backend.acts, "the act on the next row")
        assert driver.backend.acts[0][1] == ((411, 1),)


def test_a_keymap_names_commands_and_keys_as_people_write_them() -> None:
    assert keymap_of({"ack": "y, ?", "incident.snooze": "Z", "nonsense": "q"}) == {
        "incident.acknowledge": "y,question_mark",
        "incident.snooze": "Z",
    }
    assert BY_NAME["ack"].id == "incident.acknowledge"


async def test_a_person_s_own_key_stands_in_for_ours() -> None:
    from oncall_tui.clock import ManualClock

    backend = FrozenBackend()
    app = OncallApp(backend, clock=ManualClock(NOW), ticking=False, keymap={"ack": "ctrl+k"})
    async with app.run_test(size=(80, 24)) as pilot:
        while app._snapshot is None:
            await pilot.pause(0.01)
        await pilot.press("a")
        await pilot.press("ctrl+k")
        for _ in range(200):
            if backend.acts:
                break
            await pilot.pause(0.01)
        assert backend.acts == [("acknowledge", NOW_ON_412, False)]
