"""What delivery asks before it claims, and how long it holds what it has claimed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from oncall_tui.notify.outcome import SendResult
from oncall_tui.notify.words.message import Message
from oncall_tui.ops.delivery import claim, is_something_due
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.tables import pages
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.sending import delivery as module
from oncall_tui.worker.sending.delivery import Delivery
from tests.support.house import DELIVERED, House
from tests.support.processes import PATIENCE, wait_until

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, remind: off, steps: [{targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""


class Takes:
    """A provider that takes everything."""

    def send(self, url: str, message: Message, timeout: float) -> SendResult:
        return DELIVERED


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    path = tmp_path / "oncall.db"
    path.touch(0o600)
    with House(f"sqlite:///{path}", CONFIG, tmp_path) as made:
        yield made


def test_a_page_that_has_just_come_is_claimed_unasked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def asking(*given: Any) -> bool:
        asked.append("asked")
        return is_something_due(*given)

    def in_vain(*given: Any, **more: Any) -> tuple[Any, ...]:
        asked.append("in vain")
        return ()

    monkeypatch.setattr(module, "is_something_due", asking)
    writer = Writer(house.store)
    delivery = Delivery(
        house.store, writer, house.directory, house.clock, Takes(),
        Cipher.open(house.store, house.session.settings.secret_key_text), worker="w1", lease=10, send_timeout=1,
    )  # fmt: skip
    try:
        assert delivery.step() > 0
        house.post(key="a")
        delivery.step()
        wait_until(lambda: house.page_states == ["delivered"], "the page to be marked")
        assert asked == []
        house.post(key="b")
        monkeypatch.setattr(module, "claim", in_vain)
        delivery.step()
        assert asked == ["in vain"]
        monkeypatch.setattr(module, "claim", claim)
        delivery.step()
        assert asked == ["in vain", "asked"]
        wait_until(lambda: house.page_states == ["delivered"] * 2, "the other page to be marked")
        house.post(key="c")
        delivery.step()
        assert asked == ["in vain", "asked"]
        wait_until(lambda: house.page_states == ["delivered"] * 3, "the last page to be marked")
    finally:
        writer.stop()


class Silent:
    """A provider that says nothing until it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def send(self, url: str, message: Message, timeout: float) -> SendResult:
        self.asked.set()
        assert self.go.wait(PATIENCE)
        return DELIVERED


def test_a_renewal_that_waits_for_the_writer_holds_its_lease_from_then_on(house: House) -> None:
    """A lease of 600 s, renewed after 200, behind commits of 500 s: over at 1300, not at 800."""
    sender, writer = Silent(), Writer(house.store, patience=PATIENCE)
    delivery = Delivery(
        house.store, writer, house.directory, house.clock, sender,
        Cipher.open(house.store, house.session.settings.secret_key_text), worker="w1", lease=600, send_timeout=PATIENCE,
    )  # fmt: skip
    began = house.clock.now()
    try:
        house.post()
        delivery.step()
        assert sender.asked.wait(PATIENCE)
        house.clock.move(timedelta(seconds=200))
        entered, go = threading.Event(), threading.Event()

        def hold(_: Connection) -> None:
            entered.set()
            assert go.wait(PATIENCE)

        writer.submit(hold)
        assert entered.wait(PATIENCE)
        looking = threading.Thread(target=delivery.step)
        looking.start()
        wait_until(lambda: writer.waiting == 1, "the renewal to wait for the writer")
        house.clock.move(timedelta(seconds=500))
        go.set()
        looking.join(PATIENCE)
        with house.store.read() as conn:
            held = conn.execute(select(pages.c.lease_until)).scalar_one()
        assert (held - began).total_seconds() == 1300
    finally:
        sender.go.set()
        wait_until(lambda: not delivery.in_flight, "the answer to be written")
        writer.stop()


def test_claims_that_would_fill_little_of_the_room_wait_for_each_other(house: House) -> None:
    """Of 8 sends 5 are under way: another claim waits for 50 ms after the one before, but not while half is free."""
    sender, writer = Silent(), Writer(house.store)
    delivery = Delivery(
        house.store, writer, house.directory, house.clock, sender,
        Cipher.open(house.store, house.session.settings.secret_key_text), worker="w1", lease=600, send_timeout=PATIENCE,
        at_once=8, to_one_provider=8,
    )  # fmt: skip
    try:
        for _ in range(3):
            house.post(key=None)
        assert delivery.step() == 0.0
        assert delivery.in_flight == 3
        for _ in range(2):
            house.post(key=None)
        assert delivery.step() == 0.0, "half is free: no wait"
        assert delivery.in_flight == 5
        house.post(key=None)
        assert delivery.step() == pytest.approx(module.APART)
        assert delivery.in_flight == 5
        house.clock.move(timedelta(seconds=module.APART))
        assert delivery.step() == 0.0
        assert delivery.in_flight == 6
        for _ in range(3):
            house.post(key=None)
        house.clock.move(timedelta(seconds=1))
        assert delivery.step() == 0.0
        assert delivery.in_flight == 8
        house.clock.move(timedelta(seconds=1))
        assert delivery.step() == module.LOOK_AT_LEAST_EVERY, "no room at all: whoever ends wakes it"
        assert delivery.in_flight == 8
    finally:
        sender.go.set()
        wait_until(lambda: not delivery.in_flight, "the answers to be written")
        writer.stop()
