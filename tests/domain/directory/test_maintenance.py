"""RULES, Escalation: maintenance windows, planned and repeating, always ending; instants worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from oncall_tui.domain.directory.maintenance import MaintenanceWindow, never_ends, silent_until
from oncall_tui.domain.time.durations import Turn


def at(day: int, hour: float = 0, month: int = 2) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour)


def window(
    start: datetime, end: datetime, every: Turn | None = None, until: datetime | None = None
) -> MaintenanceWindow:
    return MaintenanceWindow(name="w", services=("checkout",), start=start, end=end, every=every, until=until)


ONCE = window(at(1, 2), at(1, 4))
WEEKLY = window(at(1, 2), at(1, 4), Turn(1, "weeks"))


def test_a_window_holds_from_its_start_up_to_its_end() -> None:
    assert ONCE.end_at(at(1, 1.99)) is None
    assert ONCE.end_at(at(1, 2)) == at(1, 4)
    assert ONCE.end_at(at(1, 3.99)) == at(1, 4)
    assert ONCE.end_at(at(1, 4)) is None


def test_it_repeats_every_turn_for_ever_unless_until_says_otherwise() -> None:
    assert WEEKLY.end_at(at(8, 3)) == at(8, 4)
    assert WEEKLY.end_at(at(8, 5)) is None
    assert WEEKLY.end_at(at(9, 3)) is None
    assert WEEKLY.end_at(at(1, 3, month=3)) == at(1, 4, month=3)
    twice = window(at(1, 2), at(1, 4), Turn(1, "weeks"), until=at(15, 2))
    assert twice.end_at(at(8, 3)) == at(8, 4)
    assert twice.end_at(at(15, 3)) is None


def test_months_clamp_to_their_last_day() -> None:
    monthly = window(at(31, 22, month=1), at(31, 23, month=1), Turn(1, "months"))
    assert monthly.end_at(at(28, 22.5)) == at(28, 23)
    assert monthly.end_at(at(31, 22.5, month=3)) == at(31, 23, month=3)


def test_the_next_span() -> None:
    assert WEEKLY.next_span(at(1, 0)) == (at(1, 2), at(1, 4))
    assert WEEKLY.next_span(at(1, 3)) == (at(1, 2), at(1, 4))
    assert WEEKLY.next_span(at(1, 4)) == (at(8, 2), at(8, 4))
    assert ONCE.next_span(at(1, 4)) is None


def test_a_window_over_the_next_turns_start_is_one_long_one() -> None:
    daily = window(at(1, 2), at(2, 3), Turn(1, "days"), until=at(3))
    assert silent_until([daily], "checkout", at(1, 5)) == at(3, 3)


def test_overlapping_windows_end_with_the_last_and_others_do_not_count() -> None:
    windows = [ONCE, window(at(1, 3), at(1, 6)), window(at(1, 6), at(1, 7)), window(at(1, 9), at(1, 10))]
    other = MaintenanceWindow(name="o", services=("search",), start=at(1), end=at(20))
    assert silent_until([*windows, other], "checkout", at(1, 2.5)) == at(1, 7)
    assert silent_until([*windows, other], "checkout", at(1, 8)) is None
    assert silent_until([*windows, other], "search", at(1, 8)) == at(20)
    assert silent_until([], "checkout", at(1, 8)) is None


def test_repetitions_without_a_pause_never_end() -> None:
    assert not never_ends([WEEKLY, ONCE])
    assert never_ends([window(at(1, 2), at(8, 2), Turn(1, "weeks"))])
    assert never_ends([window(at(1), at(1, 1), Turn(1, "hours"))])
    halves = [window(at(1), at(5), Turn(1, "weeks")), window(at(4), at(8), Turn(1, "weeks"))]
    assert never_ends(halves)
    assert not never_ends([window(at(1), at(8), Turn(1, "weeks"), until=at(20))])
