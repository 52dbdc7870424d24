"""Figures of the past, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_tui.domain.insights import Hours, Interruption, Past, by_person, by_service, hours_of, overall

LISBON = ZoneInfo("Europe/Lisbon")
T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


def past(number: int, service: str = "web", *, acked: int | None = None, resolved: int | None = None) -> Past:
    """An incident opened at T0, acknowledged and resolved so many minutes later."""
    return Past(
        number=number,
        service=service,
        title="5xx" if number % 2 else "slow",
        opened_at=T0,
        acknowledged_at=T0 + timedelta(minutes=acked) if acked is not None else None,
        resolved_at=T0 + timedelta(minutes=resolved) if resolved is not None else None,
    )


@pytest.mark.parametrize(
    ("wall", "kind"),
    [
        ((2026, 3, 2, 7, 59), Hours.SLEEP),
        ((2026, 3, 2, 8, 0), Hours.BUSINESS),
        ((2026, 3, 2, 17, 59), Hours.BUSINESS),
        ((2026, 3, 2, 18, 0), Hours.OFF),
        ((2026, 3, 2, 21, 59), Hours.OFF),
        ((2026, 3, 2, 22, 0), Hours.SLEEP),
        ((2026, 3, 7, 12, 0), Hours.OFF),  # a Saturday
        ((2026, 3, 8, 23, 0), Hours.SLEEP),
    ],
)
def test_an_hour_is_of_the_kind_it_is_where_the_person_is(wall: tuple[int, ...], kind: Hours) -> None:
    assert hours_of(datetime(*wall, tzinfo=LISBON), LISBON) is kind  # type: ignore[misc, arg-type]  # five numbers


def test_the_same_instant_is_work_in_one_place_and_sleep_in_another() -> None:
    assert hours_of(T0, LISBON) is Hours.BUSINESS
    assert hours_of(T0, ZoneInfo("America/New_York")) is Hours.SLEEP  # 04:00


def test_means_and_medians_of_what_came_to_it() -> None:
    row = overall([past(1, acked=1, resolved=10), past(2, acked=3, resolved=30), past(3, acked=8), past(4)])
    assert (row.incidents, row.open) == (4, 2)
    assert (row.acknowledge.count, row.acknowledge.mean, row.acknowledge.median) == (
        3,
        timedelta(minutes=4),
        timedelta(minutes=3),
    )
    assert (row.resolve.count, row.resolve.mean) == (2, timedelta(minutes=20))
    assert row.often == (("5xx", 2), ("slow", 2))


def test_nothing_came_of_it_yet() -> None:
    row = overall([past(1)])
    assert (row.acknowledge.mean, row.resolve.median) == (None, None)
    assert overall([]).incidents == 0


def test_services_come_busiest_first() -> None:
    rows = by_service([past(1, "a"), past(2, "b"), past(3, "b"), past(4, "c")])
    assert [(row.service, row.incidents) for row in rows] == [("b", 2), ("a", 1), ("c", 1)]


def test_several_channels_in_a_minute_are_one_interruption_and_a_night_is_one_night() -> None:
    night = datetime(2026, 3, 3, 23, 30, 10, tzinfo=UTC)
    after_midnight = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
    found = [
        Interruption(user="ana", number=1, at=night, zone=LISBON),
        Interruption(user="ana", number=1, at=night + timedelta(seconds=30), zone=LISBON),  # her phone, as well
        Interruption(user="ana", number=2, at=night, zone=LISBON),
        Interruption(user="ana", number=3, at=after_midnight, zone=LISBON),
        Interruption(user="ana", number=4, at=T0, zone=LISBON),
        Interruption(user="bo", number=4, at=T0, zone=LISBON),
    ]
    ana, bo = by_person(found)
    assert (ana.user, ana.business, ana.off_hours, ana.sleep, ana.nights, ana.total) == ("ana", 1, 0, 3, 1, 4)
    assert (bo.user, bo.total, bo.nights) == ("bo", 1, 0)
