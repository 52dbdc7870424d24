"""The queue that is shown before all else: the same rows, a cursor that stays, and acts that wait their turn."""

from __future__ import annotations

import threading
from datetime import UTC
from pathlib import Path

from oncall_tui.clock import ManualClock
from oncall_tui.settings import load_settings
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.model import Early, Snapshot, Wanted
from oncall_tui.tui.ops_backend import OpsBackend
from tests.tui.frozen import NOW, FrozenBackend, many
from tests.tui.seeded import seeded
from tests.tui.test_app import Driver, opened

SEEN = ("number", "title", "state", "phase", "severity", "urgency", "service", "assignees", "events", "version", "link")


def test_it_holds_what_the_look_that_follows_holds(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        shown = house.store.address.shown
        settings = load_settings({"database": shown, "user": "ana"}, environ={}, path=Path("/dev/null"))
        backend = OpsBackend(settings, clock=house.clock)
        backend.open()
        try:
            early, look = backend.early(Wanted()), backend.look(Wanted())
            assert early is not None
            assert look.queue is not None
            rows = [[getattr(row, name) for name in SEEN] for row in early.queue.rows]
            assert rows == [[getattr(row, name) for name in SEEN] for row in look.queue.rows]
            assert len(rows) == early.queue.total == 3
            assert all(row.next is None for row in early.queue.rows), "what the engine says comes later"
            assert early.me.username == "ana"
            assert backend.early(Wanted(filter="state:all")) is None, "any other question takes a look"
        finally:
            backend.close()


class SlowBackend(FrozenBackend):
    """Its first look waits until it is let go."""

    def __init__(self) -> None:
        super().__init__(many(9))
        self.may_look = threading.Event()

    def early(self, wanted: Wanted) -> Early | None:
        shown = super().look(wanted)
        assert shown.queue is not None
        return Early(at=NOW, me=self.me, wanted=wanted, queue=shown.queue)

    def look(self, wanted: Wanted) -> Snapshot:
        assert self.may_look.wait(60)
        return super().look(wanted)


async def test_the_cursor_moves_and_acts_are_done_though_the_rest_is_still_read() -> None:
    backend = SlowBackend()
    clock = ManualClock(NOW)
    app = OncallApp(backend, clock=clock, zone=UTC, ticking=False)
    async with app.run_test(size=(80, 24)) as pilot:
        driver = Driver(app, pilot, backend, clock)
        await driver.shows("9 of 9")
        assert "opening the database" in driver.screen
        await driver.press("down", "c")
        await driver.shows("the services are not read yet")
        await driver.press("a")
        assert driver.under_cursor == 8
        backend.may_look.set()
        await driver.shows("worker ok")
        await driver.until(lambda: backend.acts, "the act")
        assert backend.acts == [("acknowledge", ((8, 1),), False)]
        assert driver.under_cursor == 8


async def test_another_story_is_shown_without_a_look_at_its_queue() -> None:
    backend = SlowBackend()
    backend.may_look.set()
    async with opened(backend) as driver:
        await driver.answered()
        backend.may_look.clear()
        try:
            await driver.press("down")
            await driver.shows("#8  ")
        finally:
            backend.may_look.set()
