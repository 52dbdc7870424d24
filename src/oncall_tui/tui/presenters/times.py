"""Ages, countdowns and clock times as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 7 * 86400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def age(span: timedelta) -> str:
    """How long ago, in one unit: 12s, 4m, 3h, 6d, 12w. Never negative."""
    seconds = max(0, int(span.total_seconds()))
    for unit, name in ((_WEEK, "w"), (_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= unit and not (name == "w" and seconds < 8 * _WEEK):
            return f"{seconds // unit}{name}"
    return f"{seconds}s"


def countdown(span: timedelta) -> str:
    """How long until: 1:12 within ten minutes, then 31m, 2h05, 3d; `now` when it is due."""
    seconds = int(span.total_seconds())
    if seconds <= 0:
        return "now"
    if 10 * _MINUTE <= seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}:{seconds % _MINUTE:02}"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h{seconds % _HOUR // _MINUTE:02}"
    return f"{seconds // _DAY}d"


def until(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """A time to come as one says it: 17:00 today, Mon 09:00 this week, 3 Mar 09:00 later."""
    local, today = instant.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M}"
    days = (local.date() - today.date()).days
    if days == 0:
        return clock
    if 0 < days < 7:
        return f"{_DAYS[local.weekday()]} {clock}"
    return f"{local.day} {_MONTHS[local.month - 1]} {clock}"


def day_or_clock(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """A time to come in few cells: 17:00 today, Mon this week, 3 Mar later."""
    words = until(instant, now, zone).split(" ")
    return " ".join(words[:-1]) if len(words) > 1 else words[0]


def day(instant: datetime, zone: tzinfo) -> str:
    """Mon 2 Mar."""
    local = instant.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def clock(instant: datetime, zone: tzinfo) -> str:
    """10:02:11."""
    return f"{instant.astimezone(zone):%H:%M:%S}"


def month_name(month: int) -> str:
    """Jan for 1."""
    return _MONTHS[month - 1]


def weekday_name(weekday: int) -> str:
    """Mon for 0."""
    return _DAYS[weekday]
