"""Incidents under a virtual clock: timers fire, pages are handed to providers and answered, as the worker does it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.delivery.retrying import next_try
from oncall_tui.domain.errors import Refused
from oncall_tui.domain.incident import Incident, State, advance
from oncall_tui.domain.incident.causes import Cause, Opened, PageResult, Tick
from oncall_tui.domain.incident.effects import CancelPages, Entry, Page, TookTurn
from oncall_tui.domain.incident.timers import looks_again
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World

MOST_PAGES = 10_000
MIDDLE_JITTER = 0.5


class Answer(StrEnum):
    """What a provider says to a page."""

    DELIVERED = "delivered"
    LATER = "no answer"
    REFUSED = "refused for good"


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page at the instant it is due. A channel's has no user."""

    at: datetime
    incident: int
    page: Page

    @property
    def step(self) -> int:
        """The step it belongs to, counted from 1: what comes before the first, or beside all steps, counts to it."""
        return max(1, self.page.step)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an incident's timeline."""

    at: datetime
    incident: int
    entry: Entry


@dataclass(frozen=True, slots=True, order=True)
class _Send:
    """A page on its way to a provider, tried for the `tries`-th time."""

    at: datetime
    incident: int
    seq: int
    tries: int
    made_at: datetime


Provider = Callable[[Page, datetime], Answer]


class Stage:
    """The incidents of one simulation. It lives inside that simulation only; what it gives away is frozen.

    `provider` answers each page at the instant it is sent; without one nothing is sent and nothing answered.
    """

    def __init__(self, world: World, now: datetime, provider: Provider | None = None) -> None:
        self.world = world
        self.now = now
        self.incidents: dict[int, Incident] = {}
        self.pages: list[DuePage] = []
        self.story: list[Line] = []
        self._provider = provider
        self._due: dict[int, datetime | None] = {}
        self._timers: list[tuple[datetime, int]] = []
        self._sends: list[_Send] = []
        self._made: dict[tuple[int, int], Page] = {}
        self._versions: dict[int, list[tuple[datetime, int]]] = {}

    @property
    def due_at(self) -> datetime | None:
        """The earliest instant at which something happens by itself."""
        while self._timers and self._due[self._timers[0][1]] != self._timers[0][0]:
            heapq.heappop(self._timers)  # a timer that was set anew meanwhile
        heads = [queue[0] for queue in (self._timers,) if queue]
        sends = [self._sends[0].at] if self._sends else []
        return min([at for at, _ in heads] + sends, default=None)

    def open(self, incident: Incident, by: str) -> Incident:
        """Let a new incident open now."""
        self.incidents[incident.number] = incident
        return self.apply(incident.number, Opened(by))

    def apply(self, number: int, cause: Cause) -> Incident:
        """Apply one cause to an incident now; the incident after it. Raises what `advance` raises."""
        done = advance(self.incidents[number], self.world, cause, self.now)
        after = done.incident
        self.incidents[number] = after
        self._versions.setdefault(number, []).append((self.now, after.version))
        if any(isinstance(effect, CancelPages) for effect in done.effects):
            self._sends = [send for send in self._sends if send.incident != number]
            heapq.heapify(self._sends)
        for effect in done.effects:
            if isinstance(effect, Entry):
                self.story.append(Line(self.now, number, effect))
            elif isinstance(effect, Page):
                self._page(number, effect)
            elif isinstance(effect, TookTurn):
                self.world = replace(self.world, turns=effect.kept_in(self.world.turns))
        self._set_timer(number, done.next_due_at)
        return after

    def send(self) -> None:
        """Hand over every page that is due now, and let the engine hear the answers, until none is left."""
        while self._sends and self._sends[0].at <= self.now:
            batch = sorted((send for send in self._sends if send.at <= self.now), key=lambda s: (s.incident, s.seq))
            self._sends = [send for send in self._sends if send.at > self.now]
            heapq.heapify(self._sends)
            for send in batch:
                self._answer(send)

    def play(self, until: datetime) -> None:
        """Let everything happen that falls due before `until`, each at its own instant."""
        while (due := self.due_at) is not None and due < until:
            self.step(due)
        self.now = until

    def step(self, due: datetime) -> None:
        """Let happen what is due next: timers first, then what is to be sent."""
        self.now = max(self.now, due)
        while self._timers and self._timers[0][0] <= self.now:
            at, number = heapq.heappop(self._timers)
            if self._due[number] == at:
                self.apply(number, Tick())
        self.send()

    def change(self, world: World) -> None:
        """Go on in another world: who waits for something to be there, or to end, looks again now."""
        self.world = world
        for number, incident in self.incidents.items():
            if incident.state is not State.RESOLVED and looks_again(incident):
                self._set_timer(number, self.now)

    def version_at(self, number: int, at: datetime) -> int:
        """The incident's version as somebody saw it at an instant; 0 before it was opened.

        Everything of that instant is seen, unless it is this very one: who acts at the same instant as others has seen
        none of it, but for the opening.
        """
        known = self._versions[number]
        if at >= self.now:
            before = [version for when, version in known if when < self.now]
            return before[-1] if before else known[0][1]
        return next((version for when, version in reversed(known) if when <= at), 0)

    def _page(self, number: int, page: Page) -> None:
        if len(self.pages) >= MOST_PAGES:
            raise Refused(
                f"more than {MOST_PAGES} pages are due by {format_instant(self.now)}", mend="let it end sooner"
            )
        self.pages.append(DuePage(self.now, number, page))
        if self._provider is not None:
            self._made[number, page.seq] = page
            heapq.heappush(self._sends, _Send(self.now, number, page.seq, 1, self.now))

    def _answer(self, send: _Send) -> None:
        assert self._provider is not None, "nothing is sent without a provider"
        page = self._made[send.incident, send.seq]
        answer = self._provider(page, self.now)
        delivered = answer is Answer.DELIVERED
        wait = next_try(send.tries, self.now - send.made_at, MIDDLE_JITTER) if answer is Answer.LATER else None
        if wait is not None:
            heapq.heappush(self._sends, replace(send, at=self.now + wait, tries=send.tries + 1))
        result = PageResult(
            seq=page.seq,
            user=page.user,
            contact=page.contact,
            run=page.run,
            step=page.step,
            round=page.round,
            delivered=delivered,
            final=not delivered and wait is None,
            answer=answer.value,
            took=timedelta(0),
            retry_in=wait,
        )
        self.apply(send.incident, result)

    def _set_timer(self, number: int, at: datetime | None) -> None:
        self._due[number] = at
        if at is not None:
            heapq.heappush(self._timers, (at, number))
