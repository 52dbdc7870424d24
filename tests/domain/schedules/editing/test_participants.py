"""Participants come, go and change places; whoever has the turn keeps it unless that is asked otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from oncall_tui.domain.errors import Invalid, Refused, Unknown
from oncall_tui.domain.schedules import Schedule, editing, users_on_call
from tests.domain.schedules.makers import fixed, layer, rows, schedule, utc

# Weekly from Monday 2026-01-05 in UTC. On Wednesday 2026-01-14 the second turn runs: bo, until Monday 01-19.
WEEKLY = schedule(layer("ana bo cy", "2026-01-05T00:00", "1w"))
NOW = utc("2026-01-14T12:00")
FROM, UNTIL = "2026-01-14T12:00", "2026-02-16T00:00"


def people(made: Schedule) -> list[str]:
    """Who is on from NOW on, turn by turn."""
    return [row.split()[0] for row in rows(made, FROM, UNTIL)]


def test_somebody_new_comes_last_and_nobody_moves_who_is_on() -> None:
    after = editing.add_participant(WEEKLY, "main", ("dee",), now=NOW)
    assert rows(after, FROM, UNTIL) == [
        "bo 01-14T12:00 01-19T00:00",
        "cy 01-19T00:00 01-26T00:00",
        "dee 01-26T00:00 02-02T00:00",
        "ana 02-02T00:00 02-09T00:00",
        "bo 02-09T00:00 02-16T00:00",
    ]
    assert editing.order_from_now(after, "main", NOW) == (("bo",), ("cy",), ("dee",), ("ana",))


def test_the_anchor_stays_whatever_is_edited() -> None:
    after = editing.add_participant(WEEKLY, "main", ("dee",), now=utc("2026-03-05"))
    rotation = after.layers[0].rotation
    assert rotation is not None
    assert rotation.start == datetime(2026, 1, 5)
    assert users_on_call(after, utc("2026-03-05")) == users_on_call(WEEKLY, utc("2026-03-05")) == ("cy",)


def test_not_kept_the_anchor_says_whose_turn_it_is() -> None:
    # The second turn of ana, dee, bo, cy is dee's.
    after = editing.add_participant(WEEKLY, "main", ("dee",), place=1, now=NOW, keep=False)
    assert people(after) == ["dee", "bo", "cy", "ana", "dee"]
    kept = editing.add_participant(WEEKLY, "main", ("dee",), place=1, now=NOW)
    assert people(kept) == ["bo", "cy", "ana", "dee", "bo"]


def test_whoever_has_the_turn_and_goes_is_followed_at_once_by_the_next() -> None:
    after = editing.remove_participant(WEEKLY, "main", "bo", now=NOW)
    assert rows(after, FROM, "2026-02-02T00:00") == [
        "cy 01-14T12:00 01-19T00:00",
        "ana 01-19T00:00 01-26T00:00",
        "cy 01-26T00:00 02-02T00:00",
    ]


def test_somebody_else_goes_and_the_turn_stays() -> None:
    assert people(editing.remove_participant(WEEKLY, "main", "ana", now=NOW)) == ["bo", "cy", "bo", "cy", "bo"]
    assert people(editing.remove_participant(WEEKLY, "main", "cy", now=NOW)) == ["bo", "ana", "bo", "ana", "bo"]


def test_of_several_together_the_others_stay() -> None:
    pairs = schedule(layer("ana+bo bo cy+bo", "2026-01-05T00:00", "1w"))
    after = editing.remove_participant(pairs, "main", "bo", now=NOW)
    assert editing.order_from_now(after, "main", NOW) == (("cy",), ("ana",))


def test_the_order_is_changed_around_whoever_is_on() -> None:
    # ana bo cy dee, on 01-14 bo. cy to the front: cy ana bo dee; after bo comes dee.
    four = schedule(layer("ana bo cy dee", "2026-01-05T00:00", "1w"))
    after = editing.move_slot(four, "main", 2, 0, now=NOW)
    assert people(after) == ["bo", "dee", "cy", "ana", "bo"]
    assert people(editing.move_slot(four, "main", 2, 0, now=NOW, keep=False)) == ["ana", "bo", "dee", "cy", "ana"]


def test_a_person_with_two_places_keeps_the_one_that_runs() -> None:
    # ana bo ana cy: on 01-21 the third turn runs, ana's second.
    twice = schedule(layer("ana bo ana cy", "2026-01-05T00:00", "1w"))
    after = editing.add_participant(twice, "main", ("dee",), now=utc("2026-01-21"))
    assert editing.order_from_now(after, "main", utc("2026-01-21")) == (
        ("ana",),
        ("cy",),
        ("dee",),
        ("ana",),
        ("bo",),
    )


def test_a_replacement_takes_every_place_the_running_turn_included() -> None:
    after = editing.replace_participant(schedule(layer("ana bo cy+bo", "2026-01-05T00:00", "1w")), "main", "bo", "cy")
    assert editing.order_from_now(after, "main", NOW) == (("cy",), ("cy",), ("ana",))


def test_a_whole_list_is_set_and_the_running_turn_found_in_it() -> None:
    after = editing.set_participants(WEEKLY, "main", (("dee",), ("cy",), ("bo",), ()), now=NOW)
    assert rows(after, FROM, "2026-02-02T00:00") == [
        "bo 01-14T12:00 01-19T00:00",
        "planned 01-19T00:00 01-26T00:00",
        "dee 01-26T00:00 02-02T00:00",
    ]
    joined = editing.set_participants(WEEKLY, "main", (("ana",), ("bo", "dee"), ("cy",)), now=NOW)
    assert users_on_call(joined, NOW) == ("bo", "dee")
    strangers = editing.set_participants(WEEKLY, "main", (("eve",), ("dee",)), now=NOW)
    assert people(strangers) == ["eve", "dee", "eve", "dee", "eve"]


def test_on_a_day_without_a_shift_the_next_in_order_comes_next() -> None:
    # Weekdays, a shift a day: Friday 01-09 is the fifth turn, bo's. On Saturday nobody is on; cy comes on Monday.
    daily = schedule(layer("ana bo cy", "2026-01-05T00:00", "1d", days=(0, 1, 2, 3, 4)))
    saturday = utc("2026-01-10T12:00")
    assert rows(daily, "2026-01-09T00:00", "2026-01-13T00:00")[0].startswith("bo")
    after = editing.add_participant(daily, "main", ("dee",), now=saturday)
    assert rows(after, "2026-01-10T12:00", "2026-01-15T00:00") == [
        "gap 01-10T12:00 01-12T00:00",
        "cy 01-12T00:00 01-13T00:00",
        "dee 01-13T00:00 01-14T00:00",
        "ana 01-14T00:00 01-15T00:00",
    ]


def test_before_the_start_the_list_stands_as_it_is_written() -> None:
    after = editing.add_participant(WEEKLY, "main", ("dee",), place=0, now=utc("2026-01-01"))
    assert users_on_call(after, utc("2026-01-05")) == ("dee",)


def test_the_last_one_may_go_and_the_rules_say_what_is_wrong_then() -> None:
    from oncall_tui.domain.schedules import problems

    alone = schedule(layer("ana", "2026-01-05T00:00", "1w"))
    after = editing.remove_participant(alone, "main", "ana", now=NOW)
    assert [problem.path for problem in problems(after)] == ["layers[0].users"]


@pytest.mark.parametrize(
    ("edit", "kind", "said"),
    [
        (lambda: editing.remove_participant(WEEKLY, "main", "dee", now=NOW), Unknown, "dee is not in layer main"),
        (lambda: editing.replace_participant(WEEKLY, "main", "dee", "ana"), Unknown, "dee is not in layer main"),
        (lambda: editing.remove_participant(WEEKLY, "x", "ana", now=NOW), Unknown, "has no layer 'x'"),
        (lambda: editing.move_slot(WEEKLY, "main", 0, 3, now=NOW), Invalid, "no place 4"),
        (lambda: editing.remove_slot(WEEKLY, "main", 3, now=NOW), Invalid, "no place 4"),
        (lambda: editing.add_participant(WEEKLY, "main", ("dee",), place=4, now=NOW), Invalid, "no place 5"),
        (
            lambda: editing.add_participant(
                schedule(fixed(("ana", "2026-01-05", "2026-01-06"))), "fixed", ("bo",), now=NOW
            ),
            Refused,
            "has fixed shifts",
        ),
    ],
)
def test_what_can_not_be_done_is_said(edit: Any, kind: type[Refused], said: str) -> None:
    with pytest.raises(kind, match=said):
        edit()


def test_removing_a_slot_by_its_place_takes_a_planned_gap_out() -> None:
    gappy = schedule(layer("ana - bo", "2026-01-05T00:00", "1w"))
    after = editing.remove_slot(gappy, "main", 1, now=NOW)
    assert users_on_call(after, NOW) == ("bo",)
    assert users_on_call(after, NOW + timedelta(weeks=1)) == ("ana",)
