"""Round robin on the real database: the turns outlive the process, and no two incidents take the same one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from oncall_tui.domain.errors import LostRace
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.incident import advance
from oncall_tui.domain.incident.causes import Reassign
from oncall_tui.ops.config import apply
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.incidents.acts import escalate, reassign
from oncall_tui.ops.intake.events import Taken, take
from oncall_tui.ops.reading import detail
from oncall_tui.ops.reading.incidents.story import who_is_next
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.tables import step_turns
from oncall_tui.storage.writer import Writer
from tests.support.house import House
from tests.support.worlds import T0

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy"}]}
teams:
  - {name: payments, members: [ana, bo, cy]}
policies:
  - name: round
    remind: off
    steps:
      - {delay: 15m, assign: round_robin, targets: [{team: payments}]}
      - {delay: 15m, targets: [{user: cy}]}
  - {name: plain, remind: off, steps: [{delay: 15m, targets: [{user: cy}]}]}
services:
  - {name: checkout, policy: round}
  - {name: search, policy: round}
  - {name: batch, policy: plain}
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: finder, kind: generic, service: search}
  - {name: cron, kind: generic, service: batch}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def turns(house: House) -> list[tuple[str, int, int, list[str]]]:
    with house.store.read() as conn:
        rows = conn.execute(select(step_turns).order_by(step_turns.c.policy, step_turns.c.step)).all()
    return [(row.policy, row.step, row[2], row.taken) for row in rows]


def test_incidents_of_two_services_on_one_policy_go_round_together(house: House) -> None:
    for number in range(4):
        house.post(key=f"k{number}", integration=("monitor", "finder")[number % 2])
    assert [who for _, who in house.paged] == ["ana", "ana", "bo", "cy"]
    assert [house.column(number, "assignees") for number in (1, 2, 3, 4)] == [["ana"], ["bo"], ["cy"], ["ana"]]
    assert turns(house) == [("round", 1, 4, ["bo", "cy", "ana"])]


def test_the_turns_outlive_a_restart_and_a_new_file(house: House) -> None:
    house.post(key="a")
    house.directory = Directory(house.store)
    apply(house.session, CONFIG.replace("delay: 15m, assign", "delay: 20m, assign"))
    house.post(key="b")
    assert house.column(2, "assignees") == ["bo"]


def test_what_is_shown_as_next_is_whose_turn_it_is(house: House) -> None:
    for key in "ab":
        house.post(key=key)
    row = detail(house.session, 2).incident
    assert row.assignees == ("bo",)
    house.post(key="c", integration="cron")
    reassign(house.as_user("cy"), 3, policy="round")
    assert house.column(3, "assignees") == ["cy"]
    assert who_is_next(house.session, 3) == ("cy",)
    escalate(house.as_user("cy"), 3)
    escalate(house.as_user("cy"), 3)  # exhausted: it begins afresh at step 1 …
    assert who_is_next(house.session, 3) == ("ana",)
    escalate(house.as_user("cy"), 3)
    assert house.column(3, "assignees") == ["ana"]


def test_a_turn_that_was_taken_meanwhile_is_decided_anew(house: House) -> None:
    house.post(key="a", integration="cron")
    with house.store.write() as conn:
        world = house.directory.world(conn)
        kept = keeping.load(conn, 1)
        act = Reassign(by="ana", version=kept.incident.version, policy="round")
        stale = advance(kept.incident, world, act, T0)
    house.post(key="b")  # takes the first turn
    with pytest.raises(LostRace), house.store.write() as conn:
        keeping.update(conn, keeping.load(conn, 1), stale, T0, via="test")
    assert turns(house) == [("round", 1, 1, ["ana"])]


def test_many_opened_at_once_share_evenly(house: House, database_url: str) -> None:
    """Two writers, as two workers have them: 30 incidents, ten each."""
    other = open_store(database_url)
    writers = [Writer(house.store, patience=20), Writer(other, patience=20)]
    directories = [house.directory, Directory(other)]

    def post(number: int) -> None:
        side = number % 2

        def work(conn: Connection) -> tuple[Taken, ...]:
            event = Event(action=Action.TRIGGER, dedup_key=f"k{number}", title="5xx")
            return take(conn, directories[side].world(conn), ("monitor", "finder")[side], [event], T0, "{}")

        writers[side].submit(work).result()

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(post, range(30)))
    finally:
        for writer in writers:
            writer.stop()
        other.close()
    assert Counter(who for _, who in house.paged) == {"ana": 10, "bo": 10, "cy": 10}
