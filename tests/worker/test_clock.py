"""A worker follows the database's clock, and says when its host's is far off it (RULES, Time: above 5 s)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from oncall_tui.clock import SystemClock
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.watching.lifesigns import LifeSigns


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.mark.parametrize(("ahead", "said"), [(3600, True), (-6, True), (4, False), (0, False)])
def test_a_host_clock_far_off_is_said_and_not_followed(
    store: Store, caplog: pytest.LogCaptureFixture, ahead: int, said: bool
) -> None:
    true = SystemClock()
    clock = SystemClock(lambda: true.now() + timedelta(seconds=ahead))
    writer = Writer(store)
    try:
        LifeSigns(store, writer, clock, "w1", "").measure()
    finally:
        writer.stop()
    assert ("off the database's" in caplog.text) is said
    assert abs(clock.now() - true.now()) < timedelta(seconds=2)
