"""What delivery asks before it claims: nothing when a page has just come, first when a claim was in vain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oncall_tui.notify.outcome import SendResult
from oncall_tui.notify.words.message import Message
from oncall_tui.ops.delivery import claim, is_something_due
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.sending import delivery as module
from oncall_tui.worker.sending.delivery import Delivery
from tests.support.house import DELIVERED, House
from tests.support.processes import wait_until

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
