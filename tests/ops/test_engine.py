"""Time at work: what is advanced first when more is due than one transaction takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.severity import Severity
from oncall_tui.ops.engine import LOOK_AGAIN, Round, advance_due, first_due
from oncall_tui.storage.engine import open_store
from tests.support.house import House

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
policies: [{name: p, remind: off, steps: [{delay: 5m, targets: [{user: ana}]}, {delay: 1h, targets: [{user: bo}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def advanced(house: House, limit: int) -> list[int]:
    """The incidents that one transaction brings to step 2."""
    before = [house.column(number, "step") for number, _ in house.open]
    with house.store.write() as conn:
        advance_due(conn, house.directory, house.clock.now(), limit)
    after = [house.column(number, "step") for number, _ in house.open]
    return [place + 1 for place, (was, is_) in enumerate(zip(before, after, strict=True)) if was != is_]


def test_after_an_outage_critical_incidents_go_first_and_then_the_longest_overdue(house: House) -> None:
    severities = (Severity.HIGH, Severity.MEDIUM, Severity.CRITICAL, Severity.HIGH, Severity.CRITICAL)
    for place, severity in enumerate(severities):
        house.post(key=f"k{place}", severity=severity)
        house.clock.move(timedelta(seconds=1))
    house.clock.move(timedelta(minutes=30))
    assert [advanced(house, 2), advanced(house, 2), advanced(house, 2)] == [[3, 5], [1, 2], [4]]


def test_what_another_worker_advances_is_looked_at_again_in_a_moment_not_over_and_over(
    postgres_url: str, tmp_path: Path
) -> None:
    with House(postgres_url, CONFIG, tmp_path) as house, closing(open_store(postgres_url)) as mine:
        house.post()
        house.clock.move(timedelta(minutes=5))
        now = house.clock.now()
        with house.store.write() as theirs:
            assert first_due(theirs, now, 1) == [1]
            with mine.write() as conn:
                assert advance_due(conn, house.directory, now) == Round(0, now + LOOK_AGAIN)
        assert advanced(house, 1) == [1]
