"""Shifts as an iCalendar file (RFC 5545), for calendar programs that read it again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from oncall_tui.domain.plaintext import visible
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, Shift, resolve
from oncall_tui.domain.time.walltime import instant, wall, zone
from oncall_tui.ops.schedules.vtimezones import vtimezone

AHEAD = timedelta(days=400)
"""How far a calendar reaches, counted from its start."""
READ_AGAIN = timedelta(hours=1)


def window(now: datetime) -> tuple[datetime, datetime]:
    """What a calendar shows: from the start of last month on. Its edges move once a month, and shifts cut by them."""
    last_month = (now.replace(day=1) - timedelta(days=1)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return last_month, last_month + AHEAD


def calendar_of_user(user: str, timezone: str, schedules: Iterable[Schedule], now: datetime) -> bytes:
    """Everything a person is on call for, in their own zone. A broken schedule is left out."""
    start, end = window(now)
    events: list[Event] = []
    for schedule in sorted(schedules, key=lambda one: one.name):
        try:
            shifts = [shift for shift in resolve(schedule, start, end).shifts if shift.user == user]
        except BrokenSchedule:
            continue
        events += [_event(shift, schedule.name, f"on call: {schedule.name}", zone(timezone), now) for shift in shifts]
    return _calendar(f"{user} on call", events, timezone, start, end)


def calendar_of_schedule(schedule: Schedule, now: datetime) -> bytes:
    """Everybody's shifts of a schedule, in its zone. Raises BrokenSchedule."""
    start, end = window(now)
    shifts = resolve(schedule, start, end).shifts
    local = zone(schedule.timezone)
    events = [_event(shift, schedule.name, f"{shift.user} on call: {schedule.name}", local, now) for shift in shifts]
    return _calendar(f"on call: {schedule.name}", events, schedule.timezone, start, end)


def _calendar(name: str, events: list[Event], timezone: str, start: datetime, end: datetime) -> bytes:
    made = Calendar()
    made.add("prodid", "-//oncall-tui//on call//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", visible(name))
    made.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    # A year before the first event too: a reader then meets no time before the zone's first rule.
    made.add_component(vtimezone(zone(timezone), start - timedelta(days=366), end + timedelta(days=1)))
    for event in events:
        made.add_component(event)
    return bytes(made.to_ical())


def _event(shift: Shift, schedule: str, summary: str, local: ZoneInfo, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{_fingerprint(schedule, shift)}@oncall-tui")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", _moment(shift.start, local))
    event.add("dtend", _moment(shift.end, local))
    event.add("summary", visible(summary))
    event.add("description", visible(", ".join(shift.because)))
    event.add("transp", "TRANSPARENT")
    return event


def _moment(at: datetime, local: ZoneInfo) -> datetime:
    """A local time, so that calendars tell it as people say it; in UTC where the local one would not be exact.

    A wall time that is repeated in autumn always means its first occurrence in iCalendar, as it does here.
    """
    at = at.replace(microsecond=0)
    wall_time = wall(at, local)
    return wall_time.replace(tzinfo=local) if instant(wall_time, local) == at else at.astimezone(UTC)


def _fingerprint(schedule: str, shift: Shift) -> str:
    """The same for a shift that grows or shrinks at its end: calendars then change it instead of adding another."""
    told = "\n".join((schedule, shift.user, shift.start.isoformat()))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
