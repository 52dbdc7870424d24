"""A program of frozen rows for which time passes: on `t` a minute goes by, every tick of it drawn, within seconds."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, timedelta

from textual import events
from textual.timer import Timer

from oncall_tui.clock import ManualClock
from oncall_tui.tui.app import TICK_SECONDS, OncallApp
from oncall_tui.tui.model import Snapshot, Wanted
from tests.tui.frozen import NOW, FrozenBackend, many

FRAME = 0.03  # seconds: longer than the framework waits between two paints
BEAT = 5  # seconds between two of the worker's signs of life, each of which makes the screen look again


class LivingBackend(FrozenBackend):
    """Frozen rows beside a worker that lives."""

    def __init__(self, count: int, clock: ManualClock) -> None:
        super().__init__(many(count))
        self.clock = clock
        self.mine = ()

    def look(self, wanted: Wanted) -> Snapshot:
        shown, now = super().look(wanted), self.clock.now()
        return replace(shown, at=now, status=replace(shown.status, at=now, worker_seen_at=now - timedelta(seconds=2)))


class PassingApp(OncallApp):
    """The application, ticking as it does, only faster."""

    def __init__(self, count: int) -> None:
        self._manual = ManualClock(NOW)
        self._living = LivingBackend(count, self._manual)
        super().__init__(self._living, clock=self._manual, zone=UTC, ticking=False)
        self._passed = 0
        self._timer: Timer | None = None

    async def take_key(self, event: events.Key) -> None:
        if event.key == "t" and self._timer is None:
            self._timer = self.set_interval(FRAME, self._pass_a_second)
            return
        await super().take_key(event)

    def _pass_a_second(self) -> None:
        self._passed += 1
        self._manual.move(timedelta(seconds=1))
        self.tick_second()
        if self._passed % TICK_SECONDS == 0:
            self.tick()
        if self._passed % BEAT == 0:
            self._living.poke()
        if self._passed == 60 and self._timer is not None:
            self._timer.stop()
            self.write_out("\a")


if __name__ == "__main__":
    PassingApp(int(sys.argv[1])).run()
