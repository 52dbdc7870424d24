"""FAULTS C4 32: a schedule's row that makes no sense breaks that schedule alone, and its fallback is paged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from oncall_tui.ops.directory import Directory
from oncall_tui.ops.reading.who import on_call_rows
from tests.support.house import House
from tests.support.worlds import T0

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: dee, contacts: [{name: push, url: "json://127.0.0.1:9/dee"}]}
schedules:
  - name: primary
    timezone: Europe/Lisbon
    layers: [{name: daily, users: [ana], start: 2026-01-05T09:00, every: 1d}]
  - name: sound
    timezone: Europe/Lisbon
    layers: [{name: daily, users: [bo], start: 2026-01-05T09:00, every: 1d}]
policies:
  - {name: poisoned, remind: off, steps: [{delay: 5m, targets: [{schedule: primary}]}], fallback: [{user: dee}]}
  - {name: healthy, remind: off, steps: [{delay: 5m, targets: [{schedule: sound}]}], fallback: [{user: dee}]}
services:
  - {name: checkout, policy: poisoned}
  - {name: search, policy: healthy}
integrations:
  - {name: monitor, kind: generic, service: checkout, key: "0123456789abcdef0123456789abcdef"}
  - {name: other, kind: generic, service: search, key: "fedcba9876543210fedcba9876543210"}
"""
OF_PRIMARY = "WHERE schedule_id = (SELECT id FROM schedules WHERE name = 'primary')"
POISON = {
    "zone": "UPDATE schedules SET timezone = 'Mars/Olympus' WHERE name = 'primary'",
    "zero length": "UPDATE schedule_layers SET definition = "
    f"""'{{"users": ["ana"], "start": "2026-01-05T09:00", "every": "0d"}}' {OF_PRIMARY}""",
    "zero shift": "UPDATE schedule_layers SET definition = "
    f"""'{{"users": ["ana"], "start": "2026-01-05T09:00", "every": "1d", "length": "0h"}}' {OF_PRIMARY}""",
    "no JSON": f"UPDATE schedule_layers SET definition = '{{\"users\": [' {OF_PRIMARY}",
    "no mapping": f"UPDATE schedule_layers SET definition = '[1e999]' {OF_PRIMARY}",
    "no text": f"UPDATE schedule_layers SET definition = '' {OF_PRIMARY}",
}


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Two schedules, each with a policy and a service of its own."""
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.mark.parametrize("poison", list(POISON))
def test_c4_32_a_poisoned_schedule_is_shown_and_its_fallback_is_paged(house: House, poison: str) -> None:
    with house.store.write() as conn:
        conn.exec_driver_sql(POISON[poison])
    house.directory = Directory(house.store)  # as a worker that starts now reads it
    house.post(integration="monitor", key="one")
    house.post(integration="other", key="two")
    assert house.paged == [(0, "bo"), (0, "dee")]
    with house.store.read() as conn:
        rows = {row.schedule: row for row in on_call_rows(house.directory.world(conn), T0)}
    assert rows["primary"].users == ()
    assert rows["primary"].broken is not None
    assert "primary" in rows["primary"].broken
    assert (rows["sound"].users, rows["sound"].broken) == (("bo",), None)


def test_c4_32_once_mended_it_pages_again(house: House) -> None:
    with house.store.write() as conn:
        conn.execute(text(POISON["zone"]))
    house.directory = Directory(house.store)
    house.post(integration="monitor", key="one")
    with house.store.write() as conn:
        conn.execute(text("UPDATE schedules SET timezone = 'Europe/Lisbon' WHERE name = 'primary'"))
    house.directory = Directory(house.store)
    house.post(integration="monitor", key="two")
    assert house.paged == [(0, "ana"), (0, "dee")]
