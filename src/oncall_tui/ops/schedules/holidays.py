"""The public holidays of a person's country, as days on which they are away; known by the extra `holidays`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from oncall_tui.domain.directory.people import User
from oncall_tui.domain.schedules.clashes import ON_HOLIDAY, Leave
from oncall_tui.domain.time.walltime import instant, wall, zone

log = logging.getLogger(__name__)

MISSING = "the extra is not installed: pip install 'oncall-tui[holidays]'"
_DAY = timedelta(days=1)


def installed() -> bool:
    """Whether the holidays of countries are known here."""
    return find_spec("holidays") is not None


def known(place: str) -> bool:
    """Whether there is such a country, or part of one: `PT`, `PT-11`. Only to be asked where the extra is installed."""
    try:
        _of(place)
    except NotImplementedError:
        return False
    return True


def holidays_of(users: Iterable[User], start: datetime, end: datetime) -> tuple[Leave, ...]:
    """The holidays that share an instant with [start, end), each a day in the zone of its user, by user and day.

    Users without a country have none. Without the extra nobody has any, which is logged.
    """
    wanted = [user for user in users if user.holidays is not None]
    if wanted and not installed():
        log.warning("holidays are not looked at: %s", MISSING)
        return ()
    return tuple(one for user in wanted for one in _days(user, start, end))


def _days(user: User, start: datetime, end: datetime) -> Iterator[Leave]:
    local = zone(user.timezone)
    day, last = wall(start, local).date(), wall(end, local).date()
    while day <= last:
        name = _year(user.holidays or "", day.year).get(day)
        if name is not None:
            begin = instant(datetime.combine(day, time()), local)
            finish = instant(datetime.combine(day + _DAY, time()), local)
            if begin < end and start < finish:
                yield Leave(user.username, begin, finish, ON_HOLIDAY + name)
        day += _DAY


@lru_cache(maxsize=256)
def _year(place: str, year: int) -> Mapping[date, str]:
    """The holidays of a year by their date, in the country's own language; none for a country that is not known."""
    try:
        return dict(_of(place, year))
    except NotImplementedError:
        log.warning("holidays of %s are not known", place)
        return {}


def _of(place: str, *years: int) -> Mapping[date, str]:
    from holidays import country_holidays  # heavy, and needed only where somebody has named a country

    country, _, part = place.partition("-")
    more: dict[str, Any] = {"subdiv": part} if part else {}
    found = country_holidays(country, **more)
    return country_holidays(country, **more, years=years, language=found.default_language) if years else found
