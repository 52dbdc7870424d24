"""What a schedule tells: to whoever comes on and goes off, and to channels. Values only."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.time.walltime import format_instant

EVERY_DAY = tuple(range(7))


class Moment(StrEnum):
    """Which end of a shift a person is told of."""

    BEFORE = "before"  # it will start
    START = "start"  # it has started
    END = "end"  # it has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """When a person is told of a shift of theirs: so long before its start, at its start, at its end; and whether they
    are told when somebody else has changed their shifts."""

    before: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(hours=1))
    start: bool = True
    end: bool = True
    changes: bool = True


SILENT = Handoff(before=(), start=False, end=False, changes=False)


@dataclass(frozen=True, slots=True)
class ChannelNotice:
    """A channel that is told who is on call: at a wall time of the schedule's zone (`at`, since midnight) on some
    weekdays, Monday = 0; or, without one, whenever that changes."""

    channel: int
    display: str
    at: timedelta | None = None
    days: tuple[int, ...] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class ScheduleNotices:
    """Everything that one schedule tells."""

    handoff: Handoff = field(default_factory=Handoff)
    channels: tuple[ChannelNotice, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether nothing ever falls due."""
        return not (self.handoff.before or self.handoff.start or self.handoff.end or self.channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftNotice:
    """One person is told of one end of a shift, `boundary`; `ahead` is how long before a start."""

    schedule: str
    user: str
    moment: Moment
    boundary: datetime
    due_at: datetime
    ahead: timedelta = timedelta(0)

    @property
    def key(self) -> str:
        """By which it is told once, whoever works it out and how often."""
        return shift_key(self.schedule, self.user, self.moment, self.boundary, self.ahead)


@dataclass(frozen=True, slots=True)
class DueToChannel:
    """A channel is told who is on call."""

    schedule: str
    notice: ChannelNotice
    due_at: datetime

    @property
    def key(self) -> str:
        """By which it is told once."""
        return channel_key(self.schedule, self.notice, self.due_at)


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due in a span, in the order in which it does."""

    shifts: tuple[ShiftNotice, ...] = ()
    channels: tuple[DueToChannel, ...] = ()

    @property
    def first_at(self) -> datetime | None:
        """When the first of them is due."""
        instants = [*(one.due_at for one in self.shifts), *(one.due_at for one in self.channels)]
        return min(instants, default=None)


def shift_key(schedule: str, user: str, moment: Moment, boundary: datetime, ahead: timedelta = timedelta(0)) -> str:
    """The key of what a person is told of one end of a shift."""
    return json.dumps([moment.value, schedule, user, format_instant(boundary), int(ahead.total_seconds())])


def channel_key(schedule: str, notice: ChannelNotice, at: datetime) -> str:
    """The key of what a channel is told for an instant."""
    return json.dumps(["channel" if notice.at is None else "clock", schedule, notice.channel, format_instant(at)])
