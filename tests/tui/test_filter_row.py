"""The line over the queue: whatever it was told while it had no room, it shows once it has."""

from __future__ import annotations

from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.filter_row import FilterBar
from tests.tui.test_app import opened


async def test_what_was_said_while_the_field_was_in_its_place_is_shown_afterwards() -> None:
    async with opened() as driver:
        bar = driver.app.query_one(FilterBar)
        bar.display = False
        await driver.hides("/ state:open")
        driver.app.query_one(IncidentsView).draw()
        bar.display = True
        await driver.shows("/ state:open")
        assert "3 of 3" in driver.screen
