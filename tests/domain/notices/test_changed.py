"""What a change means to people: who gains, who loses, who is on call now because of it, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oncall_tui.domain.notices import Moment
from oncall_tui.domain.notices.changed import Moved, in_words, moved_by
from oncall_tui.domain.notices.values import shift_key
from oncall_tui.domain.schedules import Layer, Override, Rotation, Schedule, Temporary
from oncall_tui.domain.time.durations import parse_turn

NOW = datetime(2026, 1, 6, 12, 0, 0, 500_000, tzinfo=UTC)
SETTLED = NOW.replace(microsecond=0)
HOUR = timedelta(hours=1)
WEEKLY = Layer(
    name="weekly",
    rotation=Rotation(slots=(("ana",), ("bo",)), start=datetime(2026, 1, 5, 9), every=parse_turn("1w")),
)
PLAIN = Schedule(name="s", timezone="UTC", layers=(WEEKLY,))


def covered(start: datetime, end: datetime) -> Schedule:
    return replace(PLAIN, overrides=(Override(start=start, end=end, users=("cy",), replaces="ana"),))


def test_a_cover_to_come() -> None:
    start = datetime(2026, 1, 7, 9, tzinfo=UTC)
    span = (start, start + HOUR)
    assert moved_by(PLAIN, covered(*span), NOW, SETTLED) == (
        Moved(user="ana", gained=(), lost=(span,), on_now=None, key=None),
        Moved(user="cy", gained=(span,), lost=(), on_now=None, key=None),
    )


def test_a_cover_from_now_on_bears_the_keys_of_the_ends_that_it_makes() -> None:
    after = covered(SETTLED, SETTLED + HOUR)
    ana, cy = moved_by(PLAIN, after, NOW, SETTLED)
    assert (ana.on_now, ana.key) == (False, shift_key("s", "ana", Moment.END, SETTLED))
    assert (cy.on_now, cy.key) == (True, shift_key("s", "cy", Moment.START, SETTLED))
    assert ana.lost == cy.gained == ((NOW, SETTLED + HOUR),)


def test_a_cover_backdated_has_no_ends_that_are_still_to_be_told() -> None:
    after = covered(SETTLED - 2 * HOUR, SETTLED + HOUR)
    assert [one.key for one in moved_by(PLAIN, after, NOW, SETTLED)] == [None, None]


def test_what_is_past_or_far_away_concerns_nobody() -> None:
    past = covered(SETTLED - 2 * HOUR, SETTLED - HOUR)
    far = covered(SETTLED + timedelta(weeks=9), SETTLED + timedelta(weeks=9, hours=1))
    assert moved_by(PLAIN, past, NOW, SETTLED) == moved_by(PLAIN, far, NOW, SETTLED) == ()


def test_of_a_broken_schedule_nothing_is_said() -> None:
    broken = replace(PLAIN, timezone="broken: x")
    assert moved_by(PLAIN, broken, NOW, SETTLED) == moved_by(broken, PLAIN, NOW, SETTLED) == ()


OVERRIDE = Override(start=NOW, end=NOW + HOUR, add=("bo",))
NIGHTS = replace(WEEKLY, name="nights")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, PLAIN, "the schedule was made"),
        (PLAIN, None, "the schedule was deleted"),
        (PLAIN, replace(PLAIN, overrides=(OVERRIDE,)), "an override was added"),
        (replace(PLAIN, overrides=(OVERRIDE, replace(OVERRIDE, add=("cy",)))), PLAIN, "2 overrides were removed"),
        (PLAIN, replace(PLAIN, temporaries=(Temporary(NOW, NOW + HOUR),)), "a temporary schedule was added"),
        (PLAIN, replace(PLAIN, timezone="Europe/Lisbon"), "the time zone is Europe/Lisbon now"),
        (PLAIN, replace(PLAIN, layers=(WEEKLY, NIGHTS)), "layer nights was added"),
        (replace(PLAIN, layers=(WEEKLY, NIGHTS)), PLAIN, "layer nights was removed"),
        (PLAIN, replace(PLAIN, layers=(replace(WEEKLY, priority=3),)), "layer weekly was edited"),
        (replace(PLAIN, layers=(WEEKLY, NIGHTS)), replace(PLAIN, layers=(NIGHTS, WEEKLY)), "layers were moved"),
        (PLAIN, replace(PLAIN, name="other"), "the schedule was edited"),
    ],
)
def test_what_was_done_in_words(before: Schedule | None, after: Schedule | None, words: str) -> None:
    assert in_words(before, after) == words
