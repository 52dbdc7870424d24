"""What falls due in a span of time: the resolver's shifts have ends, and the ends have notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from oncall_tui.domain.notices.values import (
    ChannelNotice,
    Due,
    DueToChannel,
    Handoff,
    Moment,
    ScheduleNotices,
    ShiftNotice,
)
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, Shift, resolve
from oncall_tui.domain.time.walltime import instant, wall, zone

LOOKS = (timedelta(days=2), timedelta(days=8))
"""How far ahead the next due instant is looked for, first near by and then once more."""
_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)


def due_in(schedule: Schedule, notices: ScheduleNotices, since: datetime, until: datetime) -> Due:
    """Every notice of the schedule that falls due in [since, until). A broken schedule tells nobody anything.

    A shift that merely goes on has no end: the resolver has joined touching spans of one person.
    """
    if since >= until or notices.silent:
        return Due()
    ahead = max((_INSTANT, *notices.handoff.before))
    try:
        shifts = resolve(schedule, since - _INSTANT, until + ahead).shifts
        people = sorted(_of_people(schedule, notices.handoff, shifts, since, until), key=_order)
        channels = sorted(
            (one for notice in notices.channels for one in _of_channel(schedule, notice, shifts, since, until)),
            key=lambda one: (one.due_at, one.notice.channel),
        )
    except BrokenSchedule:
        return Due()
    return Due(tuple(people), tuple(channels))


def look_again_at(schedule: Schedule, notices: ScheduleNotices, since: datetime) -> datetime:
    """An instant from `since` on before which nothing falls due: that of the first notice, or a week from now."""
    for look in LOOKS:
        found = due_in(schedule, notices, since, since + look).first_at
        if found is not None:
            return found
    return since + LOOKS[-1]


def _of_people(
    schedule: Schedule, handoff: Handoff, shifts: tuple[Shift, ...], since: datetime, until: datetime
) -> Iterator[ShiftNotice]:
    # The first microsecond and what lies beyond `until` were laid out to tell a start or an end from the span's own.
    for shift in shifts:
        if shift.start >= since:
            for ahead in dict.fromkeys(handoff.before):
                if since <= shift.start - ahead < until:
                    yield ShiftNotice(
                        schedule=schedule.name,
                        user=shift.user,
                        moment=Moment.BEFORE,
                        boundary=shift.start,
                        due_at=shift.start - ahead,
                        ahead=ahead,
                    )
            if handoff.start and shift.start < until:
                yield _at(schedule, shift.user, Moment.START, shift.start)
        if handoff.end and since <= shift.end < until:
            yield _at(schedule, shift.user, Moment.END, shift.end)


def _at(schedule: Schedule, user: str, moment: Moment, boundary: datetime) -> ShiftNotice:
    return ShiftNotice(schedule=schedule.name, user=user, moment=moment, boundary=boundary, due_at=boundary)


def _of_channel(
    schedule: Schedule, notice: ChannelNotice, shifts: tuple[Shift, ...], since: datetime, until: datetime
) -> Iterator[DueToChannel]:
    if notice.at is None:
        changes = {edge for shift in shifts for edge in (shift.start, shift.end) if since <= edge < until}
        yield from (DueToChannel(schedule.name, notice, at) for at in changes)
        return
    local = zone(schedule.timezone)
    day = wall(since, local).replace(hour=0, minute=0, second=0, microsecond=0) - _DAY
    last = wall(until, local)
    while day <= last:
        told = day + notice.at
        at = instant(told, local)
        # On a date that the zone skips as a whole there is nothing to tell.
        if day.weekday() in notice.days and since <= at < until and wall(at, local).date() == told.date():
            yield DueToChannel(schedule.name, notice, at)
        day += _DAY


def _order(one: ShiftNotice) -> tuple[datetime, str, str]:
    return one.due_at, one.user, one.moment
