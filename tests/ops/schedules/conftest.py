"""A team of four with two rotations, once on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.house import House

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TEAM = """
version: 1
users:
  - {username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy"}]}
  - {username: vi, role: viewer}
schedules:
  - name: primary
    timezone: UTC
    layers: [{name: weekly, users: [ana, bo], start: 2026-01-05T09:00, every: 1w}]
  - name: pair
    timezone: UTC
    layers: [{name: both, users: [[bo, cy]], start: 2026-01-12T09:00, every: 1w, until: 2026-01-19T09:00}]
  - name: summer
    timezone: UTC
    layers: [{name: daily, users: [ana], start: 2026-01-05T09:00, every: 1d}]
    temporary:
      - start: 2026-08-01T00:00
        end: 2026-08-08T00:00
        shifts: [{user: bo, start: 2026-08-01T00:00, end: 2026-08-08T00:00}]
policies:
  - {name: pages, steps: [{delay: 5m, targets: [{schedule: pair}]}]}
services: [{name: checkout, policy: pages}]
integrations: [{name: monitor, kind: generic, service: checkout, key: "0123456789abcdef0123456789abcdef"}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Monday 5 January 2026, 09:00 UTC: ana has the first week of primary."""
    with House(database_url, TEAM, tmp_path, at=MONDAY) as made:
        yield made


@pytest.fixture
def sqlite_house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """The same on SQLite alone, for what does not depend on the database."""
    with House(sqlite_url, TEAM, tmp_path, at=MONDAY) as made:
        yield made
