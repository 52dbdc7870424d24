"""What the HTTP side asks of the house: take these events, remember what was turned away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.events import Event
from oncall_tui.intake.reading import Taken
from oncall_tui.ops.rejected import Rejection


class UnknownKey(Unknown):
    """No enabled integration has this key, or its time has run out."""

    code = "unknown_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Events with the key that came with them, the dialect they were posted in, and the payload to keep."""

    key: str
    kind: str
    events: Sequence[Event]
    payload: str


class EventDoor(Protocol):
    """Where readable events go in."""

    async def take(self, arrival: Arrival) -> Sequence[Taken]:
        """Take the events; it returns when they are on disk. Raises UnknownKey or, within two seconds, DatabaseAway."""

    async def reject(self, rejection: Rejection) -> None:
        """Keep what was turned away, if that can be done now."""
