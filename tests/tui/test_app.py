"""Every key of every tab, on frozen rows: what is asked of the house, and what stays under the finger."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from oncall_tui.clock import ManualClock
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.severity import Severity
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.model import Me
from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.views.incidents import IncidentsView
from tests.tui import frozen
from tests.tui.frozen import NOW, FrozenBackend, incident, many

CHARACTERS = {
    "space": " ",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "enter": "\r",
    "tab": "\t",
}
FRAME = 0.02  # seconds, longer than the framework waits between two paints
TURNS = 4  # of the event loop without a message, before nothing is on its way
LOOKS = 2000  # at the screen, before giving up
HOSTILE = "\x1b]52;c;aGk=\x07 [/x] [bold]\u202e\u200b\x9b31m " + "漢" * 40 + "e" + "\u0301" * 50 + "x" * 10_000


async def press_key(app: OncallApp, key: str) -> None:
    """Hand the application one key, as a terminal does."""
    name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    character = key if len(key) == 1 else CHARACTERS.get(name)
    event = events.Key(name, character)
    event.set_sender(app)
    assert app._driver is not None
    app._driver.send_message(event)


class Driver:
    """An application in a pilot, and its screen as text."""

    def __init__(self, app: OncallApp, pilot: Pilot[None], backend: FrozenBackend, clock: ManualClock) -> None:
        self.app, self.pilot, self.backend, self.clock = app, pilot, backend, clock

    @property
    def screen(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    @property
    def lines(self) -> list[str]:
        return self.screen.split("\n")

    async def until(self, condition: Callable[[], object], what: str) -> None:
        for _ in range(LOOKS):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"waited in vain for {what}; the screen shows:\n{self.screen}")

    async def shows(self, text: str) -> None:
        await self.until(lambda: text in self.screen, repr(text))

    async def hides(self, text: str) -> None:
        await self.until(lambda: text not in self.screen, f"the end of {text!r}")

    async def press(self, *keys: str) -> None:
        """Press keys, each once what the one before led to has been heard of."""
        for key in keys:
            await press_key(self.app, key)
            await self.settled()
        await asyncio.sleep(FRAME)  # it is laid out and painted by the frame; whoever looks for more waits for that
        await self.settled()
        self.app.screen._on_timer_update()

    async def settled(self) -> None:
        """Until no widget has a message left that it will still read: one that is closing leaves its last ones."""
        quiet = 0
        while quiet < TURNS and self.app.is_running:
            await asyncio.sleep(0)
            pumps = (self.app, *self.app.screen.walk_children(with_self=True))
            reading = (pump for pump in pumps if not (pump._closing or pump._closed))
            quiet = quiet + 1 if not any(pump.message_queue_size for pump in reading) else 0

    async def answered(self) -> None:
        """Until the screen shows what it last asked the database thread for, and asks for nothing more."""

        def quiet() -> bool:
            shown = self.app._snapshot
            answered = shown is not None and shown.wanted == self.app._feed.wanted
            return answered and self.backend.is_asked_nothing

        for _ in range(2):
            await self.until(quiet, "an answer to what the screen asks for")
            await self.settled()
        await self.until(quiet, "an answer to what the screen asks for")

    @property
    def under_cursor(self) -> object:
        return self.app.query_one(IncidentsView).list.key


@contextlib.asynccontextmanager
async def opened(
    backend: FrozenBackend | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    waits_for: str = "worker ok",
    theme: str = "oncall",
) -> AsyncIterator[Driver]:
    """The application, once the first rows are there."""
    held = backend or FrozenBackend()
    clock = ManualClock(NOW)
    app = OncallApp(held, clock=clock, zone=UTC, ticking=False, theme=theme)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot, held, clock)
        await driver.shows(waits_for)
        yield driver


async def test_the_queue_and_the_story_are_there() -> None:
    async with opened() as driver:
        await driver.shows("bo is paged in 1:12")
        for wanted in (
            "! TRIG  crit  412",
            "~ ACK   med   408",
            "disk [/var/log] full",
            "1:12 → bo",
            "waits Thu",
            "/ state:open",
        ):
            assert wanted in driver.screen
        assert driver.lines[0].startswith(" oncall   ● ana (you) until Mon 09:00")


async def test_a_asks_nothing_and_carries_number_and_version_as_seen() -> None:
    async with opened() as driver:
        await driver.press("down", "a")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("acknowledge", ((411, 1),), False)]
        await driver.shows("#411 acknowledged")
        assert driver.under_cursor == 411


async def test_what_was_acknowledged_stays_in_its_place_until_the_cursor_moves_on() -> None:
    async with opened(FrozenBackend(many(9))) as driver:
        before = next(place for place, text in enumerate(driver.lines) if " 9  " in text)
        driver.backend.queue = [*driver.backend.queue[1:], replace(driver.backend.queue[0], state="acknowledged")]
        driver.backend.poke()
        await driver.shows("~ ACK")
        assert " 9  " in driver.lines[before]
        assert driver.under_cursor == 9


async def test_a_refresh_never_moves_the_cursor_off_its_incident() -> None:
    async with opened(FrozenBackend(many(5))) as driver:
        await driver.press("down", "down")
        held = driver.under_cursor
        driver.backend.queue = [
            incident(900 + n, f"new {n}", severity=Severity.CRITICAL) for n in range(7)
        ] + driver.backend.queue
        driver.backend.poke()
        await driver.shows("12 of 12")
        assert driver.under_cursor == held


async def test_an_incident_that_no_longer_matches_stays_under_the_cursor_until_it_moves() -> None:
    async with opened() as driver:
        driver.backend.change(412, state="resolved", resolution="fixed", next=None)
        await driver.shows("✓ RES")
        before = driver.under_cursor
        assert "2 of 2" in driver.screen
        await driver.press("down")
        await driver.hides("✓ RES")
        assert (before, driver.under_cursor) == (412, 411)


async def test_escalate_says_whom_and_asks() -> None:
    async with opened() as driver:
        await driver.press("e")
        await driver.shows("Escalate #412: page bo?")
        await driver.press("x", "q", "down", "escape")
        await driver.hides("Escalate #412")
        assert driver.backend.acts == []
        assert driver.under_cursor == 412
        await driver.press("e")
        await driver.shows("page bo?")
        driver.backend.change(412, version=7)  # meanwhile: the version that was seen is what counts
        await driver.press("y")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("escalate", ((412, 1),))]


async def test_resolve_asks_for_a_reason() -> None:
    async with opened(FrozenBackend(many(4))) as driver:
        for key, reason in {"enter": "fixed", "c": "cancelled", "f": "false alarm", "d": "duplicate"}.items():
            number = driver.under_cursor
            driver.backend.acts.clear()
            await driver.press("r")
            await driver.shows(f"Resolve #{number}:")
            await driver.press(key)
            await driver.until(lambda: driver.backend.acts, "the act")
            assert driver.backend.acts == [("resolve", ((number, 1),), reason)]
            await driver.shows(f"#{number} resolved")
            await driver.press("j")


async def test_verbs_act_on_the_selection() -> None:
    async with opened() as driver:
        await driver.press("space", "space")
        await driver.shows("2 selected")
        await driver.press("e")
        await driver.shows("Escalate 2 incidents?")
        await driver.press("n", "a")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("acknowledge", ((412, 1), (411, 1)), False)]
        await driver.hides("2 selected")


async def test_escape_drops_the_selection() -> None:
    async with opened() as driver:
        await driver.press("space")
        await driver.shows("1 selected")
        await driver.press("escape")
        await driver.hides("1 selected")


async def test_another_s_incident_asks_to_take_over() -> None:
    class Taken(FrozenBackend):
        def acknowledge(self, seen: object, *, take_over: bool = False) -> Outcome:
            if not take_over:
                return Outcome("#412 was already acknowledged by bo", ok=False, taken_by_other=tuple(seen))  # type: ignore[arg-type]
            return super().acknowledge(seen, take_over=take_over)  # type: ignore[arg-type]

    async with opened(Taken()) as driver:
        await driver.press("a")
        await driver.shows("Take over? #412 was already acknowledged by bo")
        await driver.press("y")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts[-1] == ("acknowledge", ((412, 1),), True)


async def test_a_new_incident_by_hand() -> None:
    async with opened() as driver:
        await driver.press("c")
        await driver.shows("New incident")
        await driver.press(*"Cash is out, q", "enter", "s", "enter", "left", "enter")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("trigger", "Cash is out, q", "search", "critical")]
        await driver.shows("opened: #413")


async def test_the_form_is_left_by_escape_and_needs_a_title() -> None:
    async with opened() as driver:
        await driver.press("c", "enter", "enter")
        await driver.shows("New incident")
        await driver.press("escape")
        await driver.hides("New incident")
        assert driver.backend.acts == []
        await driver.press("down")
        assert driver.under_cursor == 411


async def test_the_filter_line() -> None:
    async with opened() as driver:
        await driver.press("slash", *"disk", "enter")
        await driver.shows("1 of 1")
        assert "/ state:open disk" in driver.screen
        await driver.press("slash", "ctrl+u", *"zebra", "enter")
        await driver.shows("Nothing matches")
        await driver.press("slash", "ctrl+u", "enter")
        await driver.shows("3 of 3")


async def test_a_wrong_filter_is_told_and_keeps_the_screen() -> None:
    async with opened() as driver:
        await driver.press("slash", *"sev:awful", "enter")
        await driver.shows("a severity is critical")
        assert "Checkout 5xx" in driver.screen
        await driver.press("slash", "ctrl+u", *"state:all", "enter")
        await driver.hides("a severity is critical")
        await driver.press("a")
        await driver.until(lambda: driver.backend.acts, "the act")


async def test_escape_leaves_the_filter_as_it_was() -> None:
    async with opened() as driver:
        await driver.press("slash", *"zebra", "escape")
        await driver.shows("3 of 3")
        await driver.press("j")
        assert driver.under_cursor == 411


async def test_moving_about() -> None:
    async with opened(FrozenBackend(many(60))) as driver:
        for keys, wanted in (
            (("j",), 59),
            (("k",), 60),
            (("G",), 1),
            (("g",), 60),
            (("pagedown",), None),
            (("end", "up"), 2),
            (("home",), 60),
        ):
            await driver.press(*keys)
            if wanted is not None:
                assert driver.under_cursor == wanted
        await driver.pilot.click("#queue", offset=(20, 3))
        assert driver.under_cursor == 57


async def test_more_rows_are_fetched_when_the_cursor_nears_the_end() -> None:
    async with opened(FrozenBackend(many(450))) as driver:
        assert "200 of 450" in driver.screen
        await driver.press("G")
        await driver.shows("400 of 450")


async def test_enter_opens_the_whole_story_and_escape_comes_back() -> None:
    async with opened() as driver:
        await driver.press("enter")
        await driver.shows("Pages  1")
        assert "/ state:open" not in driver.screen
        await driver.press("a")
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("acknowledge", ((412, 1),), False)]
        await driver.press("escape")
        await driver.shows("/ state:open")
        assert driver.under_cursor == 412


async def test_tabs_by_number_and_by_mouse() -> None:
    async with opened() as driver:
        for key, wanted in (
            ("2", "payments-primary   Europe/Lisbon"),
            ("3", "Ana Silva"),
            ("4", "3 rounds"),
            ("1", "/ state:open"),
        ):
            await driver.press(key)
            await driver.shows(wanted)
        await driver.pilot.click("#tabs", offset=(30, 0))
        await driver.shows("Ana Silva")


async def test_the_schedule_by_keys() -> None:
    async with opened() as driver:
        await driver.press("2")
        await driver.shows("Sun 1 Mar 10:03")
        for keys, wanted in (
            (("right",), "Sun 1 Mar 11:00"),
            (("left", "h"), "Sun 1 Mar 09:00"),
            (("down",), "Mon 2 Mar 09:00  ! nobody is on call until Tue 09:00"),
            (("pagedown",), "Mon 9 Mar 09:00"),
            (("g",), "Sun 1 Mar 10:03"),
            (("z",), "payments-primary   America/New_York, yours"),
            (("right_square_bracket",), "schedule 2 of 2"),
            (("p",), "schedule 1 of 2"),
        ):
            await driver.press(*keys)
            await driver.shows(wanted)


async def test_lists_of_people_and_policies_open_too() -> None:
    async with opened() as driver:
        await driver.press("3", "j")
        await driver.shows("this person can't be paged")
        await driver.press("enter")
        await driver.hides("Ana Silva")
        await driver.press("escape")
        await driver.shows("Ana Silva")


async def test_help_is_made_of_the_keys_and_closes() -> None:
    async with opened() as driver:
        await driver.press("question_mark")
        await driver.shows("acknowledge: it is yours")
        await driver.press("a")
        assert driver.backend.acts == []
        await driver.press("escape")
        await driver.shows("/ state:open")


async def test_another_process_s_change_shows_without_a_key() -> None:
    async with opened() as driver:
        driver.backend.change(412, state="acknowledged", acknowledged_by="bo", assignees=("bo",), next=None)
        await driver.until(lambda: driver.screen.count("~ ACK") == 2, "the other's acknowledgement")
        assert "1 triggered  2 acked" in driver.screen


async def test_c4_08_a_lost_database_keeps_the_screen_refuses_writes_and_recovers() -> None:
    async with opened() as driver:
        driver.backend.failing = DatabaseAway("the disk is gone", mend="put it back")
        driver.backend.poke()
        await driver.shows("! database away, shown is 0s old, trying again  the disk is gone")
        assert "Checkout 5xx" in driver.screen
        assert driver.app.stale
        driver.clock.set(frozen.ahead(seconds=42))
        driver.app.tick_second()
        await driver.shows("shown is 42s old")
        await driver.press("a")
        await driver.shows("nothing was done")
        assert driver.backend.acts == []
        driver.backend.failing = None
        await driver.hides("database away")
        assert not driver.app.stale
        await driver.press("a")
        await driver.until(lambda: driver.backend.acts, "the act")


async def test_a_planted_error_in_a_background_query_does_not_end_the_app() -> None:
    async with opened() as driver:
        driver.backend.failing = ZeroDivisionError("planted")
        driver.backend.poke()
        await driver.shows("! out of date")
        await driver.shows("ZeroDivisionError: planted")
        driver.backend.failing = None
        await driver.hides("out of date")
        assert driver.app.is_running


async def test_a_row_that_cannot_be_drawn_does_not_end_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as driver:
        monkeypatch.setattr(IncidentsView, "update_from", lambda *_: 1 / 0)
        driver.backend.poke()
        await driver.shows("it could not be drawn")
        assert driver.app.is_running


async def test_an_act_that_fails_is_one_line() -> None:
    class Breaking(FrozenBackend):
        def act(self, *_: object, **__: object) -> Outcome:
            raise RuntimeError("planted [/x]")

    async with opened(Breaking()) as driver:
        await driver.press("e")
        await driver.shows("page bo?")
        await driver.press("y")
        await driver.shows("nothing was done: planted [/x]")


async def test_somebody_unknown_may_look_and_is_told_how_to_be_added() -> None:
    hint = "'root' is nobody the team knows: you may look, not act. ask an admin to add you to the config file"
    async with opened(FrozenBackend(me=Me(None, "root", may_act=False, hint=hint))) as driver:
        await driver.shows("nobody the team knows")
        await driver.press("a", "c", "r")
        assert driver.backend.acts == []
        assert "Resolve" not in driver.screen


async def test_nobody_set_up_yet() -> None:
    backend = FrozenBackend([], me=Me(None, "root", may_act=True))
    backend.has_users = False
    async with opened(backend) as driver:
        await driver.shows("you are admin here")


async def test_countdowns_tick_by_the_quarter_minute_and_in_the_last_minute_by_the_second() -> None:
    async with opened() as driver:
        await driver.shows("bo is paged in 1:12")
        await driver.answered()  # nothing else is on its way to be drawn
        driver.clock.set(frozen.ahead(seconds=5))
        driver.app.tick_second()
        await driver.pilot.pause()
        assert "1:12 → bo" in driver.screen, "more than a minute is left: no tick"
        driver.clock.set(frozen.ahead(seconds=15))
        driver.app.tick()
        await driver.shows("0:57 → bo")
        driver.clock.set(frozen.ahead(seconds=16))
        driver.app.tick_second()
        await driver.shows("0:56 → bo")


@pytest.mark.unmeasured
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15), (30, 8)])
async def test_hostile_text_is_only_text_on_every_tab(size: tuple[int, int]) -> None:
    backend = FrozenBackend(
        [replace(row, title=HOSTILE, service=HOSTILE, assignees=(HOSTILE,)) for row in frozen.QUEUE]
    )
    backend.users = tuple(replace(row, name=HOSTILE, username=HOSTILE) for row in frozen.USERS)
    backend.policies = tuple(replace(row, name=HOSTILE) for row in frozen.POLICIES)
    backend.schedules = tuple(replace(row, name=HOSTILE) for row in frozen.SCHEDULES)
    async with opened(backend, size=size, waits_for="oncall") as driver:
        await driver.until(lambda: driver.app._snapshot is not None, "the rows")
        for tab in ("1", "2", "3", "4"):
            await driver.press(tab)
            await driver.until(lambda: "]52" in driver.screen or size[0] < 60, "the text")
            await driver.press("enter", "escape", "space", "r", "escape")
            for line in driver.lines:
                assert all(character.isprintable() for character in line)
            assert driver.app.is_running


async def test_resizing_at_any_time() -> None:
    async with opened() as driver:
        for size in ((120, 40), (60, 15), (20, 5), (100, 30), (80, 24)):
            await driver.pilot.resize_terminal(*size)
            await driver.pilot.pause()
        await driver.shows("disk [/var/log] full")


async def test_q_quits() -> None:
    async with opened() as driver:
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running, "the end")
