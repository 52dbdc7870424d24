"""Answers that come late: a question takes no key meant for something else, a story stands under its own number."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
from oncall_tui.tui.commands import acting
from oncall_tui.tui.model import Snapshot, Tab, Wanted
from oncall_tui.tui.outcome import Outcome, Seen
from tests.tui.frozen import FrozenBackend, many
from tests.tui.test_app import opened, press_key


class Slow(FrozenBackend):
    """Answers only while it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()
        self.may.set()

    def _wait(self) -> None:
        assert self.may.wait(60)

    def look(self, wanted: Wanted) -> Snapshot:
        if wanted.tab is not Tab.INCIDENTS:
            self._wait()
        return super().look(wanted)

    def who_is_next(self, seen: Seen) -> tuple[str, ...]:
        self._wait()
        return super().who_is_next(seen)

    def story(self, number: int) -> IncidentDetail | None:
        self._wait()
        return super().story(number)

    def acknowledge(self, seen: Sequence[Seen], *, take_over: bool = False) -> Outcome:
        self._wait()
        if take_over:
            return super().acknowledge(seen, take_over=take_over)
        return Outcome("#412 was already acknowledged by bo", ok=False, taken_by_other=tuple(seen))

    def close(self) -> None:
        self.may.set()
        super().close()


async def test_the_answer_to_a_question_can_be_typed_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "KEYS_WAIT_SECONDS", 60.0)
    async with opened(backend := Slow()) as driver:
        backend.may.clear()
        await press_key(driver.app, "e")
        await press_key(driver.app, "y")
        backend.may.set()
        await driver.until(lambda: backend.acts, "the act")
        assert backend.acts == [("escalate", ((412, 1),))]


async def test_a_key_behind_that_of_a_tab_is_for_the_rows_that_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "KEYS_WAIT_SECONDS", 60.0)
    async with opened(backend := Slow()) as driver:
        backend.may.clear()
        await press_key(driver.app, "3")
        await press_key(driver.app, "j")
        await driver.until(lambda: driver.app._tab is Tab.USERS, "the tab")
        backend.may.set()
        await driver.shows("this person can't be paged")


async def test_all_that_are_triggered_are_asked_about_though_none_is_loaded() -> None:
    """Of history the newest are loaded, and what burns may be older than all of them."""
    rows = many(300)
    newest = [replace(row, state="resolved", next=None) for row in rows[:200]]
    async with opened(FrozenBackend([*newest, *rows[200:]])) as driver:
        await driver.press("slash", "ctrl+u", *"state:all", "enter")
        await driver.shows("200 of 300")
        await driver.press("A")
        await driver.shows("Acknowledge 100 incidents, all that are triggered here?")


async def test_a_question_that_comes_late_takes_no_letter_of_what_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "KEYS_WAIT_SECONDS", 0.001)
    async with opened(backend := Slow()) as driver:
        backend.may.clear()
        await driver.press("e", "n")
        await driver.shows("Note on #412")
        backend.may.set()
        await driver.until(lambda: "not escalated" in (driver.app._said or ("",))[0], "that it is too late")
        await driver.press(*"my toy", "enter")
        await driver.until(lambda: backend.acts, "the note")
        assert backend.acts == [("note", ((412, 1),), "my toy")]


async def test_a_lost_race_is_no_question_for_who_types_a_filter() -> None:
    async with opened(backend := Slow()) as driver:
        backend.may.clear()
        await driver.press("a", "slash")
        backend.may.set()
        await driver.shows("already acknowledged by bo")
        await driver.press(*"lay", "enter")
        await driver.shows("/ state:open lay")
        assert not driver.app._is_asking()
        assert backend.acts == []


async def test_an_incident_that_is_opened_is_never_shown_with_another_s_story() -> None:
    async with opened(backend := Slow()) as driver:
        await driver.shows("bo is paged in 1:12")
        backend.may.clear()
        await driver.press("j", "enter")
        await driver.shows("reading its story")
        assert "#411  disk" in driver.screen
        assert "#412" not in driver.screen
        backend.may.set()
        await driver.shows("Timeline")
        assert "#411  disk" in driver.screen


async def test_while_the_database_is_away_no_story_of_another_stands_under_the_queue() -> None:
    async with opened() as driver:
        await driver.shows("bo is paged in 1:12")
        driver.backend.failing = DatabaseAway("it is gone")
        driver.backend.poke()
        await driver.shows("database away")
        await driver.press("j")
        await driver.shows("its story can't be read while the database is away")
        assert " #411" in driver.screen
        assert " #412  Checkout" not in driver.screen


async def test_an_answer_may_be_a_capital() -> None:
    async with opened() as driver:
        await driver.press("e")
        await driver.shows("Escalate #412: page bo?")
        await driver.press("Y")
        await driver.until(lambda: driver.backend.acts, "the act")


async def test_ctrl_c_says_how_to_leave() -> None:
    async with opened() as driver:
        await driver.press("ctrl+c")
        await driver.shows("q or ctrl+q quits")
