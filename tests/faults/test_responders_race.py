"""FAULTS C4 36 and 37: events and acts that come twice, or two at the same instant, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, func, select

from oncall_tui.domain.errors import LostRace
from oncall_tui.domain.events import Action, Event
from oncall_tui.ops.incidents.acts import acknowledge, escalate, resolve
from oncall_tui.ops.intake.events import take
from oncall_tui.ops.session import Session
from oncall_tui.storage.tables import alerts, incidents, pages, timeline, timers
from tests.support.house import House

pytestmark = pytest.mark.timeout(300)

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
policies:
  - {name: p, remind: off, steps: [{delay: 15m, targets: [{user: ana}]}, {delay: 15m, targets: [{user: bo}]}]}
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""
Act = Callable[[Session, int], object]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def open_many(house: House, count: int) -> None:
    events = [Event(action=Action.TRIGGER, dedup_key=f"k{number}", title="5xx") for number in range(count)]
    with house.store.write() as conn:
        take(conn, house.directory.world(conn), "monitor", events, house.clock.now(), "{}")


def race(house: House, count: int, first: Act, second: Act) -> list[tuple[LostRace | None, LostRace | None]]:
    """Both acts on each incident at the same instant, ana's and bo's; who was refused, and how."""
    start = Barrier(2)

    def run(session: Session, act: Act) -> list[LostRace | None]:
        told: list[LostRace | None] = []
        for number in range(1, count + 1):
            start.wait(60)
            try:
                act(session, number)
                told.append(None)
            except LostRace as lost:
                told.append(lost)
        return told

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run, house.as_user("ana"), first)
        two = pool.submit(run, house.as_user("bo"), second)
        return list(zip(one.result(), two.result(), strict=True))


def counted(conn: Connection, kind: str) -> dict[int, int]:
    """How many entries of a kind each incident's timeline has."""
    query = select(timeline.c.number, func.count()).where(timeline.c.kind == kind).group_by(timeline.c.number)
    return {row[0]: row[1] for row in conn.execute(query)}


def unfinished(conn: Connection) -> int:
    """How many pages are still to be sent."""
    return conn.execute(select(func.count()).select_from(pages).where(pages.c.finished_at.is_(None))).scalar_one()


def test_36_the_same_event_twice_is_one_incident_and_the_second_answer_equals_the_first(house: House) -> None:
    first, second = house.post(), house.post()
    assert (first.number, first.dedup_key) == (second.number, second.dedup_key) == (1, "k1")
    assert house.paged == [(0, "ana")]


def test_36_the_same_key_with_another_body_is_the_same_incident(house: House) -> None:
    house.post(title="5xx at 2 %")
    assert house.post(title="5xx at 9 %").number == 1
    assert house.column(1, "title") == "5xx at 9 %"
    assert len(house.paged) == 1


def test_36_a_resolve_before_its_trigger_is_kept_and_does_not_end_what_comes_after(house: House) -> None:
    """An early resolve changes nothing (RULES, Keys): a page too many is better than an alert that nobody sees."""
    assert house.post("resolve").verdict == "nothing"
    assert house.post().verdict == "open"
    assert house.open == [(1, "triggered")]


def test_36_a_resolve_twice_ends_it_once(house: House) -> None:
    house.post()
    assert [house.post("resolve").verdict for _ in range(2)] == ["resolve", "nothing"]
    assert house.kinds(1).count("resolved") == 1
    assert house.open == []


def test_37_two_acknowledge_at_once_one_wins_and_the_other_hears_who(house: House) -> None:
    count = 400
    open_many(house, count)
    told = race(house, count, acknowledge, acknowledge)
    with house.store.read() as conn:
        holders = dict(conn.execute(select(incidents.c.number, incidents.c.acknowledged_by)).all())
        assert counted(conn, "acknowledged") == dict.fromkeys(range(1, count + 1), 1)
        assert counted(conn, "refused") == dict.fromkeys(range(1, count + 1), 1)
        assert unfinished(conn) == 0
    for number, (ana, bo) in enumerate(told, 1):
        assert (ana is None) != (bo is None), number
        winner, lost = ("ana", bo) if ana is None else ("bo", ana)
        assert holders[number] == winner
        assert lost is not None
        assert f"#{number} was already acknowledged by {winner} at 2026-03-01T03:00:00Z" in lost.sentence


def test_37_acknowledge_and_escalate_at_once_end_acknowledged_with_nothing_left_to_page(house: House) -> None:
    count = 300
    open_many(house, count)
    with house.store.read() as conn:
        seen = dict(conn.execute(select(incidents.c.number, incidents.c.version)).all())
    told = race(house, count, acknowledge, lambda session, number: escalate(session, number, version=seen[number]))
    with house.store.read() as conn:
        rows = {row.number: row for row in conn.execute(select(incidents))}
        assert unfinished(conn) == 0
        assert conn.execute(select(func.count()).select_from(timers)).scalar_one() == 0
    for number, (ana, bo) in enumerate(told, 1):
        assert ana is None, "acknowledging is still possible after an escalation"
        assert (rows[number].state, rows[number].acknowledged_by) == ("acknowledged", "ana")
        assert rows[number].step == (1 if bo is not None else 2)
        assert bo is None or "has changed since you looked" in bo.sentence


def test_37_acknowledge_and_resolve_at_once_end_resolved(house: House) -> None:
    count = 300
    open_many(house, count)
    told = race(house, count, acknowledge, resolve)
    with house.store.read() as conn:
        assert set(conn.execute(select(incidents.c.state)).scalars()) == {"resolved"}
        assert unfinished(conn) == 0
        assert conn.execute(select(func.count()).select_from(timers)).scalar_one() == 0
        assert not any(conn.execute(select(alerts.c.open)).scalars())
        acknowledged = counted(conn, "acknowledged")
    for number, (ana, bo) in enumerate(told, 1):
        assert bo is None, "resolving is possible from triggered and from acknowledged"
        assert acknowledged.get(number, 0) == (1 if ana is None else 0)
        assert ana is None or f"#{number} was already resolved by bo" in ana.sentence
