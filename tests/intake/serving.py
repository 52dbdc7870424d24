"""A real listener on loopback for a test, and a door that keeps what comes in and answers as told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.intake.app import build_app
from oncall_tui.intake.doors.door import Arrival, EventDoor, UnknownKey
from oncall_tui.intake.listener.server import IntakeServer, Listen
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.wire.guessing import Wait
from oncall_tui.ops.figures import Figures
from oncall_tui.ops.intake.rejected import Rejection

KEY = "k" * 32
NO_FIGURES = Figures(incidents={}, pages={}, oldest_overdue_seconds=0.0, workers={})


@dataclass
class Kept:
    """An event that was taken."""

    number: int | None
    dedup_key: str | None


@dataclass
class NoteDoor:
    """Notes arrivals and rejections; knows one key; fails when told to."""

    arrivals: list[Arrival] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    fails_with: Exception | None = None
    wait: Wait | None = None

    async def take(self, arrival: Arrival) -> Sequence[Kept]:
        if self.fails_with is not None:
            raise self.fails_with
        if arrival.key != KEY:
            raise UnknownKey("unknown key")
        self.arrivals.append(arrival)
        return [Kept(412, event.dedup_key or "made") for event in arrival.events]

    async def reject(self, rejection: Rejection) -> None:
        self.rejections.append(rejection)

    async def check(self, key: str) -> None:
        if self.fails_with is not None:
            raise self.fails_with
        if key != KEY:
            raise UnknownKey("unknown key")

    async def mapping(self, key: str) -> dict[str, str]:
        return {}

    async def missed(self, source: str) -> Wait | None:
        return self.wait


@dataclass
class PlainNoteDoor(NoteDoor):
    """The same for plain posts, taken the straight way: answered in the next turn of the event loop, or when let go."""

    handed_in: list[Arrival] = field(default_factory=list)
    full: bool = False
    raises: BaseException | None = None
    anew: int = 0  # so many posts are not taken, and begin anew
    go: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.go.set()

    def plain(self, key: str) -> bool:
        return key == KEY

    def hand_in(self, arrival: Arrival, told: Callable[[Sequence[Kept] | BaseException | None], None]) -> bool:
        if self.full:
            return False
        self.handed_in.append(arrival)
        loop = asyncio.get_running_loop()

        def answer() -> None:
            if self.raises is not None:
                told(self.raises)
            elif self.anew > 0:
                self.anew -= 1
                told(None)
            else:
                self.arrivals.append(arrival)
                told([Kept(412, event.dedup_key or "made") for event in arrival.events])

        def later() -> None:
            self.go.wait(20)
            loop.call_soon_threadsafe(answer)

        if self.go.is_set():
            loop.call_soon(answer)
        else:
            threading.Thread(target=later, daemon=True).start()
        return True


def no_database() -> Figures:
    raise DatabaseAway("gone")


@contextmanager
def serving(
    door: EventDoor,
    *,
    ailments: Callable[[], Sequence[str]] = tuple,
    figures: Callable[[], Figures] = lambda: NO_FIGURES,
    answered: Callable[[], None] | None = None,
) -> Iterator[str]:
    """The application over this door on a free port of loopback; gives its URL."""
    server = IntakeServer(
        build_app(door, ailments=ailments, metrics=Metrics(figures), answered=answered), Listen("127.0.0.1", 0)
    )
    url = server.start()
    try:
        yield url
    finally:
        server.stop()
