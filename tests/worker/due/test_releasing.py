"""The engine's loop over what silences hold back: it wakes for it, and one bad alert keeps no other from opening."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from oncall_tui.ops.intake import events
from oncall_tui.ops.intake.silences import add_silence
from oncall_tui.storage.tables import events as event_rows
from oncall_tui.storage.tables import silenced_alerts
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.due.engine import Engine
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, steps: [{delay: 15m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def engine(house: House) -> Iterator[Engine]:
    writer = Writer(house.store)
    yield Engine(house.store, writer, house.directory, house.clock, look_every=3600)
    writer.stop()


def hold_back(house: House, *keys: str) -> None:
    add_silence(house.session, matchers='team="pay"', length=minutes(10))
    for key in keys:
        assert house.post(key=key, labels={"team": "pay"}).verdict == "silenced"


def test_it_sleeps_until_the_silence_is_over_and_opens_then(house: House, engine: Engine) -> None:
    hold_back(house, "a", "b")
    assert engine.step() == pytest.approx(600, abs=1)
    assert house.open == []
    house.clock.set(T0 + minutes(10))
    engine.step()
    assert [state for _, state in house.open] == ["triggered", "triggered"]
    assert house.paged == [(10, "ana"), (10, "ana")]


def test_one_that_can_not_be_read_keeps_no_other_shut(
    house: House, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    hold_back(house, "bad", "good")
    with house.store.write() as conn:
        bad = silenced_alerts.c.dedup_key == "bad"
        conn.execute(update(silenced_alerts).where(bad).values(event={"action": "no such word"}))
    house.clock.set(T0 + minutes(10))
    engine.step()
    assert len(house.open) == 1
    assert "can't be read (ValidationError): let go" in caplog.text


def test_one_that_can_not_be_opened_is_put_off(
    house: House, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hold_back(house, "bad", "good")
    release = events.release

    def failing(conn, world, integration, service, event, now):  # type: ignore[no-untyped-def] # as the real one
        if event.dedup_key == "bad":
            raise ArithmeticError("cursed")
        return release(conn, world, integration, service, event, now)

    monkeypatch.setattr(events, "release", failing)
    house.clock.set(T0 + minutes(10))
    engine.step()
    assert len(house.open) == 1
    assert "put off" in caplog.text
    monkeypatch.undo()
    house.clock.set(T0 + minutes(15))
    engine.step()
    assert len(house.open) == 2
    with house.store.read() as conn:
        outcomes = list(conn.execute(select(event_rows.c.outcome).order_by(event_rows.c.id)).scalars())
    assert outcomes == ["silenced", "silenced", "open", "open"]
