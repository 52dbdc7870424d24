"""The straight way of a plain post: read, handed in, and answered from the commit, without a task of its own.

What it does is what `Posts` does; whatever is out of the ordinary is left to `Posts`, from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol, runtime_checkable

import msgspec

from oncall_tui.intake.doors.door import Arrival
from oncall_tui.intake.doors.posts import Posts, arrival_of
from oncall_tui.intake.payload.reading import Post, Taken, Unusable

_encode = msgspec.json.Encoder().encode


class Reply(Protocol):
    """Where the answer goes."""

    def answer(self, status: int, body: bytes) -> None:
        """Send a JSON answer."""

    def otherwise(self, outcome: BaseException | None) -> None:
        """Let the usual way answer: `outcome` is what its taking has raised already; None lets it begin anew."""


@runtime_checkable
class PlainDoor(Protocol):
    """A door that takes posts without being awaited, where nothing but the commit has to be waited for."""

    def plain(self, key: str) -> bool:
        """Whether posts with this key are read and taken as they are: it is known, and no rule looks at more."""

    def hand_in(self, arrival: Arrival, told: Callable[[Sequence[Taken] | BaseException | None], None]) -> bool:
        """Take the events as `take` does, and tell when they are on disk, or what was raised; None: not taken at all.

        False when they can't be handed in now; nothing is told then. `told` must not raise.
        """


@dataclass(frozen=True, slots=True)
class Straight:
    """One dialect's endpoint for plain posts, over its `Posts`."""

    posts: Posts
    door: PlainDoor

    def take(self, post: Post, reply: Reply) -> bool:
        """Take a post whose body is whole and in clear; False, and nothing done, when it has to go the usual way."""
        began = perf_counter()
        posts = self.posts
        dialect = posts.dialect
        try:
            reading = dialect.read(post)
            if isinstance(reading, Unusable) or not self.door.plain(reading.key):
                return False
            arrival = arrival_of(reading, dialect.kind, post, "", checked=False)
        except Exception:  # noqa: BLE001 - the usual way meets it again, and says so
            return False

        def told(outcome: Sequence[Taken] | BaseException | None) -> None:
            if outcome is None or isinstance(outcome, BaseException):
                reply.otherwise(outcome)
                return
            try:
                given = dialect.accepted(outcome if reading.events else ())
                body = _encode(given.body)
            except Exception as error:  # noqa: BLE001 - the usual way says so
                reply.otherwise(error)
                return
            posts.metrics.taken(dialect.kind, reading.events)
            reply.answer(given.status, body)
            posts.metrics.answered(dialect.kind, given.status, perf_counter() - began)

        return self.door.hand_in(arrival, told)
