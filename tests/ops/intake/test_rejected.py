"""What was turned away is kept for a human, and bounded for the disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from oncall_tui.ops.intake import rejected
from oncall_tui.ops.intake.rejected import Rejection, Throttle
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.migrate import upgrade
from oncall_tui.storage.statements.intake import rejected as rows

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


def rejection(source: str = "192.0.2.1", reason: str = "unknown key", sample: str = "{}") -> Rejection:
    return Rejection(source=source, path="/in/generic/abcd…", reason=reason, sample=sample)


def test_ten_a_minute_pass_and_the_rest_is_counted() -> None:
    throttle = Throttle()
    assert [throttle.passes(rejection(), NOW) for _ in range(13)] == [0] * 10 + [None] * 3
    assert throttle.passes(rejection(), NOW + timedelta(seconds=59)) is None
    assert throttle.passes(rejection(), NOW + timedelta(minutes=1)) == 4
    assert throttle.passes(rejection(), NOW + timedelta(minutes=1)) == 0


def test_sources_and_reasons_are_counted_apart() -> None:
    throttle = Throttle(a_minute=1)
    assert throttle.passes(rejection(), NOW) == 0
    assert throttle.passes(rejection(reason="no JSON"), NOW) == 0
    assert throttle.passes(rejection(source="192.0.2.2"), NOW) == 0
    assert throttle.passes(rejection(), NOW) is None


def test_many_sources_share_one_count() -> None:
    throttle = Throttle(a_minute=2, sources=5)
    passed = [throttle.passes(rejection(source=f"192.0.2.{n}"), NOW) for n in range(50)]
    assert len([one for one in passed if one is not None]) <= 5 + 2


def test_a_clock_that_jumps_back_holds_nothing_back_for_ever() -> None:
    throttle = Throttle(a_minute=1)
    assert throttle.passes(rejection(), NOW) == 0
    assert throttle.passes(rejection(), NOW - timedelta(days=1)) == 0


def test_the_newest_are_kept(database_url: str) -> None:
    store = open_store(database_url)
    try:
        upgrade(store)
        with store.write() as conn:
            for number in range(5):
                rejected.record(conn, rejection(sample=f"{number}\x00" * 3000), NOW, held_back=number)
            rows.add(conn, {"received_at": NOW, "source": "s", "path": "p", "reason": "r", "sample": "last"}, keep=3)
        with store.read() as conn:
            found = rejected.newest(conn)
        assert [row.reason for row in found] == [
            "r",
            "unknown key (4 more like it before)",
            "unknown key (3 more like it before)",
        ]
        assert found[0].received_at == NOW
        assert len(found[1].sample) <= rejected.SAMPLE_LIMIT
    finally:
        store.close()
