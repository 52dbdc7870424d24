"""The directory as one value: cached by its revision, whole in spite of broken rows, and fast."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text, update

from oncall_tui.domain.schedules import BrokenSchedule, users_on_call
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.ops.config import apply
from oncall_tui.ops.directory import Directory, load_world
from oncall_tui.storage.tables import schedule_layers, schedules, services
from tests.support.configs import WHOLE
from tests.support.house import House
from tests.support.worlds import T0


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, WHOLE, tmp_path) as made:
        yield made


def test_it_is_read_once_for_each_revision(house: House) -> None:
    directory = Directory(house.store)
    with house.store.read() as conn:
        first = directory.world(conn)
        assert directory.world(conn) is first
    apply(house.session, "version: 1\nusers: [{username: eve}]", addresses=False)
    with house.store.read() as conn:
        second = directory.world(conn)
    assert second.revision == first.revision + 1
    assert "eve" in second.users
    assert "eve" not in first.users


def test_a_second_look_reads_no_table_of_the_directory(house: House) -> None:
    directory = Directory(house.store)
    statements: list[str] = []
    with house.store.read() as conn:
        first = directory.world(conn)
        event.listen(conn, "before_cursor_execute", lambda *found: statements.append(found[2]))
        assert directory.world(conn) is first
    assert statements == []  # the revision is asked for past SQLAlchemy


def test_a_change_that_is_rolled_back_is_not_remembered(house: House) -> None:
    directory = house.directory

    def change_and_fail() -> None:
        with house.store.write() as conn:
            conn.execute(text("UPDATE users SET name = 'Somebody'"))
            conn.execute(text("UPDATE meta SET value = '99' WHERE key = 'directory_rev'"))
            assert directory.world(conn).revision == 99
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    with house.store.read() as conn:
        world = directory.world(conn)
    assert world.revision == 1
    assert world.users["ana"].name == "Ana Silva"


@pytest.mark.parametrize(
    "damage",
    [
        update(schedules).values(timezone="Mars/Olympus"),
        update(schedule_layers).values(definition={"users": ["ana"], "start": "2026-01-05T09:00", "every": "0d"}),
        update(schedule_layers).values(definition={"users": ["ana"], "start": "never", "every": "1d"}),
        update(schedule_layers).values(definition={"users": ["ana"], "every": "1d"}),
        update(schedule_layers).values(definition=["no", "mapping"]),
        text("UPDATE schedule_layers SET definition = '{'"),
        text("UPDATE schedule_overrides SET users = 'ana'"),
    ],
    ids=["zone", "zero length", "start", "no start", "no mapping", "no JSON", "override"],
)
def test_a_broken_schedule_breaks_itself_alone(house: House, damage: object) -> None:
    with house.store.write() as conn:
        conn.execute(damage)  # type: ignore[call-overload]  # any statement
        # Another schedule, sound, written past the damage.
        conn.execute(text("INSERT INTO schedules (name, timezone) VALUES ('sound', 'UTC')"))
    with house.store.read() as conn:
        world = load_world(conn)
    assert set(world.schedules) == {"primary", "sound"}
    with pytest.raises(BrokenSchedule):
        users_on_call(world.schedules["primary"], T0)
    assert world.on_call("primary", T0) is None
    assert world.on_call("sound", T0) == ()
    assert set(world.users) == {"ana", "bo", "cy", "dee"}


def test_broken_support_hours_fall_back_to_the_severity(house: House) -> None:
    broken = {"timezone": "Mars/Olympus", "windows": []}
    with house.store.write() as conn:
        conn.execute(update(services).values(support_hours=broken))
    with house.store.read() as conn:
        service = load_world(conn).services["checkout"]
    assert service.support_hours is None
    assert service.urgency_of(Severity.HIGH, T0) is Urgency.HIGH


def test_channels_bear_their_number_and_no_secret(house: House) -> None:
    with house.store.read() as conn:
        policy = load_world(conn).policies["payments"]
    channels = [target for target in (*policy.steps[1].targets, *policy.fallback) if target.channel is not None]
    assert [channel.name for channel in channels] == ["json://127.0.0.1", "json://127.0.0.1"]
    assert len({channel.channel for channel in channels}) == 2


def test_fifty_users_and_two_hundred_services_load_fast(sqlite_url: str, tmp_path: Path) -> None:
    users = "".join(
        f'  - {{username: u{n}, contacts: [{{name: push, url: "json://127.0.0.1:9/{n}"}},'
        f' {{name: mail, url: "json://127.0.0.1:9/m{n}"}}],'
        " rules: [{contact: push}, {contact: mail, delay: 5m}]}\n"
        for n in range(50)
    )
    rotas = "".join(
        f"  - {{name: s{n}, timezone: Europe/Lisbon, layers: [{{name: l, users: [u{n}], start: 2026-01-05T09:00,"
        " every: 1w}]}\n"
        for n in range(20)
    )
    ladders = "".join(
        f"  - {{name: p{n}, steps: [{{targets: [{{schedule: s{n}}}]}}, {{targets: [{{user: u{n}}}]}}]}}\n"
        for n in range(20)
    )
    watched = "".join(f"  - {{name: v{n}, policy: p{n % 20}, labels: {{tier: '1'}}}}\n" for n in range(200))
    config = f"version: 1\nusers:\n{users}schedules:\n{rotas}policies:\n{ladders}services:\n{watched}"
    with House(sqlite_url, config, tmp_path) as house, house.store.read() as conn:
        load_world(conn)
        taken = []
        for _ in range(5):
            before = time.process_time()
            world = load_world(conn)
            taken.append(time.process_time() - before)
    assert (len(world.users), len(world.services)) == (50, 200)
    # 20 ms is the aim on a quiet machine; what is held here is the order of magnitude, in processor time.
    assert min(taken) < 0.06
