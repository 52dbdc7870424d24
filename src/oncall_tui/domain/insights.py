"""What a stretch of time was like: how fast people took incidents, how often somebody was interrupted, and when.

An interruption counts by the hour of whoever was interrupted (CONTRACTS, analytics): business Monday to Friday 08-18,
off hours the evening until 22 and the weekend's day, sleep the rest. Several pages of one person for one incident in
one minute are one interruption, and mail is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean, median
from zoneinfo import ZoneInfo

from oncall_tui.domain.time.walltime import wall

_SATURDAY = 5
_DAY_BEGINS, _WORK_ENDS, _DAY_ENDS = 8, 18, 22


class Hours(StrEnum):
    """The kind of hour in which somebody was interrupted."""

    BUSINESS = "business"
    OFF = "off hours"
    SLEEP = "sleep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An incident as far as the figures need it."""

    number: int
    service: str
    title: str
    opened_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    alerts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """A page that went to a person by something louder than mail; `zone` is that person's."""

    user: str
    number: int
    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How long something took: how often it came to it, and mean and median. None where it never did."""

    count: int
    mean: timedelta | None
    median: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePast:
    """What a service brought: incidents, how fast they were acknowledged (MTTA) and resolved (MTTR), and the titles
    that came most often."""

    service: str
    incidents: int
    open: int
    acknowledge: Speed
    resolve: Speed
    often: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPast:
    """How often a person was interrupted, by kind of hour, and on how many nights."""

    user: str
    business: int
    off_hours: int
    sleep: int
    nights: int

    @property
    def total(self) -> int:
        """All interruptions."""
        return self.business + self.off_hours + self.sleep


def hours_of(at: datetime, zone: ZoneInfo) -> Hours:
    """The kind of hour that an instant is for somebody in this zone."""
    here = wall(at, zone)
    if not _DAY_BEGINS <= here.hour < _DAY_ENDS:
        return Hours.SLEEP
    if here.weekday() < _SATURDAY and here.hour < _WORK_ENDS:
        return Hours.BUSINESS
    return Hours.OFF


def by_service(past: Iterable[Past], *, often: int = 5) -> tuple[ServicePast, ...]:
    """Each service's figures, the busiest first."""
    grouped: defaultdict[str, list[Past]] = defaultdict(list)
    for one in past:
        grouped[one.service].append(one)
    rows = [_service(service, found, often) for service, found in grouped.items()]
    return tuple(sorted(rows, key=lambda row: (-row.incidents, row.service)))


def overall(past: Sequence[Past], *, often: int = 5) -> ServicePast:
    """The figures of all services together."""
    return _service("", past, often)


def by_person(interruptions: Iterable[Interruption]) -> tuple[PersonPast, ...]:
    """Each person's interruptions, the most interrupted first."""
    zones: dict[str, ZoneInfo] = {}
    minutes: defaultdict[str, set[tuple[int, datetime]]] = defaultdict(set)
    for one in interruptions:
        zones[one.user] = one.zone
        minutes[one.user].add((one.number, one.at.replace(second=0, microsecond=0)))
    rows = [_person(user, found, zones[user]) for user, found in minutes.items()]
    return tuple(sorted(rows, key=lambda row: (-row.total, row.user)))


def _person(user: str, found: set[tuple[int, datetime]], zone: ZoneInfo) -> PersonPast:
    kinds = [(hours_of(at, zone), at) for _, at in found]
    asleep = [at for kind, at in kinds if kind is Hours.SLEEP]
    return PersonPast(
        user=user,
        business=sum(kind is Hours.BUSINESS for kind, _ in kinds),
        off_hours=sum(kind is Hours.OFF for kind, _ in kinds),
        sleep=len(asleep),
        # A night belongs to the evening it began in.
        nights=len({(wall(at, zone) - timedelta(hours=_DAY_BEGINS)).date() for at in asleep}),
    )


def _service(service: str, found: Sequence[Past], often: int) -> ServicePast:
    titles: defaultdict[str, int] = defaultdict(int)
    for one in found:
        titles[one.title] += 1
    ranked = sorted(titles.items(), key=lambda item: (-item[1], item[0]))
    return ServicePast(
        service=service,
        incidents=len(found),
        open=sum(one.resolved_at is None for one in found),
        acknowledge=_speed([one.acknowledged_at - one.opened_at for one in found if one.acknowledged_at is not None]),
        resolve=_speed([one.resolved_at - one.opened_at for one in found if one.resolved_at is not None]),
        often=tuple(ranked[:often]),
    )


def _speed(spans: Sequence[timedelta]) -> Speed:
    seconds = [span.total_seconds() for span in spans]
    if not seconds:
        return Speed(count=0, mean=None, median=None)
    return Speed(count=len(seconds), mean=timedelta(seconds=fmean(seconds)), median=timedelta(seconds=median(seconds)))
