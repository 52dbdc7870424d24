"""Rows of SNS topics and of messages that were taken, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from oncall_tui.ops.reading.house import house as the_house
from oncall_tui.storage.statements.intake import messages, topics
from oncall_tui.storage.statements.intake.events import ids
from oncall_tui.storage.tables import taken_messages
from tests.support.house import House
from tests.support.worlds import T0

CONFIG = f"""
version: 1
users: [{{username: ana}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: aws, kind: sns, service: checkout, key: "{"s" * 32}"}}
  - {{name: other, kind: sns, service: checkout, key: "{"o" * 32}"}}
"""
DAY = timedelta(days=1)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def test_a_message_is_new_once_for_each_integration_and_for_thirty_days(house: House) -> None:
    with house.store.write() as conn:
        known = ids(conn)[0]
        aws, other = known["aws"], known["other"]
        assert [messages.first_time(conn, aws, "m", T0) for _ in range(2)] == [True, False]
        assert messages.first_time(conn, other, "m", T0)
        assert not messages.first_time(conn, aws, "m", T0 + 30 * DAY)
        assert messages.first_time(conn, aws, "n", T0 + 31 * DAY)
        assert conn.execute(select(func.count()).select_from(taken_messages)).scalar_one() == 1


def test_a_topic_asks_is_confirmed_ends_and_asks_again(house: House) -> None:
    with house.store.write() as conn:
        first = topics.asked(conn, "aws", "t1", "sealed", T0, 2)
        assert first is not None
        assert topics.asked(conn, "aws", "t1", "anew", T0 + DAY, 2) == first
        assert topics.asked(conn, "aws", "t2", "sealed", T0, 2) not in (None, first)
        assert topics.asked(conn, "aws", "t3", "sealed", T0, 2) is None, "no more than two"
        assert topics.asked(conn, "other", "t1", "sealed", T0, 2) is not None
        topics.confirm(conn, first, T0 + DAY, "ana")
        (row,) = (one for one in topics.listed(conn, "aws") if one.arn == "t1")
        assert (row.confirm_url, row.confirmed_at, row.confirmed_by) == ("anew", T0 + DAY, "ana")
        assert topics.end(conn, "aws", "t1", T0 + 2 * DAY)
        assert not topics.end(conn, "aws", "unknown", T0)
        assert {one.arn for one in topics.listed(conn) if one.ended_at is not None} == {"t1"}
    waiting = [(one.integration, one.arn, one.asked_at) for one in the_house(house.session).topics]
    assert sorted(waiting) == [("aws", "t2", T0), ("other", "t1", T0)]
    with house.store.write() as conn:
        assert topics.asked(conn, "aws", "t1", "again", T0 + 3 * DAY, 2) == first
        (row,) = (one for one in topics.listed(conn, "aws") if one.arn == "t1")
        assert (row.confirmed_at, row.ended_at) == (None, None)
