"""When a sign of life is expected, and what each sign and its absence mean; the instants are worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oncall_tui.domain.directory.heartbeats import AGAIN, Beat, Health, Rhythm, Signal, excused, heard, missed, watched

T0 = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
HOURLY = Rhythm(every=timedelta(hours=1), grace=timedelta(minutes=10))
UP = heard(Beat(), HOURLY, Signal.SUCCESS, T0)


def at(minute: float) -> datetime:
    return T0 + timedelta(minutes=minute)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_interval_counts_from_the_last_sign() -> None:
    assert (UP.health, UP.since, UP.due_at) == (Health.UP, T0, at(70))
    again = heard(UP, HOURLY, Signal.SUCCESS, at(20))
    assert (again.health, again.since, again.due_at) == (Health.UP, T0, at(90))


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        # Lisbon, clocks forward on 29 March at 01:00 UTC: 01:30 does not exist, 02:00 WEST is the first instant after.
        ("2026-03-28T01:30", "2026-03-29T01:00"),
        ("2026-03-29T01:00", "2026-03-30T00:30"),
        # Clocks back on 25 October at 01:00 UTC: 01:30 happens at 00:30 and at 01:30 UTC, and is meant once.
        ("2026-10-24T00:30", "2026-10-25T00:30"),
        ("2026-10-25T00:30", "2026-10-26T01:30"),
        ("2026-10-25T01:00", "2026-10-26T01:30"),
        # The year ends between two ticks.
        ("2026-12-31T12:00", "2027-01-01T01:30"),
    ],
)
def test_a_cron_text_ticks_by_the_wall_clock_of_its_zone(since: str, expected: str) -> None:
    nightly = Rhythm(cron="30 1 * * *", timezone="Europe/Lisbon", grace=timedelta(minutes=5))
    assert nightly.expected_after(utc(since)) == utc(expected)
    assert nightly.due_after(utc(since)) == utc(expected) + timedelta(minutes=5)


def test_a_sign_at_the_tick_itself_is_for_that_tick() -> None:
    nightly = Rhythm(cron="0 4 * * *")
    assert nightly.expected_after(utc("2026-01-05T04:00")) == utc("2026-01-06T04:00")
    assert nightly.expected_after(utc("2026-01-05T03:59:59")) == utc("2026-01-05T04:00")


def test_one_that_was_never_heard_is_reckoned_from_when_it_was_watched() -> None:
    new = watched(Beat(), HOURLY, T0)
    assert (new.health, new.since, new.due_at) == (Health.WAITING, T0, at(70))
    late = missed(new, at(70))
    assert (late.health, late.since, late.due_at) == (Health.LATE, at(70), at(70) + AGAIN)


def test_who_stays_away_is_late_since_the_first_time() -> None:
    late = missed(missed(UP, at(70)), at(100))
    assert (late.since, late.due_at) == (at(70), at(130))
    back = heard(late, HOURLY, Signal.SUCCESS, at(110))
    assert (back.health, back.since, back.due_at) == (Health.UP, at(110), at(180))


def test_a_failure_is_one_and_the_next_sign_is_expected_all_the_same() -> None:
    failed = heard(UP, HOURLY, Signal.FAIL, at(30))
    assert (failed.health, failed.since, failed.due_at) == (Health.FAILED, at(30), at(100))
    assert heard(failed, HOURLY, Signal.FAIL, at(40)).since == at(30)
    assert missed(failed, at(100)).health is Health.LATE


def test_a_run_must_end_within_the_grace() -> None:
    running = heard(UP, HOURLY, Signal.START, at(20))
    assert (running.started_at, running.due_at) == (at(20), at(30))
    done = heard(running, HOURLY, Signal.SUCCESS, at(25))
    assert (done.started_at, done.due_at) == (None, at(95))


def test_a_start_gives_no_time_beyond_what_was_due() -> None:
    assert heard(UP, HOURLY, Signal.START, at(65)).due_at == at(70)


def test_a_start_without_a_grace_is_only_noted() -> None:
    strict = Rhythm(every=timedelta(hours=1))
    running = heard(heard(Beat(), strict, Signal.SUCCESS, T0), strict, Signal.START, at(20))
    assert (running.started_at, running.due_at) == (at(20), at(60))


@pytest.mark.parametrize("unwell", [missed(UP, at(70)), heard(UP, HOURLY, Signal.FAIL, at(70))])
def test_a_start_heals_nobody(unwell: Beat) -> None:
    after = heard(unwell, HOURLY, Signal.START, at(75))
    assert (after.health, after.due_at, after.started_at) == (unwell.health, unwell.due_at, at(75))


def test_a_remark_changes_nothing() -> None:
    assert heard(UP, HOURLY, Signal.LOG, at(20)) == UP
    assert heard(Beat(), HOURLY, Signal.LOG, T0).health is Health.WAITING


class TestAbsence:
    """Nobody could hear from minute 50 to minute 90."""

    AWAY = (at(50), at(90))

    def test_what_fell_due_meanwhile_gets_an_interval_and_the_grace(self) -> None:
        after = excused(UP, HOURLY, self.AWAY)
        assert (after.due_at, after.excused, after.health) == (at(90 + 60 + 10), self.AWAY, Health.UP)

    def test_a_long_interval_gets_an_hour(self) -> None:
        daily = Rhythm(every=timedelta(days=1), grace=timedelta(minutes=10))
        yesterday = heard(Beat(), daily, Signal.SUCCESS, at(60) - timedelta(days=1))
        assert yesterday.due_at == at(70)
        assert excused(yesterday, daily, self.AWAY).due_at == at(90 + 60 + 10)

    def test_a_tick_that_comes_sooner_is_enough(self) -> None:
        half_hourly = Rhythm(cron="*/30 * * * *", grace=timedelta(minutes=1))
        up = heard(Beat(), half_hourly, Signal.SUCCESS, at(30))
        assert up.due_at == at(61)
        # We are back at 11:30:00; that tick may have been missed by a hair, the next one is at 12:00.
        assert excused(up, half_hourly, self.AWAY).due_at == at(121)

    def test_what_is_within_its_grace_at_our_return_may_have_reported_too(self) -> None:
        up = heard(Beat(), HOURLY, Signal.SUCCESS, at(25))
        assert up.due_at == at(95)
        assert excused(up, HOURLY, self.AWAY).due_at == at(160)

    def test_what_is_expected_after_our_return_gets_nothing(self) -> None:
        up = heard(Beat(), HOURLY, Signal.SUCCESS, at(45))
        assert excused(up, HOURLY, self.AWAY) == up

    def test_who_was_late_before_stays_late(self) -> None:
        late = missed(UP, at(70))
        assert excused(late, HOURLY, self.AWAY) == late

    def test_a_sign_ends_the_excuse(self) -> None:
        assert heard(excused(UP, HOURLY, self.AWAY), HOURLY, Signal.SUCCESS, at(95)).excused is None
