"""When pages to one contact become one message (RULES, Reaching a person: Digest)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.time.durations import parse_duration

Page = TypeVar("Page")

FIRST_ALONE_FROM = Severity.CRITICAL
"""From this severity on the first page that a contact gets of an incident goes out by itself, whatever its limit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many messages within any span of this length."""

    count: int
    window: timedelta


def parse_limit(text: str) -> Limit:
    """The limit that `10/5m` names. Raises Invalid."""
    count, slash, window = text.replace(" ", "").partition("/")
    if not slash or not count.isascii() or not count.isdigit() or not 1 <= int(count[:5]) <= 9999:
        raise Invalid(f"'{text[:40]}' is no limit", mend="write it like 10/5m")
    span = parse_duration(window)
    if not span:
        raise Invalid("a limit's span must be longer than nothing", mend="write it like 10/5m")
    return Limit(int(count), span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundling:
    """How long a digest collects, from when its first page was due: with the way to its reader never more than 60 s.

    A page that could not go out for `stale_after` is stale: a contact's stale pages become one digest at once, but for
    the first pages of critical incidents, of which up to `critical_alone` still go alone.
    """

    collect: timedelta = timedelta(seconds=50)
    stale_after: timedelta = timedelta(minutes=5)
    critical_alone: int = 5

    def goes_at(self, due_at: datetime, now: datetime) -> datetime:
        """When a digest whose first page was due at `due_at` goes out."""
        return max(now, due_at + self.collect)

    def is_stale(self, created_at: datetime, now: datetime) -> bool:
        """Whether the page has waited too long to be told as if it were new."""
        return now - created_at >= self.stale_after

    def together(self, stale: Sequence[Page], critical_firsts: Collection[Page]) -> tuple[Page, ...]:
        """Which of a contact's stale pages, in order of importance, go out as one digest; none when it would be one."""
        alone = [page for page in stale if page in critical_firsts][: self.critical_alone]
        rest = tuple(page for page in stale if page not in alone)
        return rest if len(rest) > 1 else ()


BUNDLING = Bundling()
