"""The last line: what is said there can be read, what is asked can be left, and the keys are those that work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.ops.verbs import VERBS, Verb
from oncall_tui.tui.boundary import width_of
from oncall_tui.tui.model import Wanted
from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.presenters.commands.candidates import filter_words
from oncall_tui.tui.presenters.commands.help import whole_lines
from oncall_tui.tui.presenters.line import spread
from oncall_tui.tui.widgets.queue_list import QueueList
from tests.tui import frozen
from tests.tui.frozen import QUEUE, FrozenBackend, incident, many
from tests.tui.test_app import opened

REFUSAL = "'soon' is no time. Write it like fri 9am, +2h, tomorrow 18:00, 09:00 or 2026-12-24 09:00."


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("short", 20, ["short"]),
        ("", 20, [""]),
        ("one two three four", 9, ["one two", "three", "four"]),
        ("https://example.com/a/b", 10, ["https://ex", "ample.com/", "a/b"]),
        ("no room for all of it", 7, ["no room", "for all", "of it"]),
        ("漢字漢字漢字", 4, ["漢字", "漢字", "漢字"]),
        ("much more than three lines have room for", 6, ["much", "more", "than …"]),
    ],
)
def test_a_long_text_is_spread_over_lines(text: str, cells: int, lines: list[str]) -> None:
    assert spread(text, cells, 3) == lines
    assert all(width_of(each) <= cells for each in lines)


async def test_a_refusal_is_read_to_its_end_on_a_narrow_screen() -> None:
    class Refusing(FrozenBackend):
        def act(self, *_: object, **__: object) -> Outcome:
            return Outcome(REFUSAL, ok=False)

    async with opened(Refusing(), size=(60, 15)) as driver:
        await driver.press("z", *"soon", "enter")
        await driver.shows("2026-12-24 09:00.")
        assert " ".join(line.strip() for line in driver.lines[-2:]) == REFUSAL
        assert driver.under_cursor == 412
        await driver.press("escape")
        await driver.shows("a ack")
        assert "a ack" in driver.lines[-1]
        assert len(driver.lines) == 15


async def test_why_the_database_is_away_and_what_to_do_is_read_to_its_end() -> None:
    async with opened() as driver:
        wrong = DatabaseAway("the database /srv/oncall/oncall.db is not a database", mend="restore it from a backup")
        driver.backend.failing = wrong
        driver.backend.poke()
        await driver.shows("restore it from a\n   backup\n / state:open")
        await driver.pilot.resize_terminal(160, 24)
        await driver.until(lambda: "trying again  the database /srv" in driver.lines[2], "one line of it")
        assert driver.lines[3].startswith(" / state:open")
        driver.backend.failing = None
        await driver.hides("database away")


async def test_a_question_about_many_says_how_to_leave_it() -> None:
    async with opened() as driver:
        await driver.press("asterisk", "r")
        await driver.shows(" Resolve 3 incidents:  enter fixed")
        assert driver.lines[-1].endswith("  esc")


async def test_in_a_detail_that_has_the_screen_the_keys_are_its_own() -> None:
    async with opened() as driver:
        for tab in "34567":
            await driver.press(tab)
            await driver.answered()
            await driver.press("enter")
            await driver.shows(" esc back  ↑↓ scroll")
            assert "open" not in driver.lines[-1]
            await driver.press("escape")
            await driver.hides(" esc back")


async def test_which_incident_it_is_stands_over_its_story_however_far_that_is_scrolled() -> None:
    long = replace(QUEUE[0], description="\n".join(f"line {number}" for number in range(60)))
    async with opened(FrozenBackend((long, *QUEUE[1:]))) as driver:
        await driver.press("enter")
        await driver.shows("line 0")
        await driver.press("G")
        await driver.hides("Severity")
        assert driver.lines[2].startswith(" #412  Checkout 5xx above 5 %")


async def test_a_command_for_an_incident_comes_to_where_it_can_be_seen_and_acts_only_there() -> None:
    async with opened() as driver:
        await driver.press("3", "colon", *"ack", "enter")
        await driver.shows("ack is for the incident under the cursor: once more")
        assert driver.backend.acts == []
        await driver.press("escape", "a")
        await driver.until(lambda: driver.backend.acts, "the act")
        await driver.press("3", "colon", *"filter disk", "enter")
        await driver.shows("/ disk")


async def test_the_number_to_merge_into_is_told_by_its_title() -> None:
    async with opened() as driver:
        await driver.press("m", *"411")
        await driver.shows("disk [/var/log] full ")
        assert "disk [/var/log] full" in driver.lines[-1]
        await driver.press("9")
        await driver.until(lambda: "not in this list" in driver.lines[-1], "that there is none")


async def test_the_calendar_s_cursor_goes_with_the_time_until_it_is_moved() -> None:
    async with opened() as driver:
        await driver.press("2")
        await driver.shows("Sun 1 Mar 10:03")
        driver.clock.set(frozen.ahead(hours=2))
        driver.backend.poke()
        await driver.shows("Sun 1 Mar 12:03")
        await driver.press("l")
        await driver.shows("Sun 1 Mar 13:00")
        driver.clock.set(frozen.ahead(hours=4))
        driver.backend.poke()
        await driver.answered()
        assert "Sun 1 Mar 13:00" in driver.screen
        await driver.press("g")
        await driver.shows("Sun 1 Mar 14:03")


async def test_what_stands_above_the_window_is_counted() -> None:
    async with opened(FrozenBackend(many(60))) as driver:
        assert "↑" not in driver.lines[2]
        await driver.press("G")
        await driver.until(lambda: f"↑{driver.app.query_one(QueueList).top} above   60 of 60" in driver.lines[2], "it")
        await driver.press("g")
        await driver.until(lambda: "↑" not in driver.lines[2], "the top")


async def test_tab_takes_one_completion_after_the_other() -> None:
    async with opened() as driver:
        await driver.press("slash", "ctrl+u", *"service:", "tab")
        await driver.shows("/ service:checkout")
        await driver.press("tab")
        await driver.shows("/ service:edge")
        await driver.press("tab", "tab")
        await driver.shows("/ service:checkout")
        await driver.press("enter")
        await driver.shows("/ service:checkout  ")


async def test_while_a_filter_is_typed_its_terms_and_keys_are_told() -> None:
    async with opened() as driver:
        await driver.press("slash")
        await driver.shows(" enter show  tab complete  esc back   state: service: team: sev>=")
        await driver.press("escape")
        await driver.shows(" a ack  e escalate")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.id)
def test_under_the_help_stands_the_whole_of_the_command_under_the_cursor(verb: Verb) -> None:
    told = ["".join(piece.text for piece in each) for each in whole_lines(verb, 60)]
    assert " ".join(" ".join(told).split()) == f":{verb.usage} {verb.title}"


async def test_the_help_tells_the_rest_of_what_its_line_has_no_room_for() -> None:
    async with opened() as driver:
        await driver.press("question_mark", "j", "j", "j")
        await driver.shows(":snooze FOR-OR-UNTIL  acknowledge it until a time")
        await driver.shows("then it is triggered again")


def test_terms_are_completed_so_that_they_can_be_read_again() -> None:
    shown = FrozenBackend((replace(QUEUE[0], labels={"tier": "1", "team": "a b"}),)).look(Wanted())
    words = filter_words(replace(shown, services=("two words", 'quo"te'), team_names=("payments",)))
    assert {'service:"two words"', "team:payments", "label:tier=1", 'label:"team=a b"'} <= {*words}
    assert not any("quo" in word for word in words)
    assert parse_filter('service:"two words" label:"team=a b"').labels == (("team", "a b"),)


def test_one_alert_is_one() -> None:
    from oncall_tui.tui.presenters.incidents.detail import facts

    row = incident(1, "x", events=2, alerts=1)
    told = ["".join(piece.text for piece in each) for each in facts(row, frozen.NOW, 80, frozen.NOW.tzinfo)]  # type: ignore[arg-type]
    assert any(each.endswith("2 events, 1 alert") for each in told)
