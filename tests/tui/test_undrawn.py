"""What can't be drawn is said, and ends no terminal: on a resize, as time passes, as the cursor moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oncall_tui.ops.reading.rows import IncidentRow
from oncall_tui.tui.presenters.incidents import queue as queue_lines
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.schedules.walking import WalkingContainer
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.views.users import UsersView
from tests.tui.frozen import FrozenBackend, many
from tests.tui.test_app import opened


def failing(*_: object) -> None:
    raise ZeroDivisionError("planted")


@pytest.mark.parametrize(
    ("key", "drawn", "wanted"),
    [
        ("1", (IncidentsView, "_draw"), "state:open"),
        ("2", (WalkingContainer, "draw"), "Europe/Lisbon"),
        ("3", (UsersView, "draw"), "Ana Silva"),
    ],
)
async def test_a_resize_that_cannot_be_drawn(
    key: str, drawn: tuple[type, str], wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as driver:
        await driver.press(key)
        await driver.shows(wanted)
        with monkeypatch.context() as planted:
            planted.setattr(*drawn, failing)
            await driver.pilot.resize_terminal(120, 40)
            await driver.shows("it could not be drawn")
        driver.backend.poke()
        await driver.hides("it could not be drawn")
        await driver.shows(wanted)
        assert driver.app.is_running


async def test_a_tick_that_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as driver:
        with monkeypatch.context() as planted:
            planted.setattr(IncidentsView, "_draw", failing)
            driver.app.tick()
            await driver.shows("it could not be drawn")
        driver.backend.poke()
        await driver.hides("it could not be drawn")
        assert driver.app.is_running


def all_but(number: int) -> Callable[..., Line]:
    """The queue's lines, of which one fails."""
    drawn = queue_lines.incident_line

    def incident_line(row: IncidentRow, *told: object, **more: object) -> Line:
        if row.number == number:
            raise ZeroDivisionError("planted")
        return drawn(row, *told, **more)  # type: ignore[arg-type]  # as they were given

    return incident_line


async def test_of_many_rows_one_that_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_lines, "incident_line", all_but(30))
    async with opened(FrozenBackend(many(60))) as driver:
        assert "could not be drawn" not in driver.screen
        await driver.press(*["down"] * 30)
        assert "! this line could not be drawn: ZeroDivisionError: planted" in driver.screen
        assert driver.under_cursor == 30
        assert " 29  " in driver.screen
        assert not driver.app.stale, "everything else is as up to date as ever"
