"""What comes out of `advance`: pages for the outbox, their cancelling, and lines for the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oncall_tui.domain.directory.turns import StepKey, Turn, Turns
from oncall_tui.domain.errors import LostRace


class PageKind(StrEnum):
    """Why somebody is paged."""

    FIRST = "first"  # a step begins
    RULE = "rule"  # a person's later notification rule, or the next contact after a failure
    REMINDER = "reminder"  # still nobody acknowledged
    FALLBACK = "fallback"  # the policy is exhausted or reaches nobody
    ASSIGNED = "assigned"  # somebody handed it over
    URGENT = "urgent"  # low urgency turned high


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Send one page. A channel's page has no user. `seq` counts this incident's pages from 1."""

    seq: int
    user: str | None
    contact: str
    channel: int | None
    run: int
    step: int
    round: int
    kind: PageKind
    because: str


@dataclass(frozen=True, slots=True)
class CancelPages:
    """Take back every page that is not being sent yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline. `by` is a username or an integration, None for the engine."""

    kind: str
    text: str
    by: str | None = None


def came_second(by: str, lost: LostRace) -> Entry:
    """The line that keeps that somebody tried what another had done before."""
    return Entry("refused", f"came second: {lost.sentence}", by)


@dataclass(frozen=True, slots=True, kw_only=True)
class TookTurn:
    """A round robin step chose a person: keep it, if the step has given `count` turns so far, else decide anew."""

    policy: str
    step: int
    user: str
    count: int
    taken: tuple[str, ...]

    def kept_in(self, turns: Turns) -> dict[StepKey, Turn]:
        """The turns once this one is kept."""
        return {**turns, (self.policy, self.step): Turn(self.count + 1, self.taken)}


@dataclass(frozen=True, slots=True)
class RestorePages:
    """Put back what was cancelled since an instant, of the pages up to `seq`: the act that cancelled them is undone."""

    since: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class RecallPages:
    """Take back every page after `seq`; when one of them may have left already, nothing happens at all."""

    seq: int


@dataclass(frozen=True, slots=True)
class ReopenAlerts:
    """Open the alerts again that somebody's resolve closed at this instant."""

    closed_at: datetime
    closed_by: str


Effect = Page | CancelPages | Entry | TookTurn | RestorePages | RecallPages | ReopenAlerts
