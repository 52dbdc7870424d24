"""The self-audit on real rows: what was damaged by hand is found, mended once, and said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from oncall_tui.domain.incident import Phase, Run
from oncall_tui.ops.engine import set_aside
from oncall_tui.ops.incidents.codec import Unreadable, decode, encode
from oncall_tui.ops.watching import look, mend
from oncall_tui.storage.tables import incidents, timers
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/a"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/b"}]}
policies:
  - name: p
    remind: off
    steps:
      - {delay: 10m, targets: [{user: ana}]}
      - {delay: 10m, targets: [{user: bo}]}
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def opened(house: House, key: str = "k1") -> int:
    number = house.post(key=key).number
    assert number is not None
    return number


def suspects(house: House) -> tuple[int, ...]:
    with house.store.read() as conn:
        return look(conn, 0, house.clock.now()).suspects


def mended(house: House, number: int) -> str | None:
    with house.store.write() as conn:
        return mend(conn, house.directory, number, house.clock.now())


def timer(house: House, number: int) -> datetime | None:
    with house.store.read() as conn:
        return conn.execute(select(timers.c.due_at).where(timers.c.number == number)).scalar_one_or_none()


def move_timer(house: House, number: int, at: datetime) -> None:
    with house.store.write() as conn:
        conn.execute(update(timers).where(timers.c.number == number).values(due_at=at))


def change_runs(house: House, number: int, **values: object) -> None:
    with house.store.write() as conn:
        found = select(incidents.c.document).where(incidents.c.number == number)
        incident = decode(conn.execute(found).scalar_one())
        run: Run = replace(incident.runs[0], **values)  # type: ignore[arg-type]  # any field, by name
        damaged = encode(replace(incident, runs=(run,)))
        conn.execute(update(incidents).where(incidents.c.number == number).values(document=damaged, next_due_at=None))
        conn.execute(delete(timers).where(timers.c.number == number))


def test_a_timer_deleted_by_hand_is_there_again_and_fires(house: House) -> None:
    sound, number = opened(house, "k1"), opened(house, "k2")
    with house.store.write() as conn:
        conn.execute(delete(timers).where(timers.c.number == number))
    assert suspects(house) == (number,)
    assert mended(house, number) == "its timer was missing"
    assert timer(house, number) == T0 + minutes(10)
    assert house.kinds(number)[-1] == "mended"
    assert house.kinds(sound).count("mended") == 0
    assert suspects(house) == ()
    assert mended(house, number) is None, "a second worker that saw the same finds nothing to do"
    assert house.kinds(number).count("mended") == 1
    house.pass_to(10)
    assert (10.0, "bo") in house.paged


def test_a_timer_moved_back_is_put_right(house: House) -> None:
    number = opened(house)
    move_timer(house, number, T0 + minutes(10) + timedelta(microseconds=1))
    assert mended(house, number) == "its timer stood later than it is due"
    assert timer(house, number) == T0 + minutes(10)


def test_an_earlier_timer_is_somebodys_wish_and_stays(house: House) -> None:
    number = opened(house)
    move_timer(house, number, T0)
    assert suspects(house) == ()


def test_what_the_engine_put_off_stays_put_off_but_not_for_longer(house: House) -> None:
    """Due at minute 10, put off then by five minutes; a sixth is for clocks that disagree."""
    number = opened(house)
    house.clock.set(T0 + minutes(10))
    with house.store.write() as conn:
        set_aside(conn, number, house.clock.now())
    assert timer(house, number) == T0 + minutes(15)
    assert suspects(house) == ()
    move_timer(house, number, T0 + minutes(16) + timedelta(seconds=1))
    assert suspects(house) == (number,)
    assert mended(house, number) == "its timer stood later than it is due"
    assert timer(house, number) == T0 + minutes(10)


def test_the_due_time_that_is_shown_is_the_incidents_own(house: House) -> None:
    number = opened(house)
    with house.store.write() as conn:
        conn.execute(update(incidents).where(incidents.c.number == number).values(next_due_at=T0 + minutes(99)))
    assert mended(house, number) == "it was shown with another due time than its own"
    assert house.column(number, "next_due_at") == T0 + minutes(10)
    assert timer(house, number) == T0 + minutes(10)


def test_an_incident_that_nothing_would_happen_to_again_is_escalated(house: House) -> None:
    number = opened(house)
    change_runs(house, number, step_due_at=None, remind_at=None, recheck_at=None)
    house.clock.set(T0 + minutes(30))
    assert suspects(house) == (number,)
    assert mended(house, number) == "nothing would ever have happened to it again"
    assert house.paged == [(0.0, "ana"), (30.0, "bo")]
    assert timer(house, number) == T0 + minutes(40)
    assert suspects(house) == ()


@pytest.mark.parametrize("phase", [Phase.HELD, Phase.STOPPED, Phase.ASSIGNED])
def test_one_that_never_began_or_has_lost_its_way_begins_at_step_one(house: House, phase: Phase) -> None:
    """Held with no end to it, stopped though triggered, assigned with no time to answer."""
    number = opened(house)
    change_runs(house, number, phase=phase, step=0, step_due_at=None)
    house.clock.set(T0 + minutes(30))
    assert mended(house, number) == "nothing would ever have happened to it again"
    assert house.paged == [(0.0, "ana"), (30.0, "ana")]
    assert timer(house, number) == T0 + minutes(40)
    assert suspects(house) == ()


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.NOTIFIED, Phase.EXHAUSTED])
def test_states_that_may_rest_are_left_alone(house: House, phase: Phase) -> None:
    """Waiting with nobody in the horizon, low urgency notified, exhausted with `remind: off`."""
    number = opened(house)
    change_runs(house, number, phase=phase, step_due_at=None, remind_at=None, recheck_at=None)
    assert suspects(house) == ()
    assert mended(house, number) is None


def test_resolved_incidents_are_none_of_its_business(house: House) -> None:
    number = opened(house)
    house.post("resolve")
    move_timer(house, number, T0 + minutes(99))
    assert house.open == []
    assert suspects(house) == ()
    assert mended(house, number) is None


def test_a_row_that_holds_no_incident_is_found_and_not_hushed_up(house: House) -> None:
    number = opened(house)
    with house.store.write() as conn:
        conn.execute(update(incidents).where(incidents.c.number == number).values(document="{}"))
    assert suspects(house) == (number,)
    with pytest.raises(Unreadable):
        mended(house, number)


def test_it_looks_at_a_few_at_a_time_and_at_each_once(house: House) -> None:
    numbers = [opened(house, f"k{place}") for place in range(5)]
    with house.store.write() as conn:
        conn.execute(delete(timers))
    seen: list[int] = []
    sizes: list[int] = []
    after: int | None = 0
    while after is not None:
        with house.store.read() as conn:
            batch = look(conn, after, T0, limit=2)
        seen += batch.suspects
        sizes.append(len(batch.suspects))
        after = batch.last
    assert (seen, sizes) == (numbers, [2, 2, 1])
