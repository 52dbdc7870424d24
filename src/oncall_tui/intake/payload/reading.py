"""What came of reading a post: events, or why there are none, and the answer that its sender expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from oncall_tui.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request as a dialect sees it: its body in clear (decompressed), its query text, and the key of its path.

    `headers` have names in lower case; of a repeated one the last counts. `params` are the other parts of the path,
    `path` is the raw one, its percent-encoding untouched.
    """

    body: bytes
    query: str = ""
    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Events in the order in which they have to be taken; `key` is the integration key that came with them.

    `once`: the sender's own number of this post, which it may deliver several times; of those one is taken.
    """

    events: tuple[Event, ...]
    key: str
    once: str | None = None


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
    """An HTTP status and the JSON that goes with it: an object, or a text where the sender's contract has one."""

    status: int
    body: Mapping[str, object] | str


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a gate answers in the door's place; with a reason the post is kept among the rejected."""

    answer: Answer
    rejected: str | None = None


class Gate(Protocol):
    """Looks at posts of a dialect before they are taken, where that needs more than the post itself."""

    async def stopped(self, post: Post) -> Stopped | None:
        """None when the post may be taken."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One sender's language: how its posts are read, and how they are answered.

    `read` never raises. `accepted` answers after the commit; `unusable` a payload that no event could be made of;
    `unknown_key` a key that belongs to nothing. `paths` are those of its own, beside /in/{kind}/{key}; `also_get`:
    its senders may ask by GET. `verify` holds a post against the integration's signing secret: None when it fits, else
    why not; without one its senders don't sign. `limit`: the largest body, in bytes. `key_name`: the field of the body
    that holds the key, where a body does; its senders may show a token in a header that is no key of ours.
    """

    kind: str
    # `mapped` reads by an integration's own mapping of names to JMESPath.
    read: Callable[[Post], Reading | Unusable]
    accepted: Callable[[Sequence[Taken]], Answer]
    unusable: Callable[[Unusable], Answer]
    unknown_key: Callable[[], Answer]
    paths: tuple[str, ...] = ()
    also_get: bool = False
    verify: Callable[[Post, str], str | None] | None = None
    mapped: Callable[[Post, Mapping[str, str]], Reading | Unusable] | None = None
    limit: int = 1 << 20
    key_name: str | None = None
