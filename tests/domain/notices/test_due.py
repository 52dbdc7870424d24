"""When notices fall due: instants worked out by hand, across both changes of the clocks; and what always holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.directory.people import ContactMethod, NotificationRule, User
from oncall_tui.domain.notices import (
    SILENT,
    ChannelNotice,
    Handoff,
    Moment,
    ScheduleNotices,
    contacts_for,
    due_in,
    look_again_at,
    worth_sending,
)
from oncall_tui.domain.schedules import FixedShift, Layer, Override, Restriction, Rotation, Schedule, resolve
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.time.durations import parse_turn

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USUAL = ScheduleNotices()


def utc(day: int, hour: int, minute: int = 0, *, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def weekly(zone: str, start: datetime, *users: str, every: str = "1w") -> Schedule:
    slots = tuple((user,) for user in users)
    rotation = Rotation(slots=slots, start=start.replace(tzinfo=None), every=parse_turn(every))
    return Schedule(name="s", timezone=zone, layers=(Layer(name="w", rotation=rotation),))


def told(schedule: Schedule, notices: ScheduleNotices, since: datetime, until: datetime) -> list[tuple[object, ...]]:
    due = due_in(schedule, notices, since, until)
    return [(one.due_at, one.user, one.moment.value, one.boundary) for one in due.shifts]


def test_a_week_across_the_spring_change_in_lisbon() -> None:
    """Handoff on Sundays at 09:00. On 2026-03-29 at 01:00Z Lisbon goes to +01:00: 22 March is 09:00Z, 29 March 08:00Z.

    A day before is 24 hours before: 28 March, 08:00Z, which is 08:00 on the wall.
    """
    schedule = weekly("Europe/Lisbon", utc(22, 9, month=3), "ana", "bo")
    handoff = utc(29, 8, month=3)
    assert told(schedule, USUAL, utc(22, 9, 30, month=3), utc(30, 0, month=3)) == [
        (utc(28, 8, month=3), "bo", "before", handoff),
        (utc(29, 7, month=3), "bo", "before", handoff),
        (handoff, "ana", "end", handoff),
        (handoff, "bo", "start", handoff),
    ]


def test_a_week_across_the_autumn_change_in_lisbon() -> None:
    """On 2026-10-25 at 01:00Z Lisbon goes back: the handoff at 09:00 is 09:00Z, a week before it was 08:00Z."""
    schedule = weekly("Europe/Lisbon", utc(18, 9, month=10), "ana", "bo")
    handoff = utc(25, 9, month=10)
    assert told(schedule, USUAL, utc(18, 8, month=10), utc(25, 10, month=10)) == [
        (utc(18, 8, month=10), "ana", "start", utc(18, 8, month=10)),
        (utc(24, 9, month=10), "bo", "before", handoff),
        (utc(25, 8, month=10), "bo", "before", handoff),
        (handoff, "ana", "end", handoff),
        (handoff, "bo", "start", handoff),
    ]


def test_a_handoff_in_the_skipped_hour_is_told_of_at_the_end_of_the_gap() -> None:
    """02:30 is skipped in Berlin on 2026-03-29: the handoff is at 03:00 there, 01:00Z; an hour before is 00:00Z."""
    schedule = weekly("Europe/Berlin", datetime(2026, 3, 28, 2, 30), "ana", "bo", every="1d")
    only = ScheduleNotices(Handoff(before=(HOUR,), end=False))
    assert told(schedule, only, utc(28, 12, month=3), utc(29, 12, month=3)) == [
        (utc(29, 0, month=3), "bo", "before", utc(29, 1, month=3)),
        (utc(29, 1, month=3), "bo", "start", utc(29, 1, month=3)),
    ]


def test_the_ends_of_a_span_belong_to_one_span_only() -> None:
    schedule = weekly("UTC", utc(5, 9), "ana", "bo")
    handoff = utc(12, 9)
    before, after = told(schedule, USUAL, utc(12, 0), handoff), told(schedule, USUAL, handoff, utc(12, 12))
    assert [kind for _, _, kind, _ in before] == ["before"]
    assert [kind for _, _, kind, _ in after] == ["end", "start"]


def test_a_shift_that_merely_goes_on_has_no_end() -> None:
    """One person in both slots, a restriction of twice twelve hours, fixed shifts that touch: nothing is told."""
    alone = weekly("UTC", utc(5, 9), "ana", "ana")
    halves = (
        Restriction(tuple(range(7)), timedelta(0), 12 * HOUR),
        Restriction(tuple(range(7)), 12 * HOUR, timedelta(0)),
    )
    halved = Schedule(
        name="s",
        timezone="UTC",
        layers=(Layer(name="w", rotation=alone.layers[0].rotation, restrict=halves),),
    )
    for schedule in (alone, halved):
        assert told(schedule, USUAL, utc(6, 0), utc(20, 0)) == []
    touching = tuple(FixedShift("ana", utc(day, 0), utc(day + 1, 0)) for day in (6, 7, 8))
    fixed = Schedule(name="s", timezone="UTC", layers=(Layer(name="f", shifts=touching),))
    assert [(kind, at) for at, _, kind, _ in told(fixed, USUAL, utc(5, 12), utc(10, 0))] == [
        ("before", utc(5, 23)),
        ("start", utc(6, 0)),
        ("end", utc(9, 0)),
    ]


def test_an_override_makes_ends_of_its_own() -> None:
    schedule = weekly("UTC", utc(5, 9), "ana")
    covered = Schedule(
        name="s",
        timezone="UTC",
        layers=schedule.layers,
        overrides=(Override(start=utc(6, 10), end=utc(6, 12), users=("bo",), replaces="ana"),),
    )
    plain = ScheduleNotices(Handoff(before=()))
    assert told(covered, plain, utc(6, 0), utc(7, 0)) == [
        (utc(6, 10), "ana", "end", utc(6, 10)),
        (utc(6, 10), "bo", "start", utc(6, 10)),
        (utc(6, 12), "ana", "start", utc(6, 12)),
        (utc(6, 12), "bo", "end", utc(6, 12)),
    ]


def test_a_clock_time_keeps_its_wall_time_and_its_days() -> None:
    """09:00 in Lisbon on Mondays and Fridays: 09:00Z until 28 March, 08:00Z from then on."""
    notice = ChannelNotice(1, "room", at=9 * HOUR, days=(0, 4))
    schedule = weekly("Europe/Lisbon", utc(2, 9, month=3), "ana")
    due = due_in(schedule, ScheduleNotices(SILENT, (notice,)), utc(26, 0, month=3), utc(1, 0, month=4))
    assert [one.due_at for one in due.channels] == [utc(27, 9, month=3), utc(30, 8, month=3)]


def test_a_clock_time_that_is_skipped_or_repeated_is_told_once() -> None:
    """Berlin: 02:30 on 29 March is skipped, told at 01:00Z; on 25 October it comes at 00:30Z and again at 01:30Z."""
    told_at = ScheduleNotices(SILENT, (ChannelNotice(1, "room", at=timedelta(hours=2, minutes=30)),))
    schedule = weekly("Europe/Berlin", utc(2, 9, month=3), "ana")
    spring = due_in(schedule, told_at, utc(28, 12, month=3), utc(29, 12, month=3))
    autumn = due_in(schedule, told_at, utc(24, 12, month=10), utc(25, 12, month=10))
    assert [one.due_at for one in spring.channels] == [utc(29, 1, month=3)]
    assert [one.due_at for one in autumn.channels] == [utc(25, 0, 30, month=10)]


def test_nothing_is_told_on_a_date_that_a_zone_skips() -> None:
    """Apia had no 30 December 2011: 09:00 on the 29th is 19:00Z that day, 09:00 on the 31st 19:00Z on the 30th."""
    told_at = ScheduleNotices(SILENT, (ChannelNotice(1, "room", at=9 * HOUR),))
    schedule = Schedule(name="s", timezone="Pacific/Apia", layers=(Layer(name="f", shifts=()),))
    due = due_in(schedule, told_at, datetime(2011, 12, 29, tzinfo=UTC), datetime(2011, 12, 31, tzinfo=UTC))
    assert [one.due_at for one in due.channels] == [
        datetime(2011, 12, 29, 19, tzinfo=UTC),
        datetime(2011, 12, 30, 19, tzinfo=UTC),
    ]


def test_a_channel_is_told_of_every_change_once() -> None:
    room = ScheduleNotices(SILENT, (ChannelNotice(1, "room"),))
    due = due_in(weekly("UTC", utc(5, 9), "ana", "bo"), room, utc(5, 9), utc(20, 0))
    assert [one.due_at for one in due.channels] == [utc(5, 9), utc(12, 9), utc(19, 9)]
    assert len({one.key for one in due.channels}) == 3


def test_a_broken_schedule_tells_nobody_anything() -> None:
    broken = Schedule(name="s", timezone="broken: x")
    room = ScheduleNotices(channels=(ChannelNotice(1, "room"), ChannelNotice(2, "board", at=9 * HOUR)))
    assert due_in(broken, room, utc(5, 0), utc(20, 0)).first_at is None
    assert look_again_at(broken, room, utc(5, 0)) == utc(13, 0)


def test_it_says_when_to_look_again() -> None:
    schedule = weekly("UTC", utc(5, 9), "ana", "bo")
    assert look_again_at(schedule, USUAL, utc(5, 10)) == utc(11, 9)
    assert look_again_at(schedule, USUAL, utc(11, 9)) == utc(11, 9)
    assert look_again_at(schedule, ScheduleNotices(SILENT), utc(5, 10)) == utc(13, 10)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(11, 9, 5), [("before", 24)]),  # a day before, a little late
        (utc(12, 8, 30), [("before", 1)]),  # the earlier announcement is not repeated
        (utc(12, 9, 0), [("start", 0)]),
        (utc(15, 0), [("start", 0)]),  # three days late: still on call
        (utc(19, 10), [("end", 0)]),  # the shift is over, and it was told nothing of it
        (utc(19, 22), []),  # too long over
    ],
)
def test_what_is_overdue_is_told_as_it_is_now(now: datetime, expected: list[tuple[str, int]]) -> None:
    schedule = weekly("UTC", utc(5, 9), "ana", "bo")
    due = due_in(schedule, USUAL, utc(10, 0), now + timedelta(seconds=1))
    sent = worth_sending(schedule, due, now)
    assert [(one.moment.value, one.ahead / HOUR) for one in sent.shifts if one.user == "bo"] == expected


def test_who_is_on_call_again_is_not_told_of_an_end() -> None:
    schedule = weekly("UTC", utc(5, 9), "ana", "bo", every="1d")
    due = due_in(schedule, ScheduleNotices(Handoff(before=())), utc(6, 0), utc(7, 10))
    sent = worth_sending(schedule, due, utc(7, 10))
    assert [(one.user, one.moment) for one in sent.shifts] == [("ana", Moment.START), ("bo", Moment.END)]


def test_a_clock_time_long_past_is_not_told() -> None:
    notice = ScheduleNotices(SILENT, (ChannelNotice(1, "room", at=9 * HOUR),))
    schedule = weekly("UTC", utc(5, 9), "ana")
    for now, count in ((utc(8, 14, 59), 1), (utc(8, 15), 0)):
        due = due_in(schedule, notice, utc(6, 0), now)
        assert len(worth_sending(schedule, due, now).channels) == count


def test_where_a_persons_notices_go() -> None:
    push, mail, old = ContactMethod("push"), ContactMethod("mail"), ContactMethod("old", enabled=False)

    def of(*rules: NotificationRule) -> tuple[str, ...]:
        return contacts_for(User(username="ana", contacts=(old, push, mail), rules=rules))

    assert of() == ("push",)
    assert of(NotificationRule("mail", urgency=Urgency.LOW)) == ("mail",)
    assert of(NotificationRule("push", urgency=Urgency.HIGH), NotificationRule("mail", 5 * HOUR)) == ("push",)
    assert of(NotificationRule("mail"), NotificationRule("push"), NotificationRule("mail")) == ("mail", "push")
    assert of(NotificationRule("old")) == ("push",)
    assert contacts_for(User(username="ana", contacts=(old,))) == ()


SPANS = st.lists(
    st.tuples(st.sampled_from(["ana", "bo", "cy"]), st.integers(0, 200), st.integers(1, 60)), min_size=1, max_size=12
)


@given(spans=SPANS, cuts=st.lists(st.integers(-30, 300), max_size=6), before=st.sets(st.integers(1, 30), max_size=3))
def test_every_end_of_every_shift_is_told_once_however_time_is_cut(
    spans: list[tuple[str, int, int]], cuts: list[int], before: set[int]
) -> None:
    origin = utc(5, 0)
    shifts = tuple(FixedShift(user, origin + at * HOUR, origin + (at + long) * HOUR) for user, at, long in spans)
    schedule = Schedule(
        name="s",
        timezone="UTC",
        layers=tuple(Layer(name=f"{place}", priority=0, shifts=(shift,)) for place, shift in enumerate(shifts)),
    )
    notices = ScheduleNotices(Handoff(before=tuple(hours * HOUR for hours in before)))
    edges = sorted({-40, 300, *cuts})
    found = [
        one
        for since, until in pairwise(edges)
        for one in due_in(schedule, notices, origin + since * HOUR, origin + until * HOUR).shifts
    ]
    wanted = {
        (shift.user, moment, boundary, ahead)
        for shift in resolve(schedule, origin - 40 * HOUR, origin + 300 * HOUR).shifts
        for moment, boundary, ahead in (
            (Moment.START, shift.start, timedelta(0)),
            (Moment.END, shift.end, timedelta(0)),
            *((Moment.BEFORE, shift.start, hours * HOUR) for hours in before),
        )
    }
    assert {(one.user, one.moment, one.boundary, one.ahead) for one in found} == wanted
    assert len({one.key for one in found}) == len(found) == len(wanted)
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)
    assert all(one.due_at == one.boundary - one.ahead for one in found)
