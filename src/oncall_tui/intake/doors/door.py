"""What the HTTP side asks of the house: take these events, remember what was turned away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.events import Event
from oncall_tui.domain.routing.routing import Given
from oncall_tui.intake.payload.reading import Post, Taken
from oncall_tui.intake.wire.guessing import Wait
from oncall_tui.ops.intake.rejected import Rejection


class UnknownKey(Unknown):
    """No enabled integration has this key, its time has run out, or the post bears no signature that fits.

    The sentence says which, for the operator; whoever posted hears the same in each case.
    """

    code = "unknown_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Events with the key that came with them, the dialect they were posted in, and the payload to keep.

    `post` is what signatures are held against; `checked`: a gate has done so. `once`: the sender's number of the post.
    `given`: for each event what its rules look at beside it; None until that is known.
    """

    key: str
    kind: str
    events: Sequence[Event]
    payload: str
    post: Post | None = None
    once: str | None = None
    checked: bool = False
    given: Sequence[Given] | None = None


class EventDoor(Protocol):
    """Where readable events go in."""

    async def take(self, arrival: Arrival) -> Sequence[Taken]:
        """Take the events; it returns when they are on disk.

        Raises UnknownKey, OverShare for a sender that many posts of wait already, or, within two seconds, DatabaseAway.
        """

    async def reject(self, rejection: Rejection) -> None:
        """Keep what was turned away, if that can be done now."""

    async def check(self, key: str) -> None:
        """Nothing for a key that opens an integration now. Raises UnknownKey for any other, or DatabaseAway."""

    async def mapping(self, key: str) -> Mapping[str, str]:
        """How the integration of this key maps its payloads; empty where it does not. Raises DatabaseAway."""

    async def missed(self, source: str) -> Wait | None:
        """A wrong key came from this address: how long it has to wait when that was one too many."""
