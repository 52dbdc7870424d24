"""What came of reading a post: events, or why there are none, and the answer that its sender expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from oncall_tui.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request as a dialect sees it: its body in clear (decompressed), its query text, and the key of its path."""

    body: bytes
    query: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Events in the order in which they have to be taken; `key` is the integration key that came with them."""

    events: tuple[Event, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """No event could be made of it: everything that is wrong, at once. `malformed`: not even readable as a payload."""

    errors: tuple[str, ...]
    malformed: bool = False


class Taken(Protocol):
    """What became of one event; incident numbers start at 1."""

    @property
    def number(self) -> int | None: ...

    @property
    def dedup_key(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON object that goes with it."""

    status: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One sender's language: how its posts are read, and how they are answered.

    `read` never raises. `accepted` answers after the commit; `unusable` a payload that no event could be made of;
    `unknown_key` a key that belongs to nothing.
    """

    kind: str
    read: Callable[[Post], Reading | Unusable]
    accepted: Callable[[Sequence[Taken]], Answer]
    unusable: Callable[[Unusable], Answer]
    unknown_key: Callable[[], Answer]
