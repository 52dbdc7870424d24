"""What is refused, with its path, and what makes a schedule broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from oncall_tui.domain.schedules import (
    BrokenSchedule,
    FixedShift,
    Layer,
    Override,
    Restriction,
    Rotation,
    Schedule,
    Temporary,
    problems,
    resolve,
    users_on_call,
)
from oncall_tui.domain.time.durations import Turn
from tests.domain.schedules.makers import fixed, hours, layer, override, schedule, utc, wall

GOOD = Rotation(slots=(("ana",), ("bo",)), start=wall("2026-01-05T09:00"), every=Turn(1, "days"))
A, B, C = utc("2026-01-05"), utc("2026-01-06"), utc("2026-01-07")


def paths(made: Schedule) -> list[str]:
    return [problem.path for problem in problems(made)]


def turned(**changes: Any) -> Schedule:
    return schedule(Layer(name="main", rotation=replace(GOOD, **changes)))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"every": None}, "every"),
        ({"every": Turn(0, "days")}, "every"),
        ({"every": Turn(10**9, "months")}, "every"),
        ({"slots": ()}, "users"),
        ({"slots": (("ana", "ana"),)}, "users[0]"),
        ({"start": A}, "start"),
        ({"start": wall("0001-01-01")}, "start"),
        ({"start": wall("9999-12-31")}, "start"),
        ({"cron": "0 9 * * *"}, "every"),
        ({"cron": "0 9 * * *", "every": None, "days": (0,)}, "days"),
        ({"cron": "every day", "every": None}, "cron"),
        ({"cron": "", "every": None}, "cron"),
        ({"cron": "0 9 * * * 30", "every": None}, "cron"),
        ({"cron": "R 9 * * *", "every": None}, "cron"),
        ({"cron": "0 9,R(1-3) * * *", "every": None}, "cron"),
        ({"cron": "H 9 * * *", "every": None}, "cron"),
        ({"cron": "0 0 30 2 *", "every": None}, "cron"),
        ({"days": ()}, "days"),
        ({"days": (7,)}, "days"),
        ({"days": (0,), "every": Turn(12, "hours")}, "days"),
        ({"length": timedelta(0)}, "length"),
        ({"length": hours(24.5)}, "length"),
        ({"length": hours(13), "every": Turn(12, "hours")}, "length"),
        ({"length": timedelta(days=29), "every": Turn(1, "months")}, "length"),
        ({"length": hours(25), "days": (0, 1, 2, 3, 4)}, "length"),
        ({"length": hours(25), "cron": "0 9 * * *", "every": None}, "length"),
    ],
)
def test_a_rotation_that_makes_no_sense(changes: dict[str, Any], path: str) -> None:
    made = turned(**changes)
    assert paths(made) == [f"layers[0].{path}"]
    with pytest.raises(BrokenSchedule):
        users_on_call(made, A)


@pytest.mark.parametrize(
    "changes",
    [
        {"length": hours(24)},
        {"length": timedelta(days=28), "every": Turn(1, "months")},
        {"length": timedelta(days=59), "every": Turn(2, "months"), "start": wall("2024-02-29T09:00")},
        {"length": timedelta(days=7), "every": Turn(1, "weeks"), "days": (4,)},
        {"length": hours(24), "cron": "30 2 * * *", "every": None},
        {"length": timedelta(days=365), "cron": "0 0 29 2 *", "every": None},
        {"cron": "0 9 * mar,apr thu-fri", "every": None},
        {"every": Turn(1000, "months"), "length": hours(1), "start": wall("8999-02-28")},
    ],
)
def test_a_rotation_that_does(changes: dict[str, Any]) -> None:
    assert paths(turned(**changes)) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (schedule(zone="Mars/Olympus"), ["timezone"]),
        (schedule(layer("ana", "2026-01-05", timezone="../etc")), ["layers[0].timezone"]),
        (schedule(layer("ana", "2026-01-05", until=datetime(2026, 1, 5))), ["layers[0].until"]),
        (
            schedule(layer("ana", "2026-01-05", until=datetime(2026, 1, 5, tzinfo=timezone(hours(1))))),
            ["layers[0].until"],
        ),
        (schedule(layer("ana", "2026-01-05", until=datetime(1, 1, 5, tzinfo=UTC))), ["layers[0].until"]),
        (schedule(Layer(name="x", rotation=GOOD, shifts=(FixedShift("bo", A, B),))), ["layers[0].shifts"]),
        (schedule(fixed(("ana", "2026-01-06", "2026-01-05"))), ["layers[0].shifts[0].end"]),
        (schedule(fixed(("ana", "2026-01-05", "2026-01-05"))), ["layers[0].shifts[0].end"]),
        (
            schedule(
                Layer(name="a", rotation=GOOD),
                Layer(
                    name="b",
                    rotation=GOOD,
                    restrict=(Restriction((0,), hours(24), hours(25)), Restriction((), hours(0), hours(0))),
                ),
            ),
            ["layers[1].restrict[0].from", "layers[1].restrict[0].to", "layers[1].restrict[1].days"],
        ),
        (schedule(overrides=(override("2026-01-06", "2026-01-05", users=("bo",)),)), ["overrides[0].end"]),
        (schedule(overrides=(override("2026-01-05", "2026-01-06"),)), ["overrides[0]"]),
        (schedule(overrides=(override("2026-01-05", "2026-01-06", users=("a",), add=("b",)),)), ["overrides[0]"]),
        (
            schedule(overrides=(override("2026-01-05", "2026-01-06", remove=("a",), replaces="b"),)),
            ["overrides[0].replaces"],
        ),
        (
            schedule(overrides=(override("2026-01-05", "2026-01-06", users=("a",), replaces="a"),)),
            ["overrides[0].replaces"],
        ),
        (schedule(overrides=(override("2026-01-05", "2026-01-06", users=("a", "a")),)), ["overrides[0]"]),
        (
            schedule(temporaries=(Temporary(B, A, (FixedShift("a", B, A),)),)),
            ["temporary[0].end", "temporary[0].shifts[0].end"],
        ),
        (schedule(temporaries=(Temporary(datetime(2026, 1, 5), B),)), ["temporary[0].start"]),
    ],
)
def test_a_schedule_that_makes_no_sense_is_broken(made: Schedule, expected: list[str]) -> None:
    assert paths(made) == expected
    for ask in (lambda: resolve(made, A, B), lambda: users_on_call(made, A)):
        with pytest.raises(BrokenSchedule) as caught:
            ask()
        assert [reason.path for reason in caught.value.parts] == expected
        assert "primary" in caught.value.sentence
        assert expected[0] in caught.value.sentence


class TestRefusals:
    """Refused when saved, but never so broken that nobody is paged."""

    def refused(self, *overrides: Override, **more: Any) -> list[str]:
        made = schedule(layer("ana", "2026-01-05T00:00"), overrides=overrides, **more)
        assert users_on_call(made, utc("2026-01-08")) == ("ana",)
        return [f"{problem.path}: {problem.sentence}" for problem in problems(made)]

    def test_two_that_put_the_same_person_on(self) -> None:
        first = override("2026-01-05", "2026-01-06T12:00", users=("bo",), replaces="ana")
        second = override("2026-01-06", "2026-01-07", add=("cy", "bo"))
        assert self.refused(first, second) == [
            "overrides[1]: another override, from 2026-01-05T00:00:00Z, puts bo on call already"
        ]

    def test_they_may_meet_and_may_put_on_others_or_take_off(self) -> None:
        first = override("2026-01-05", "2026-01-06", users=("bo",))
        assert self.refused(first, override("2026-01-06", "2026-01-07", users=("bo",))) == []
        assert self.refused(override("2026-01-06", "2026-01-07", users=("bo",)), first) == []
        assert self.refused(first, override("2026-01-05", "2026-01-06", users=("cy",))) == []
        assert self.refused(first, override("2026-01-05", "2026-01-06", remove=("bo",))) == []

    def test_one_inside_a_temporary_schedule(self) -> None:
        inside = override("2026-01-05", "2026-01-06", add=("bo",))
        assert self.refused(inside, temporaries=(Temporary(A, B),)) == [
            "overrides[0]: a temporary schedule holds in this span, so the override would change nothing"
        ]
        assert self.refused(inside, temporaries=(Temporary(B, C),)) == []
        assert self.refused(inside, temporaries=(Temporary(A + hours(1), C),)) == []

    def test_one_made_before_the_temporary_schedule_stands(self) -> None:
        inside = override("2026-01-05", "2026-01-06", add=("bo",), made_at=utc("2026-01-01"))
        later, earlier = utc("2026-01-02"), utc("2025-12-31")
        assert self.refused(inside, temporaries=(Temporary(A, B, made_at=later),)) == []
        assert len(self.refused(inside, temporaries=(Temporary(A, B, made_at=earlier),))) == 1
