"""A batch of posts leaves the rows that the same posts leave one by one, whatever they say, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from oncall_tui.domain.errors import LostRace
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.intake.events import Posted, Taken, take, take_all
from oncall_tui.ops.taking.batch import Batch
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.tables import alerts, events, incidents, pages, timeline, timers
from tests.support import postgres
from tests.support.house import House
from tests.support.worlds import T0

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]},
        {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}]
policies:
  - {name: p, steps: [{delay: 5m, targets: [{user: ana}]}, {delay: 5m, targets: [{user: bo}]}]}
  - {name: turns, steps: [{delay: 5m, assign: round_robin, targets: [{user: ana}, {user: bo}]}]}
services:
  - {name: keys, policy: p}
  - {name: whole, policy: turns, grouping: service}
  - {name: alike, policy: p, grouping: labels, group_labels: [host], hold_for: 1m}
integrations:
  - {name: monitor, kind: generic, service: keys}
  - {name: whole, kind: generic, service: whole}
  - {name: alike, kind: generic, service: alike}
"""
TABLES = (events, incidents, alerts, timeline, timers, pages)
# How often a row was written is no part of what it says.
LEFT_OUT = {"id", "rev"}


def rows(house: House, table: Table) -> list[dict[str, Any]]:
    with house.store.read() as conn:
        # Of each incident the order counts; between incidents a batch writes as it likes.
        by = (table.c.number, *table.primary_key) if table is timeline else (*table.primary_key,)
        found = conn.execute(select(table).order_by(*by)).mappings()
        return [{name: value for name, value in row.items() if name not in LEFT_OUT} for row in found]


def some_event(chance: random.Random) -> Event:
    return Event(
        action=chance.choices((Action.TRIGGER, Action.RESOLVE, Action.ACKNOWLEDGE), (6, 3, 1))[0],
        dedup_key=chance.choice(("a", "b", "c", "ä\x00")),
        title=chance.choice(("5xx", "disk full", "naïve \x00 title")),
        description=chance.choice(("", "more")),
        severity=chance.choice(list(Severity)),
        labels={"host": chance.choice("xy")} if chance.random() < 0.7 else {},
        group_key=chance.choice((None, None, "g")),
        started_at=chance.choice((None, T0)),
        notes=("odd",) if chance.random() < 0.2 else (),
    )


def some_posts(chance: random.Random) -> list[Posted]:
    return [
        Posted(
            chance.choice(("monitor", "monitor", "whole", "alike")),
            [some_event(chance) for _ in range(chance.choice((1, 1, 3)))],
            '{"n": 1}',
        )
        for _ in range(chance.randint(1, 12))
    ]


@pytest.fixture
def another_database_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A second database of the same kind."""
    if database_url.startswith("sqlite"):
        store = open_store(str(tmp_path / "another.db"))
        store.create()
        store.close()
        yield f"sqlite:///{tmp_path / 'another.db'}"
        return
    server = str(request.getfixturevalue("postgres_server"))
    url = postgres.make_database(server, postgres.TEMPLATE)
    yield url
    postgres.drop_database(server, url)


@pytest.fixture
def houses(database_url: str, another_database_url: str, tmp_path: Path) -> Iterator[tuple[House, House]]:
    with House(database_url, CONFIG, tmp_path) as one, House(another_database_url, CONFIG, tmp_path) as other:
        yield one, other


def together(house: House, posts: Sequence[Posted]) -> list[tuple[Taken, ...]]:
    with house.store.write() as conn:
        return take_all(conn, house.directory.world(conn), posts, house.clock.now())


def one_by_one(house: House, posts: Sequence[Posted]) -> list[tuple[Taken, ...]]:
    taken = []
    for post in posts:
        for place, event in enumerate(post.events):
            with house.store.write() as conn:
                world = house.directory.world(conn)
                payload = "" if place else post.payload
                taken.append(take(conn, world, post.integration, [event], house.clock.now(), payload))
    return taken


@pytest.mark.unmeasured
@pytest.mark.parametrize("seed", range(12))
def test_a_batch_says_what_its_posts_say_one_by_one(houses: tuple[House, House], seed: int) -> None:
    chance = random.Random(seed)
    batched, single = houses
    for _ in range(4):
        posts = some_posts(chance)
        answers = [one for taken in together(batched, posts) for one in taken]
        assert answers == [one for taken in one_by_one(single, posts) for one in taken]
        for table in TABLES:
            assert rows(batched, table) == rows(single, table), table.name
        later = batched.clock.now() + timedelta(minutes=chance.choice((1, 40)))
        for house in houses:
            house.clock.set(later)


def test_a_thousand_triggers_on_one_key_are_one_incident_and_one_page(houses: tuple[House, House]) -> None:
    house, _ = houses
    event = Event(action=Action.TRIGGER, dedup_key="one", title="5xx")
    taken = together(house, [Posted("monitor", [event], "{}")] * 1000)
    (number,) = {one.number for post in taken for one in post}
    assert number is not None
    assert house.open == [(number, "triggered")]
    assert house.alert_count(number) == house.column(number, "events") == 1000
    assert len(house.paged) == 1
    assert len(rows(house, events)) == 1000


def test_two_hundred_keys_five_times_are_two_hundred_incidents(houses: tuple[House, House]) -> None:
    house, _ = houses
    posts = [
        Posted("monitor", [Event(action=Action.TRIGGER, dedup_key=f"k{n % 200}", title="5xx")], "{}")
        for n in range(1000)
    ]
    numbers = [one.number for post in together(house, posts) for one in post]
    assert len(house.open) == len(set(numbers)) == 200
    assert all(house.alert_count(number) == 5 for number, _state in house.open)
    assert len(house.paged) == 200


def test_a_thousand_alerts_of_one_group_are_one_incident(houses: tuple[House, House]) -> None:
    house, _ = houses

    def group(action: Action) -> Posted:
        alerts_of_it = [
            Event(action=action, dedup_key=f"f{n}", title=f"disk {n}", group_key="g", started_at=T0)
            for n in range(1000)
        ]
        return Posted("monitor", alerts_of_it, "{}")

    ((number, *rest),) = {tuple({one.number for one in post}) for post in together(house, [group(Action.TRIGGER)])}
    assert not rest
    assert number is not None
    assert house.open == [(number, "triggered")]
    assert house.column(number, "alerts") == 1000
    assert len(house.paged) == 1
    together(house, [group(Action.RESOLVE)])
    assert house.open == []
    assert house.kinds(number)[-1] == "resolved"


def test_an_incident_that_was_changed_meanwhile_is_not_written_over(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Batch.write

    def too_late(batch: Batch) -> None:
        batch.conn.execute(update(incidents).values(rev=incidents.c.rev + 1))
        write(batch)

    with House(database_url, CONFIG, tmp_path) as house:
        house.post(severity=Severity.LOW)
        monkeypatch.setattr(Batch, "write", too_late)
        with pytest.raises(LostRace, match="#1 was changed by somebody else"):
            house.post(severity=Severity.CRITICAL)
        assert house.column(1, "severity") == "low"
