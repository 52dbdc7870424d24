"""Heartbeats: when a sign of life is expected, when its absence is a problem, and what a sign means.

A sign is expected one interval after the last, or at the next tick of a cron text in its zone; it is late when the
grace has passed, too. Nobody is believed late for a sign that could not have reached us: whoever was away owes room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from oncall_tui.domain.schedules.cron import Ticks
from oncall_tui.domain.time.walltime import zone

AGAIN = timedelta(minutes=30)
"""How often one that stays away is reported anew: somebody may have resolved its incident by hand."""

MOST_ROOM = timedelta(hours=1)
"""How long after our return a sign is waited for at the most, its grace apart."""


class Signal(StrEnum):
    """What a job says of itself."""

    START = "start"
    SUCCESS = "success"
    FAIL = "fail"
    LOG = "log"  # kept, and means nothing


class Health(StrEnum):
    """What is known of a job."""

    WAITING = "waiting"  # nothing was heard yet
    UP = "up"
    LATE = "late"
    FAILED = "failed"


UNWELL = frozenset({Health.LATE, Health.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When signs are expected: every so often, or by a cron text in a zone; and how late they may be."""

    every: timedelta | None = None
    cron: str | None = None
    timezone: str = "UTC"
    grace: timedelta = timedelta(0)

    def expected_after(self, at: datetime) -> datetime:
        """The instant, strictly after this one, at which the next sign is expected."""
        if self.cron is None:
            assert self.every is not None, "a heartbeat is expected by every or by cron"
            return at + self.every
        return next(_ticks(self.cron, self.timezone, at.astimezone(UTC).year).after(at))

    def due_after(self, at: datetime) -> datetime:
        """The instant at which the next sign after this instant is late."""
        return self.expected_after(at) + self.grace


@lru_cache(maxsize=256)
def _ticks(cron: str, timezone: str, year: int) -> Ticks:
    return Ticks(cron, zone(timezone), year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One heartbeat's life: its health since when, when it is late next, and the run that has begun, if one has.

    `due_at` is None while it was not reckoned: a new heartbeat, or one whose rhythm has changed. `excused` says for
    which absence of ours it got more time.
    """

    health: Health = Health.WAITING
    since: datetime | None = None
    due_at: datetime | None = None
    started_at: datetime | None = None
    excused: tuple[datetime, datetime] | None = None


def watched(beat: Beat, rhythm: Rhythm, now: datetime) -> Beat:
    """The heartbeat with its next due instant reckoned from now."""
    return replace(beat, due_at=rhythm.due_after(now), since=beat.since or now)


def heard(beat: Beat, rhythm: Rhythm, signal: Signal, now: datetime) -> Beat:
    """What a sign makes of the heartbeat.

    A run that has started must end within the grace, if there is one, also before the next sign is expected. A start
    says nothing of the run before it: who is late or failed stays so until a success.
    """
    if beat.due_at is None:
        beat = watched(beat, rhythm, now)
    match signal:
        case Signal.SUCCESS | Signal.FAIL:
            health = Health.UP if signal is Signal.SUCCESS else Health.FAILED
            since = beat.since if beat.health is health else now
            return Beat(health=health, since=since, due_at=rhythm.due_after(now))
        case Signal.START if beat.health not in UNWELL and rhythm.grace and beat.due_at is not None:
            return replace(beat, started_at=now, due_at=min(beat.due_at, now + rhythm.grace))
        case Signal.START:
            return replace(beat, started_at=now)
        case _:  # a line of its log
            return beat


def missed(beat: Beat, now: datetime) -> Beat:
    """The heartbeat as late from its due instant on; it is looked at again in half an hour."""
    since = beat.since if beat.health is Health.LATE else now
    return replace(beat, health=Health.LATE, since=since, due_at=now + AGAIN)


def muted(beat: Beat, until: datetime, now: datetime) -> Beat:
    """The heartbeat that a silence keeps quiet until then: looked at again at its end, in half an hour at most."""
    again = min(until, now + AGAIN)
    return replace(beat, due_at=again if beat.due_at is None else min(beat.due_at, again))


def excused(beat: Beat, rhythm: Rhythm, away: tuple[datetime, datetime]) -> Beat:
    """The heartbeat after an absence of ours, from when to now: one that may have reported meanwhile gets room.

    That is until the next sign is expected, an hour at the most, and the grace from then on.
    """
    returned = away[1]
    room = min(rhythm.expected_after(returned), returned + MOST_ROOM) + rhythm.grace
    if beat.health in UNWELL or beat.due_at is None or beat.due_at >= room:
        return beat
    if beat.due_at - rhythm.grace >= returned:
        return beat  # it is expected only now that we are back
    return replace(beat, due_at=room, excused=away)
