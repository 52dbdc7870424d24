"""What of a schedule is looked at, how near, and in whose time; and how the cursor moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oncall_tui.domain.time.walltime import instant, wall

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Schedule
    from oncall_tui.domain.schedules.clashes import Leave

DAYS = 7
HOUR = timedelta(hours=1)


class Zoom(StrEnum):
    """From far to near."""

    MONTH = "month"
    BOTH = "month and week"
    WEEK = "week"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Look:
    """What of a schedule is looked at: the instant under the cursor, and the zone in which days are days.

    `others` are all the schedules there are, in which somebody may be on call at the same time; `whose` the zone is.
    """

    schedule: Schedule
    cursor: datetime
    zone: ZoneInfo
    now: datetime
    zoom: Zoom = Zoom.BOTH
    others: tuple[Schedule, ...] = ()
    leave: tuple[Leave, ...] = field(default=())
    whose: str = ""

    @property
    def day(self) -> date:
        """The local date under the cursor."""
        return wall(self.cursor, self.zone).date()

    @property
    def monday(self) -> date:
        """The Monday of the week under the cursor."""
        return self.day - timedelta(days=self.day.weekday())

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the timeline."""
        if self.zoom is Zoom.DAY:
            return (self.day,)
        return tuple(self.monday + timedelta(days=offset) for offset in range(DAYS))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which this day begins in this zone."""
    return instant(datetime.combine(day, time()), zone)


def moved(cursor: datetime, zone: ZoneInfo, *, hours: int = 0, days: int = 0) -> datetime:
    """The cursor some hours on, or at the same time of some days on; on a full hour of the zone's clock."""
    if hours:
        local = wall(cursor, zone)
        over = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        full = cursor - over
        return full + hours * HOUR if hours > 0 or not over else full + (hours + 1) * HOUR
    return instant(wall(cursor, zone) + timedelta(days=days), zone)


def edges_of(look: Look) -> list[datetime]:
    """The instants at which the timeline's days begin, and its end."""
    days = look.days
    return [midnight(day, look.zone) for day in (*days, days[-1] + timedelta(days=1))]
