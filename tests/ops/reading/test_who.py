"""A row of `who`: the people, and since and until when exactly they are on call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oncall_tui.ops.config.validation import validate
from oncall_tui.ops.config.worlds import world_of
from oncall_tui.ops.reading.who import on_call_row

TEAM = """
version: 1
users: [{username: ana}, {username: bo}, {username: cy}]
schedules:
  - name: s
    timezone: UTC
    layers: [{name: weekly, users: [ana, [bo, cy], null], start: 2026-01-05T09:00, every: 1w}]
    overrides:
      - {user: bo, start: 2026-01-13T00:00, end: 2026-01-15T00:00}
      - {remove: cy, start: 2026-01-17T00:00, end: 2026-01-18T00:00}
"""


@pytest.mark.parametrize(
    ("day", "users", "since", "until"),
    [
        (12, ("bo", "cy"), "2026-01-12T09", "2026-01-13T00"),
        (13, ("bo",), "2026-01-13T00", "2026-01-15T00"),  # until another joins, not until this one goes
        (15, ("bo", "cy"), "2026-01-15T00", "2026-01-17T00"),
        (17, ("bo",), "2026-01-17T00", "2026-01-18T00"),  # since the other went
        (20, (), "2026-01-19T09", "2026-01-26T09"),
    ],
)
def test_a_row_lasts_while_exactly_these_are_on_call(day: int, users: tuple[str, ...], since: str, until: str) -> None:
    schedule = world_of(validate(TEAM, addresses=False).config).schedules["s"]
    row = on_call_row(schedule, datetime(2026, 1, day, 12, tzinfo=UTC))
    assert row.users == users
    assert (f"{row.since:%Y-%m-%dT%H}", f"{row.until:%Y-%m-%dT%H}") == (since, until)
