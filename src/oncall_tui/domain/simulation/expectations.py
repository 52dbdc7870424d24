"""What a scenario expects of its outcome, and what to say when it is otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from oncall_tui.domain.simulation.driver import Simulated
from oncall_tui.domain.simulation.stage import DuePage
from oncall_tui.domain.time.walltime import format_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLike:
    """Pages of a kind: what is None may be anything. `channel` means those that go to no user.

    `since` is the first instant that counts, `latest` the last, `before` the first that does not count any more.
    """

    user: str | None = None
    channel: bool = False
    contact: str | None = None
    step: int | None = None
    round: int | None = None
    incident: int | None = None
    since: datetime | None = None
    latest: datetime | None = None
    before: datetime | None = None

    def matches(self, due: DuePage) -> bool:
        """Whether this page is one of them."""
        page = due.page
        if self.channel and page.user is not None:
            return False
        wanted = ((self.user, page.user), (self.contact, page.contact), (self.step, due.step))
        more = ((self.round, page.round), (self.incident, due.incident))
        if any(want not in (None, have) for want, have in (*wanted, *more)):
            return False
        not_after = (self.latest is None or due.at <= self.latest) and (self.before is None or due.at < self.before)
        return not_after and (self.since is None or due.at >= self.since)

    def __str__(self) -> str:
        who = self.user or ("a channel" if self.channel else "anybody")
        parts = [f"{who} by {self.contact}" if self.contact else who]
        parts += [f"#{self.incident}"] if self.incident is not None else []
        parts += [f"step {self.step}"] if self.step is not None else []
        parts += [f"round {self.round}"] if self.round is not None else []
        parts += [f"from {format_instant(self.since)}"] if self.since is not None else []
        parts += [f"by {format_instant(self.latest)}"] if self.latest is not None else []
        parts += [f"before {format_instant(self.before)}"] if self.before is not None else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Paged:
    """At least one page of a kind."""

    like: PageLike


@dataclass(frozen=True, slots=True)
class NotPaged:
    """No page of a kind."""

    like: PageLike


@dataclass(frozen=True, slots=True)
class EndsIn:
    """The last incident's state."""

    state: str


@dataclass(frozen=True, slots=True)
class CountsPages:
    """How many pages are due in all."""

    count: int


Expectation = Paged | NotPaged | EndsIn | CountsPages


def failure(expected: Expectation, found: Simulated) -> str | None:
    """Why an expectation does not hold, in a sentence; None when it does."""
    match expected:
        case Paged(like):
            if any(like.matches(due) for due in found.pages):
                return None
            return f"expected a page to {like}: there is none{_nearest(like, found.pages)}"
        case NotPaged(like):
            wrong = [due for due in found.pages if like.matches(due)]
            return f"expected no page to {like}: {_told(wrong[0])}{_and_more(wrong)}" if wrong else None
        case EndsIn(state):
            is_ = found.state or "no incident at all"
            return None if state == is_ else f"expected the state {state} at the end: it is {is_}"
        case CountsPages(count):
            there = len(found.pages)
            return None if count == there else f"expected {count} {_pages(count)}: there {_are(there)} {there}"
        case _:
            assert_never(expected)


def _nearest(like: PageLike, pages: Iterable[DuePage]) -> str:
    """What comes closest: the first page to that user, or that nobody of the name was paged at all."""
    if like.user is None:
        return ""
    first = next((due for due in pages if due.page.user == like.user), None)
    return f"; {_told(first)}" if first is not None else f", and none to {like.user} at all"


def _told(due: DuePage) -> str:
    page = due.page
    who = f"{page.user} by {page.contact}" if page.user else page.contact
    return f"{who} is paged at {format_instant(due.at)}, step {due.step}, round {page.round}"


def _and_more(pages: list[DuePage]) -> str:
    return f", and {len(pages) - 1} more" if len(pages) > 1 else ""


def _pages(count: int) -> str:
    return "page" if count == 1 else "pages"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
