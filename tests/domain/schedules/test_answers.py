"""What the resolver says about an instant: who, why, since and until when, and what comes next."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from datetime import timedelta

from oncall_tui.domain.schedules import (
    OnCallNow,
    Segment,
    Stint,
    lanes,
    next_change_at,
    next_on_call_at,
    on_call,
    resolve,
    stint,
    users_on_call,
)
from tests.domain.schedules.makers import fixed, layer, override, schedule, utc

WEEKLY = schedule(layer("ana bo+cy", "2026-01-05T09:00", "1w", name="weekly"))


class TestOnCall:
    """People at an instant."""

    def test_with_reasons_and_the_whole_stint(self) -> None:
        because = ("layer weekly, slot 2 of 2",)
        since, until = utc("2026-01-12T09:00"), utc("2026-01-19T09:00")
        assert on_call(WEEKLY, utc("2026-01-14")) == (
            OnCallNow("bo", because, since, until),
            OnCallNow("cy", because, since, until),
        )
        assert on_call(WEEKLY, utc("2026-01-05T08:59:59")) == ()

    def test_a_start_belongs_to_the_shift_and_an_end_does_not(self) -> None:
        assert users_on_call(WEEKLY, utc("2026-01-12T09:00")) == ("bo", "cy")
        assert users_on_call(WEEKLY, utc("2026-01-12T09:00") - timedelta(microseconds=1)) == ("ana",)

    def test_a_stint_goes_on_through_layers_and_overrides(self) -> None:
        made = replace(WEEKLY, overrides=(override("2026-01-12T09:00", "2026-01-13", users=("ana",)),))
        assert stint(made, "ana", utc("2026-01-06")) == Stint(utc("2026-01-05T09:00"), utc("2026-01-13"))
        (now,) = on_call(made, utc("2026-01-12T12:00"))
        assert (now.because, now.since) == (("override: ana",), utc("2026-01-05T09:00"))
        assert stint(made, "bo", utc("2026-01-06")) is None

    def test_beyond_a_year_it_is_open(self) -> None:
        made = schedule(fixed(("ana", "2020-01-01", "2026-06-01"), ("bo", "2026-01-05", "2030-01-01")))
        ana, bo = on_call(made, utc("2026-01-05"))
        assert (ana.since, ana.until) == (None, utc("2026-06-01"))
        assert (bo.since, bo.until) == (utc("2026-01-05"), None)


class TestNext:
    """The next instant at which something happens."""

    def test_on_call(self) -> None:
        assert next_on_call_at(WEEKLY, utc("2026-01-01")) == utc("2026-01-05T09:00")
        assert next_on_call_at(WEEKLY, utc("2026-01-06")) == utc("2026-01-06")
        assert next_on_call_at(WEEKLY, utc("2026-01-01"), timedelta(days=4)) is None
        assert next_on_call_at(schedule(), utc("2026-01-01")) is None

    def test_change(self) -> None:
        assert next_change_at(WEEKLY, utc("2026-01-01")) == utc("2026-01-05T09:00")
        assert next_change_at(WEEKLY, utc("2026-01-05T09:00")) == utc("2026-01-12T09:00")
        assert next_change_at(WEEKLY, utc("2026-01-06"), timedelta(days=3)) is None
        same = schedule(layer("ana ana", "2026-01-05T09:00"))
        assert next_change_at(same, utc("2026-01-06")) is None


class TestRows:
    """Shifts and lanes."""

    def test_touching_spans_of_one_person_are_one_row_with_every_reason(self) -> None:
        made = schedule(layer("ana ana bo", "2026-01-05T00:00", name="d"))
        first, _ = resolve(made, utc("2026-01-05"), utc("2026-01-07T12:00")).shifts
        assert (first.start, first.end) == (utc("2026-01-05"), utc("2026-01-07"))
        assert first.because == ("layer d, slot 1 of 3", "layer d, slot 2 of 3")

    def test_a_planned_and_an_unplanned_gap_stay_apart(self) -> None:
        made = schedule(layer("-", "2026-01-05T00:00", until=utc("2026-01-08")))
        gaps = resolve(made, utc("2026-01-04"), utc("2026-01-09")).gaps
        assert [(gap.start.day, gap.end.day, gap.planned) for gap in gaps] == [
            (4, 5, False),
            (5, 8, True),
            (8, 9, False),
        ]

    def test_lanes_show_each_layer_by_itself_and_the_result(self) -> None:
        made = schedule(
            layer("ana ana", "2026-01-05T00:00", name="low"),
            fixed(("dee", "2026-01-05T12:00", "2026-01-05T18:00"), name="high", priority=7),
        )
        low, high, result = lanes(made, utc("2026-01-05"), utc("2026-01-07"))
        both = ("layer low, slot 1 of 2", "layer low, slot 2 of 2")
        assert (low.name, low.priority, high.priority, result.name, result.priority) == ("low", 0, 7, "result", None)
        assert low.segments == (Segment(utc("2026-01-05"), utc("2026-01-07"), ("ana",), both, False),)
        assert [segment.users for segment in high.segments] == [(), ("dee",), ()]
        assert [segment.users for segment in result.segments] == [("ana",), ("dee",), ("ana",)]


def test_a_schedule_is_a_value_whether_it_was_asked_or_not() -> None:
    fresh = schedule(*WEEKLY.layers)
    users_on_call(WEEKLY, utc("2026-01-06"))
    assert fresh == WEEKLY
    assert hash(fresh) == hash(WEEKLY)
    assert repr(fresh) == repr(WEEKLY)
    assert users_on_call(replace(WEEKLY, layers=()), utc("2026-01-06")) == ()
    assert copy.copy(WEEKLY) == WEEKLY
    assert pickle.loads(pickle.dumps(WEEKLY)) == WEEKLY
