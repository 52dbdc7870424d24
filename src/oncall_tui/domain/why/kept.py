"""What `why` looks at, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKept:
    """A page as the outbox keeps it, with the last answer of its provider.

    `together` counts the pages of the digest that it is part of.
    """

    at: datetime
    user: str | None
    contact: str
    run: int
    step: int
    round: int
    kind: str
    because: str
    state: str
    finished_at: datetime | None
    due_at: datetime | None = None
    tries: int = 0
    answer: str | None = None
    digest: str | None = None
    together: int = 0


@dataclass(frozen=True, slots=True)
class EntryKept:
    """A line of the timeline."""

    at: datetime
    kind: str
    by: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that was kept of an incident."""

    entries: Sequence[EntryKept]
    pages: Sequence[PageKept]


@dataclass(frozen=True, slots=True)
class Reason:
    """One true sentence, and the instant it speaks of."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a person was paged for an incident, and why, in order of time."""

    user: str
    pages: int
    reasons: tuple[Reason, ...]
