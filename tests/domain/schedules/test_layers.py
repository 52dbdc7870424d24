"""Layers, restrictions, overrides and temporary schedules over one another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules import FixedShift, Layer, Override, Restriction, Temporary, resolve, within
from tests.domain.schedules.makers import fixed, hours, layer, override, rows, schedule, utc

DAILY = layer("ana bo", "2026-01-05T00:00", name="daily")
ALWAYS = (0, 1, 2, 3, 4, 5, 6)


class TestLayers:
    """The higher priority wins where it covers."""

    def test_a_later_layer_wins_where_it_covers(self) -> None:
        made = schedule(DAILY, fixed(("dee", "2026-01-05T12:00", "2026-01-06T12:00")))
        assert rows(made, "2026-01-05", "2026-01-07") == [
            "ana 01-05T00:00 01-05T12:00",
            "dee 01-05T12:00 01-06T12:00",
            "bo 01-06T12:00 01-07T00:00",
        ]

    def test_a_priority_beats_the_place(self) -> None:
        first = fixed(("dee", "2026-01-05T12:00", "2026-01-05T18:00"), priority=5)
        assert "dee 01-05T12:00 01-05T18:00" in rows(schedule(first, DAILY), "2026-01-05", "2026-01-06")

    def test_equal_ones_are_on_call_together(self) -> None:
        one = layer("ana bo", "2026-01-05T00:00", name="one", priority=1)
        two = layer("ana cy", "2026-01-05T12:00", name="two", priority=1)
        made = schedule(one, two)
        assert rows(made, "2026-01-05", "2026-01-07") == [
            "ana 01-05T00:00 01-06T12:00",
            "bo 01-06T00:00 01-07T00:00",
            "cy 01-06T12:00 01-07T00:00",
        ]
        (first, *_) = resolve(made, utc("2026-01-05"), utc("2026-01-07")).shifts
        assert first.because == ("layer one, slot 1 of 2", "layer two, slot 1 of 2")

    def test_handoffs_of_a_lower_layer_do_not_cut_the_upper_one(self) -> None:
        made = schedule(layer("bo -", "2026-01-05T00:00", "1h"), layer("ana", "2026-01-05T00:15", "1h"))
        assert rows(made, "2026-01-05", "2026-01-05T06:00") == [
            "bo 01-05T00:00 01-05T00:15",
            "ana 01-05T00:15 01-05T06:00",
        ]

    def test_an_empty_slot_leaves_the_lower_layer_on(self) -> None:
        made = schedule(layer("ana", "2026-01-06T00:00"), layer("cy -", "2026-01-04T00:00"))
        assert rows(made, "2026-01-04", "2026-01-07") == [
            "cy 01-04T00:00 01-05T00:00",
            "planned 01-05T00:00 01-06T00:00",
            "cy 01-06T00:00 01-07T00:00",
        ]

    def test_until(self) -> None:
        lower = layer("ana", "2026-01-05T00:00")
        upper = layer("cy", "2026-01-05T00:00", until=utc("2026-01-05T10:00"))
        made = schedule(lower, upper)
        assert rows(made, "2026-01-05T08:00", "2026-01-05T12:00") == [
            "cy 01-05T08:00 01-05T10:00",
            "ana 01-05T10:00 01-05T12:00",
        ]
        assert rows(made, "2026-01-05T10:00", "2026-01-05T12:00") == ["ana 01-05T10:00 01-05T12:00"]

    def test_a_layer_hands_off_in_its_own_zone_and_is_restricted_in_the_schedules(self) -> None:
        window = Restriction(days=ALWAYS, start=hours(9), end=hours(18))
        one = layer("ana bo", "2026-07-01T09:00", timezone="Asia/Kathmandu", restrict=(window,))
        # 09:00 in Kathmandu is 03:15 UTC; 09:00-18:00 in Lisbon is 08:00-17:00 UTC.
        assert rows(schedule(one, zone="Europe/Lisbon"), "2026-07-01", "2026-07-03") == [
            "gap 07-01T00:00 07-01T08:00",
            "ana 07-01T08:00 07-01T17:00",
            "gap 07-01T17:00 07-02T08:00",
            "bo 07-02T08:00 07-02T17:00",
            "gap 07-02T17:00 07-03T00:00",
        ]

    def test_a_layer_of_nothing(self) -> None:
        made = schedule(Layer(name="empty"), fixed())
        assert rows(made, "2026-01-05", "2026-01-06") == ["gap 01-05T00:00 01-06T00:00"]


class TestRestrictions:
    """Weekly windows."""

    def test_overnight_belongs_to_the_day_it_starts(self) -> None:
        nights = Restriction(days=(0,), start=hours(20), end=hours(8))  # Monday
        made = schedule(layer("dee", "2026-01-01T00:00", name="nights", restrict=(nights,)))
        assert rows(made, "2026-01-05", "2026-01-08") == [
            "gap 01-05T00:00 01-05T20:00",
            "dee 01-05T20:00 01-06T08:00",
            "gap 01-06T08:00 01-08T00:00",
        ]
        (shift,) = resolve(made, utc("2026-01-05"), utc("2026-01-08")).shifts
        assert shift.because == ("layer nights, slot 1 of 1, within mon 20:00-08:00",)

    def test_equal_ends_are_24_hours_by_the_clock(self) -> None:
        day = Restriction(days=(6,), start=hours(1), end=hours(1))  # Sunday, 2026-03-29 among them
        made = schedule(layer("ana", "2026-01-01T00:00", restrict=(day,)), zone="Europe/Berlin")
        assert rows(made, "2026-03-28T12:00", "2026-03-30T12:00") == [
            "gap 03-28T12:00 03-29T00:00",
            "ana 03-29T00:00 03-29T23:00",
            "gap 03-29T23:00 03-30T12:00",
        ]

    def test_to_24_is_to_midnight_and_windows_may_overlap(self) -> None:
        late = Restriction(days=(0,), start=hours(18), end=hours(24))
        both = (late, Restriction(days=(0,), start=hours(20), end=hours(22)), Restriction((0,), hours(17), hours(19)))
        made = schedule(layer("ana bo", "2026-01-05T20:00", "1h", restrict=both))
        assert rows(made, "2026-01-05T18:00", "2026-01-06T06:00") == [
            "gap 01-05T18:00 01-05T20:00",
            "ana 01-05T20:00 01-05T21:00",
            "bo 01-05T21:00 01-05T22:00",
            "ana 01-05T22:00 01-05T23:00",
            "bo 01-05T23:00 01-06T00:00",
            "gap 01-06T00:00 01-06T06:00",
        ]

    def test_a_window_wholly_skipped_is_none(self) -> None:
        night = Restriction(days=(6,), start=hours(2), end=hours(3))
        made = schedule(layer("ana", "2026-01-01T00:00", restrict=(night,)), zone="Europe/Berlin")
        assert rows(made, "2026-03-29", "2026-03-30") == ["gap 03-29T00:00 03-30T00:00"]

    def test_within_starts_with_and_ends_before(self) -> None:
        window, berlin = Restriction(days=(6,), start=hours(22), end=hours(2)), ZoneInfo("Europe/Berlin")
        assert within(window, utc("2026-03-01T21:00"), berlin)
        assert within(window, utc("2026-03-02T00:59"), berlin)
        assert not within(window, utc("2026-03-02T01:00"), berlin)
        assert not within(window, utc("2026-03-01T20:59"), berlin)


class TestOverrides:
    """On top of the layers, each on the result before it."""

    def over(self, *overrides: Override) -> list[str]:
        return rows(schedule(DAILY, overrides=overrides), "2026-01-05", "2026-01-07")

    def test_alone_it_takes_over_from_everybody(self) -> None:
        assert self.over(override("2026-01-05T12:00", "2026-01-06T12:00", users=("cy", "dee"))) == [
            "ana 01-05T00:00 01-05T12:00",
            "cy 01-05T12:00 01-06T12:00",
            "dee 01-05T12:00 01-06T12:00",
            "bo 01-06T12:00 01-07T00:00",
        ]

    def test_a_replacement_is_on_only_while_the_other_would_be(self) -> None:
        assert self.over(override("2026-01-05T12:00", "2026-01-07", users=("cy",), replaces="ana")) == [
            "ana 01-05T00:00 01-05T12:00",
            "cy 01-05T12:00 01-06T00:00",
            "bo 01-06T00:00 01-07T00:00",
        ]

    def test_a_replacement_who_is_on_already_stands_once(self) -> None:
        made = schedule(
            layer("ana+bo", "2026-01-05T00:00", name="pair"),
            overrides=(override("2026-01-05", "2026-01-06", users=("bo",), replaces="ana", made_by="cy"),),
        )
        (shift,) = resolve(made, utc("2026-01-05"), utc("2026-01-06")).shifts
        assert (shift.user, shift.because) == ("bo", ("layer pair, slot 1 of 1", "override by cy: bo for ana"))

    def test_add_and_remove(self) -> None:
        assert self.over(
            override("2026-01-05T12:00", "2026-01-05T18:00", add=("cy",)),
            override("2026-01-06T12:00", "2026-01-06T18:00", remove=("bo",)),
            override("2026-01-06T18:00", "2026-01-06T20:00", remove=("nobody",)),
        ) == [
            "ana 01-05T00:00 01-06T00:00",
            "cy 01-05T12:00 01-05T18:00",
            "bo 01-06T00:00 01-06T12:00",
            "gap 01-06T12:00 01-06T18:00",
            "bo 01-06T18:00 01-07T00:00",
        ]

    def test_each_works_on_the_result_before_it(self) -> None:
        takes = override("2026-01-05", "2026-01-06", users=("cy",))
        swaps = override("2026-01-05", "2026-01-06", users=("dee",), replaces="cy")
        assert self.over(takes, swaps)[0] == "dee 01-05T00:00 01-06T00:00"
        assert self.over(swaps, takes)[0] == "cy 01-05T00:00 01-06T00:00"

    def test_on_a_planned_gap(self) -> None:
        made = schedule(
            layer("-", "2026-01-05T00:00"), overrides=(override("2026-01-05T06:00", "2026-01-05T07:00", add=("cy",)),)
        )
        assert rows(made, "2026-01-05", "2026-01-06") == [
            "planned 01-05T00:00 01-05T06:00",
            "cy 01-05T06:00 01-05T07:00",
            "planned 01-05T07:00 01-06T00:00",
        ]

    def test_the_reason_names_who_made_it(self) -> None:
        def because(**more: Any) -> tuple[str, ...]:
            made = schedule(overrides=(override("2026-01-05", "2026-01-06", **more),))
            return resolve(made, utc("2026-01-05"), utc("2026-01-06")).shifts[0].because

        assert because(users=("bo",), made_by="ana") == ("override by ana: bo",)
        assert because(users=("bo", "cy")) == ("override: bo and cy",)
        assert because(add=("bo",), made_by="ana") == ("override by ana: bo added",)


class TestTemporaries:
    """They replace layers and overrides."""

    def test_gaps_mean_nobody_and_a_later_one_wins(self) -> None:
        first = Temporary(
            utc("2026-01-05T06:00"),
            utc("2026-01-05T18:00"),
            (
                FixedShift("cy", utc("2026-01-05"), utc("2026-01-05T09:00")),
                FixedShift("dee", utc("2026-01-05T08:00"), utc("2026-01-05T10:00")),
            ),
        )
        second = Temporary(
            utc("2026-01-05T16:00"),
            utc("2026-01-05T20:00"),
            (FixedShift("eve", utc("2026-01-05T16:00"), utc("2026-01-05T17:00")),),
        )
        made = schedule(
            DAILY, temporaries=(first, second), overrides=(override("2026-01-05", "2026-01-06", add=("bo",)),)
        )
        assert rows(made, "2026-01-05", "2026-01-06") == [
            "ana 01-05T00:00 01-05T06:00",
            "bo 01-05T00:00 01-05T06:00",
            "cy 01-05T06:00 01-05T09:00",
            "dee 01-05T08:00 01-05T10:00",
            "gap 01-05T10:00 01-05T16:00",
            "eve 01-05T16:00 01-05T17:00",
            "gap 01-05T17:00 01-05T20:00",
            "ana 01-05T20:00 01-06T00:00",
            "bo 01-05T20:00 01-06T00:00",
        ]

    def test_many_past_overrides_and_shifts_are_not_in_the_way(self) -> None:
        past = tuple(override("2025-01-05", "2025-01-06", users=("cy",)) for _ in range(50))
        coming = override("2026-01-05T01:00", "2026-01-05T02:00", users=("cy",))
        late = tuple(override("2027-01-05", "2027-01-06", users=("cy",)) for _ in range(80))
        made = schedule(DAILY, overrides=(*past, coming, *late))
        assert "cy 01-05T01:00 01-05T02:00" in rows(made, "2026-01-05", "2026-01-06")
        assert rows(made, "2027-01-05", "2027-01-06") == ["cy 01-05T00:00 01-06T00:00"]
        assert rows(made, "2025-01-05", "2025-01-06") == ["cy 01-05T00:00 01-06T00:00"]


def test_an_empty_span_has_nothing_in_it() -> None:
    coverage = resolve(schedule(DAILY), utc("2026-01-05"), utc("2026-01-05") - timedelta(days=1))
    assert (coverage.shifts, coverage.gaps) == ((), ())
