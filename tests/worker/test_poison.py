"""One bad row, or a sender with a fault, keeps nobody else from a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from oncall_tui.notify.outcome import SendResult
from oncall_tui.notify.words.message import Message
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.tables import attempts, incidents, pages
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.due.engine import Engine
from oncall_tui.worker.sending.delivery import Delivery
from tests.support.house import House
from tests.support.processes import wait_until
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
policies: [{name: p, remind: off, steps: [{targets: [{user: ana}]}, {targets: [{user: bo}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def writer(house: House) -> Iterator[Writer]:
    made = Writer(house.store)
    yield made
    made.stop()


def test_an_incident_that_the_engine_fails_on_starves_no_other(house: House, writer: Writer) -> None:
    bad, good = house.post(key="a").number, house.post(key="b").number
    assert bad is not None
    with house.store.write() as conn:
        conn.execute(update(incidents).where(incidents.c.number == bad).values(document="{}"))
    engine = Engine(house.store, writer, house.directory, house.clock)
    house.clock.set(T0 + minutes(15))
    engine.step()
    with house.store.read() as conn:
        paged = set(conn.execute(select(pages.c.number).where(pages.c.username == "bo")).scalars())
    assert paged == {good}
    assert house.kinds(bad)[-1] == "fault"
    assert house.timers == T0 + minutes(20), "it is looked at again, but later"


class FaultySender:
    """A sender with a bug."""

    def send(self, url: str, message: Message, timeout: float) -> SendResult:
        raise ZeroDivisionError(url)


def test_a_fault_while_sending_is_an_attempt_that_failed(house: House, writer: Writer) -> None:
    house.post()
    cipher = Cipher.open(house.store, house.session.settings.secret_key_text)
    delivery = Delivery(
        house.store, writer, house.directory, house.clock, FaultySender(), cipher,
        worker="w1", lease=10, send_timeout=1,
    )  # fmt: skip
    delivery.step()

    def tried() -> object:
        with house.store.read() as conn:
            return conn.execute(select(attempts.c.outcome, attempts.c.answer)).one_or_none()

    assert wait_until(tried, "the attempt") == ("retry_later", "a fault of ours: ZeroDivisionError")
    assert house.page_states == ["pending"]
    assert house.kinds(1)[-1] == "retry"
