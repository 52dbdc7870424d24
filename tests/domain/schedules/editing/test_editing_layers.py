"""Layers come, go, move and change; zone and name of a schedule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oncall_tui.domain.errors import Invalid, Refused, Unknown
from oncall_tui.domain.schedules import FixedShift, Layer, Schedule, editing, users_on_call
from oncall_tui.domain.time.durations import parse_turn
from tests.domain.schedules.makers import layer, rotation, rows, schedule, utc

NOW = utc("2026-01-14T12:00")
WEEKLY = layer("ana bo", "2026-01-05T00:00", "1w")
NIGHTS = layer("dee", "2026-01-05T20:00", "1d", name="nights")
TWO = schedule(WEEKLY, NIGHTS)


def names(made: Schedule) -> list[str]:
    return [one.name for one in made.layers]


def test_a_new_layer_lies_on_top() -> None:
    after = editing.add_layer(schedule(WEEKLY), NIGHTS)
    assert users_on_call(after, NOW) == ("dee",)
    assert names(editing.add_layer(schedule(WEEKLY), NIGHTS, place=0)) == ["nights", "main"]
    with pytest.raises(Refused, match="has a layer 'main' already"):
        editing.add_layer(TWO, WEEKLY)


def test_a_layer_goes_and_the_one_below_shows() -> None:
    after = editing.remove_layer(TWO, "nights")
    assert users_on_call(after, NOW) == ("bo",)
    with pytest.raises(Unknown, match="has no layer 'days'"):
        editing.remove_layer(TWO, "days")


def test_a_moved_layer_wins_over_those_before_it() -> None:
    assert users_on_call(TWO, NOW) == ("dee",)
    after = editing.move_layer(TWO, "nights", 0)
    assert names(after) == ["nights", "main"]
    assert users_on_call(after, NOW) == ("bo",)


def test_who_wins_among_the_others_stays_when_one_goes() -> None:
    # By place: a 0, b 1; c says 1 of itself, so that b and c are on together. Without a, b would fall to 0 and lose.
    three = schedule(
        layer("ana", "2026-01-05T00:00", name="a"),
        layer("bo", "2026-01-05T00:00", name="b"),
        layer("cy", "2026-01-05T00:00", name="c", priority=1),
    )
    assert users_on_call(three, NOW) == ("bo", "cy")
    assert users_on_call(editing.remove_layer(three, "a"), NOW) == ("bo", "cy")
    plain = editing.remove_layer(schedule(*(replace(one, priority=None) for one in three.layers)), "a")
    assert [one.priority for one in plain.layers] == [None, None]


def test_a_layer_is_renamed_but_not_to_a_name_that_is_there() -> None:
    assert names(editing.rename_layer(TWO, "main", "days")) == ["days", "nights"]
    assert editing.rename_layer(TWO, "main", "main") == TWO
    with pytest.raises(Refused, match="has a layer 'nights' already"):
        editing.rename_layer(TWO, "main", "nights")


def test_other_turns_keep_whoever_is_on() -> None:
    # Turns of a day from 01-05: on 01-14 the tenth, of two slots the second, bo's; bo keeps it, and ana follows.
    daily = replace(WEEKLY, rotation=rotation("ana bo", "2026-01-05T00:00", "1d"))
    after = editing.change_layer(schedule(WEEKLY), "main", daily, now=NOW)
    assert rows(after, "2026-01-14T12:00", "2026-01-17T00:00") == [
        "bo 01-14T12:00 01-15T00:00",
        "ana 01-15T00:00 01-16T00:00",
        "bo 01-16T00:00 01-17T00:00",
    ]
    # Turns of three days: 01-14 lies in the fourth, bo's; a day later in the anchor it would be ana's.
    later = replace(WEEKLY, rotation=rotation("ana bo", "2026-01-06T00:00", "3d"))
    assert users_on_call(editing.change_layer(schedule(WEEKLY), "main", later, now=NOW, keep=False), NOW) == ("ana",)
    assert users_on_call(editing.change_layer(schedule(WEEKLY), "main", later, now=NOW), NOW) == ("bo",)


def test_a_changed_layer_may_bear_another_name_but_not_one_that_is_there() -> None:
    assert names(editing.change_layer(TWO, "main", replace(WEEKLY, name="days"), now=NOW)) == ["days", "nights"]
    with pytest.raises(Refused, match="has a layer 'nights' already"):
        editing.change_layer(TWO, "main", replace(WEEKLY, name="nights"), now=NOW)


def test_in_another_zone_wall_times_stay_and_so_does_whoever_is_on() -> None:
    # In Auckland (+13) Monday 01-12 00:00 was Sunday 11:00 UTC: at 12:00 UTC on that Sunday bo's turn has begun.
    sunday = utc("2026-01-11T12:00")
    one = schedule(WEEKLY)
    assert users_on_call(one, sunday) == ("ana",)
    assert users_on_call(editing.set_timezone(one, "Pacific/Auckland", now=sunday, keep=False), sunday) == ("bo",)
    kept = editing.set_timezone(one, "Pacific/Auckland", now=sunday)
    assert users_on_call(kept, sunday) == ("ana",)
    # That turn of hers ends with the next Monday in Auckland.
    assert rows(kept, "2026-01-11T12:00", "2026-01-19T00:00")[0] == "ana 01-11T12:00 01-18T11:00"


def test_a_schedule_is_renamed_and_nothing_else() -> None:
    assert editing.rename(TWO, "secondary") == replace(TWO, name="secondary")


def test_a_layer_of_a_broken_schedule_can_be_mended() -> None:
    broken = schedule(replace(WEEKLY, rotation=replace(rotation("ana bo", "2026-01-05T00:00"), every=None)))
    after = editing.change_layer(broken, "main", WEEKLY, now=NOW)
    assert after == schedule(WEEKLY)
    assert parse_turn("1w") == (after.layers[0].rotation and after.layers[0].rotation.every)


def test_there_is_no_place_past_the_last() -> None:
    with pytest.raises(Invalid, match="no place 3"):
        editing.add_layer(schedule(WEEKLY), NIGHTS, place=2)
    with pytest.raises(Invalid, match="no place 3"):
        editing.move_layer(TWO, "nights", 2)


def test_fixed_shifts_have_no_order_to_come_in() -> None:
    fixed = Layer(name="fixed", shifts=(FixedShift("ana", utc("2026-01-05T00:00"), utc("2026-01-06T00:00")),))
    assert editing.order_from_now(schedule(fixed), "fixed", NOW) == ()
