"""A team whose schedules tell their people and two channels, once on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.house import House

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MADE = datetime(2026, 1, 5, 10, 10, tzinfo=UTC)
TEAM = """
version: 1
users:
  - {username: ana, role: admin, timezone: Europe/Lisbon, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - username: bo
    timezone: America/New_York
    contacts: [{name: phone, url: "json://127.0.0.1:9/bo"}, {name: mail, url: "json://127.0.0.1:9/bomail"}]
    rules: [{contact: phone, urgency: high}, {contact: mail, urgency: low}]
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy"}]}
schedules:
  - name: primary
    timezone: UTC
    layers: [{name: weekly, users: [ana, bo], start: 2026-01-05T09:00, every: 1w}]
    notices:
      - {url: "json://room.invalid", on: change}
      - {url: "json://board.invalid", at: "09:30", days: [mon, wed]}
  - name: quiet
    timezone: UTC
    handoff: off
    layers: [{name: daily, users: [cy, ana], start: 2026-01-05T12:00, every: 1d}]
policies:
  - {name: pages, steps: [{delay: 5m, targets: [{schedule: primary}]}]}
services: [{name: checkout, policy: pages}, {name: other}]
integrations:
  - {name: monitor, kind: generic, service: checkout, key: "0123456789abcdef0123456789abcdef"}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Monday 5 January 2026, 10:10 UTC: ana has the first week of primary since 09:00."""
    with House(database_url, TEAM, tmp_path, at=MADE) as made:
        yield made
