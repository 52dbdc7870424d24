"""Alerts that end by themselves: at their end and not before, moved by a re-send, through the path of a resolve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.domain.events import Action, Event
from oncall_tui.ops.intake.events import take
from oncall_tui.ops.intake.expiry import expire_due
from oncall_tui.storage.statements.incident.expiring import DueAlert, next_expiry
from oncall_tui.storage.tables import alerts, events, incidents, timeline
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.due.expiring import Expiring
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "json://127.0.0.1:9/"}}]}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations: [{{name: prometheus, kind: prometheus, service: checkout, key: "{"p" * 32}"}}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def post(house: House, ends: float | None, key: str = "k1", group: str | None = None) -> None:
    ends_at = None if ends is None else T0 + minutes(ends)
    event = Event(action=Action.TRIGGER, dedup_key=key, title=key, expires_at=ends_at, started_at=T0, group_key=group)
    with house.store.write() as conn:
        take(conn, house.directory.world(conn), "prometheus", [event], house.clock.now(), "{}")


def expire(house: House, minute: float, limit: int = 50) -> datetime | None:
    house.clock.set(T0 + minutes(minute))
    with house.store.write() as conn:
        return expire_due(conn, house.directory, house.clock.now(), limit)


def test_it_ends_at_its_end_and_a_resend_moves_it(house: House) -> None:
    post(house, 4)
    with house.store.read() as conn:
        assert next_expiry(conn) == T0 + minutes(4)
    assert expire(house, 3) == T0 + minutes(4)
    post(house, 7)
    assert expire(house, 6.9) == T0 + minutes(7)
    assert [state for _, state in house.open] == ["triggered"]
    assert expire(house, 7) is None
    assert house.open == []
    with house.store.read() as conn:
        row = conn.execute(select(incidents)).one()
        assert row.resolved_by == "integration prometheus"
        assert row.resolved_at == T0 + minutes(7)
        assert conn.execute(select(alerts.c.closed_by)).scalar_one() == "integration prometheus"
        kept = conn.execute(select(events).order_by(events.c.id.desc())).first()
        assert kept is not None
        assert (kept.action, kept.outcome) == ("resolve", "resolve")
        assert "not posted again before 2026" in kept.note
        assert "resolved" in list(conn.execute(select(timeline.c.kind)).scalars())


def test_a_trigger_that_has_ended_is_a_resolve(house: House) -> None:
    post(house, 4)
    house.clock.set(T0 + minutes(2))
    post(house, 2)
    assert house.open == []
    post(house, 1)
    assert house.open == []
    assert expire(house, 60) is None


def test_a_group_ends_with_its_last_alert_in_batches(house: House) -> None:
    for number in range(5):
        post(house, 4 + number / 10, f"k{number}", "g")
    assert len(house.open) == 1
    assert expire(house, 4.3, limit=2) == T0 + minutes(4.2)
    assert expire(house, 4.3, limit=2) == T0 + minutes(4.4)
    assert len(house.open) == 1
    assert expire(house, 5) is None
    assert house.open == []


def test_what_was_resolved_by_hand_or_bears_no_end_is_left_alone(house: House) -> None:
    post(house, 4)
    post(house, None, "k2")
    post(house, 5, "k3")
    post(house, None, "k3")
    number = house.open[0][0]
    from oncall_tui.ops.incidents.acts import resolve

    resolve(house.as_user("ana"), number)
    assert expire(house, 600) is None
    assert len(house.open) == 2


def test_one_that_fails_is_put_off_and_starves_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from oncall_tui.ops.intake import expiry

    post(house, 1, "bad")
    post(house, 2, "good")
    ended = expiry._end

    def failing(conn: object, directory: object, alert: DueAlert, now: datetime) -> None:
        if alert.dedup_key == "bad":
            raise ZeroDivisionError
        ended(conn, directory, alert, now)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(expiry, "_end", failing)
    writer = Writer(house.store)
    now = T0 + minutes(3)
    again = Expiring(house.store, writer, house.directory).expire(now)
    writer.stop()
    assert again == now + timedelta(minutes=5)
    with house.store.read() as conn:
        assert list(conn.execute(select(alerts.c.dedup_key).where(alerts.c.open)).scalars()) == ["bad"]
