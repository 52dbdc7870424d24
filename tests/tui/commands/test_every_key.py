"""Every key of the registry, pressed on its screen, does what its row says; so do a click and the wheel."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from oncall_tui.ops.verbs import VERBS, Scope
from oncall_tui.tui.commands.keys import textual_keys
from oncall_tui.tui.model import Me
from oncall_tui.tui.presenters.line import Piece, Tone, line
from oncall_tui.tui.presenters.top import key_at, keys_line
from tests.tui.commands.key_rows import ROWS, WAIT, Row, ended
from tests.tui.frozen import QUEUE, FrozenBackend, many
from tests.tui.test_app import Driver, opened
from tests.tui.test_people import team

HOME = {
    Scope.ANYWHERE: ("1", "/ state:open"),
    Scope.INCIDENTS: ("1", "3 of 3"),
    Scope.SCHEDULE: ("2", "Sun 1 Mar 10:03"),
    Scope.USERS: ("3", "▸   push"),
}


def test_every_key_of_the_registry_has_its_row_and_no_other_has_one() -> None:
    known = {(verb.scope, verb.name, key) for verb in VERBS for key in verb.keys}
    assert {(scope, *named) for scope, rows in ROWS.items() for named in rows} == known


def house_of(scope: Scope) -> FrozenBackend:
    """The rows that this scope's keys want."""
    if scope is Scope.ANYWHERE:
        return FrozenBackend(many(60))
    if scope is Scope.USERS:
        return team()
    shown = (replace(QUEUE[0], runbook="https://wiki.example.com/checkout"), *QUEUE[1:])
    return FrozenBackend(shown, me=Me("ana", "ana", may_act=True, zone="America/New_York"))


async def walk(driver: Driver, keys: tuple[str, ...]) -> None:
    """Press these; wait for the texts among them."""
    for key in keys:
        if key.startswith(WAIT) and len(key) > 1:
            await driver.shows(key.removeprefix(WAIT))
        else:
            await driver.press(key)


async def back_home(driver: Driver, scope: Scope, fresh: FrozenBackend) -> None:
    """The screen as it was at first: nothing open, nothing asked, nothing changed."""
    backend = driver.backend
    key, ready = HOME[scope]
    await driver.press("escape", "escape", "escape", key, "g")
    if not backend.acts:
        await driver.shows(ready)
        return
    backend.queue, backend.users = list(fresh.queue), fresh.users
    backend.acts.clear()
    backend.poke()
    await driver.shows(ready)
    rows = fresh.queue
    await driver.until(lambda: driver.app._snapshot.queue.rows[: len(rows)] == tuple(rows[:200]), "the rows")  # type: ignore[union-attr]
    await driver.answered()


async def press_it(driver: Driver, named: tuple[str, str], row: Row) -> None:
    """What the row tells is not so, then the key is pressed, then it is."""
    await walk(driver, row.first)
    assert not row.seen(driver), f"{named}: what it does is there before it was pressed\n{driver.screen}"
    await driver.press(textual_keys(named[1:]).partition(",")[0])
    await walk(driver, row.then)
    await driver.until(lambda: row.seen(driver), f"what {named} does")
    await walk(driver, row.back)


@pytest.mark.unmeasured
@pytest.mark.parametrize("scope", ROWS)
async def test_every_key_does_what_its_row_says(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_ORIGINAL_COMMAND", "")  # no shell behind us: ctrl+z must not stop the tests
    async with opened(house_of(scope)) as driver:
        for named, row in ROWS[scope].items():
            if row.seen is not ended:
                await back_home(driver, scope, house_of(scope))
                await press_it(driver, named, row)


@pytest.mark.parametrize("key", [key for (_, key), row in ROWS[Scope.ANYWHERE].items() if row.seen is ended])
async def test_a_key_that_ends_the_program_ends_it(key: str) -> None:
    async with opened() as driver:
        await press_it(driver, ("quit", key), Row(ended))


async def test_by_mouse_a_tab_a_row_the_wheel_and_a_key_of_the_last_line() -> None:
    async with opened(FrozenBackend(many(60))) as driver:
        await driver.pilot.click("#tabs", offset=(30, 0))
        await driver.shows("Ana Silva")
        await driver.pilot.click("#tabs", offset=(2, 0))
        await driver.shows("/ state:open")
        await driver.pilot.click("#queue", offset=(20, 3))
        assert driver.under_cursor == 57
        await driver.pilot._post_mouse_events([events.MouseScrollDown], widget="#queue", offset=(20, 3))
        await driver.until(lambda: driver.under_cursor == 54, "three rows down")
        await driver.pilot._post_mouse_events([events.MouseScrollUp], widget="#queue", offset=(20, 3))
        await driver.until(lambda: driver.under_cursor == 57, "three rows up")
        await driver.pilot.click("#keys", offset=(driver.lines[-1].index("escalate"), 0))
        await driver.shows("Escalate #57: page bo?")
        await driver.pilot.click("#keys", offset=(driver.lines[-1].index("yes"), 0))
        await driver.until(lambda: driver.backend.acts, "the act")
        assert driver.backend.acts == [("escalate", ((57, 1),))]
        assert driver.under_cursor == 57


def test_a_key_is_found_under_its_name_and_its_word_and_nowhere_else() -> None:
    shown = keys_line((("a", "ack"), ("enter", "open")), 80)
    found = [key_at(shown, column) for column in range(24)]
    assert found == ["", *["a"] * 5, "", "", *["enter"] * 10, *[""] * 6]
    assert key_at(line(Piece(" copied", Tone.GOOD)), 2) == ""
