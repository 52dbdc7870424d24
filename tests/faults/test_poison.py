"""FAULTS C4 31: what raises or kills the worker every time is set aside, visibly, and the loop goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.words.message import Message
from oncall_tui.ops.config import apply
from oncall_tui.ops.incidents.acts import trigger
from oncall_tui.ops.reading import detail
from tests.faults.by_hand import HandWorker
from tests.faults.ledger import by, pages_of, session_on
from tests.support.house import House
from tests.support.processes import WorkerProcess, post, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(300)

KEY = "0123456789abcdef0123456789abcdef"


def config(ana: str, mail: str, bo: str) -> str:
    return f"""
version: 1
users:
  - {{username: ana, rules: [{{contact: push}}],
     contacts: [{{name: push, url: "{ana}"}}, {{name: mail, url: "{mail}"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "{bo}"}}]}}
policies:
  - {{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}
  - {{name: q, remind: off, steps: [{{delay: 1h, targets: [{{user: bo}}]}}]}}
services: [{{name: checkout, policy: p}}, {{name: search, policy: q}}]
integrations:
  - {{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}
  - {{name: other, kind: generic, service: search}}
"""


class RaisingSender:
    """A sender with a bug for one address."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, url: str, message: Message, timeout: float) -> SendResult:
        if "poison" in url:
            raise ZeroDivisionError(url)
        self.sent.append(message.page_id)
        return SendResult(Outcome.DELIVERED, "taken")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    urls = ("json://one.example/poison", "json://two.example/mail", "json://two.example/bo")
    with House(database_url, config(*urls), tmp_path) as made:
        yield made


def test_31_a_page_that_raises_is_quarantined_after_three_tries(house: House) -> None:
    sender = RaisingSender()
    with HandWorker(house, sender=sender) as worker_:
        house.post()
        house.post(integration="other", key="k2")
        worker_.pass_to(30)
        tries = worker_.attempts("1-1")
        assert [(outcome, answer) for _, outcome, answer in tries] == [
            ("retry_later", "a fault of ours: ZeroDivisionError")
        ] * 3
        assert sender.sent == ["2-1", "1-2"], "the loop goes on, and the next contact is paged"
    shown = {page.id: page.state for page in detail(house.session, 1).pages}
    assert shown == {"1-1": "quarantined", "1-2": "delivered"}
    assert any("set aside after 3 tries" in entry.text for entry in detail(house.session, 1).timeline)


def test_31_what_was_delivered_is_not_sent_again_when_the_engine_fails_on_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oncall_tui.ops.incidents import keeping

    def failing(*_: object, **__: object) -> None:
        raise KeyError("broken")

    sender = RaisingSender()
    with HandWorker(house, sender=sender) as worker_:
        house.post(integration="other")
        monkeypatch.setattr(keeping, "step_all", failing)
        worker_.settle()
        monkeypatch.undo()
        house.clock.move(timedelta(minutes=30))
        worker_.settle()
    assert sender.sent == ["1-1"]
    assert house.page_states == ["delivered"]
    assert house.kinds(1)[-1] == "fault"


def test_31_a_page_that_kills_its_worker_is_pinned_by_its_lease(database_url: str, tmp_path: Path) -> None:
    mortal = {"ONCALL_LEASE": "1s", "ONCALL_CRASH_AT": "after-claim"}
    root = session_on(database_url)
    with Sink() as sink, closing(root.store):
        apply(root, config(*(sink.apprise_url(path) for path in ("/poison", "/mail", "/bo"))), addresses=False)
        trigger(by(root, "bo"), title="5xx", service="checkout")
        for _ in range(3):
            dying = WorkerProcess(database_url, tmp_path, mortal, waits=False)
            assert dying.wait_dead() == -9
            dying.stop()
        with worker(database_url, tmp_path) as running:
            sink.wait_for(lambda seen: any(request.path == "/mail" for request in seen))
            status, _ = post(f"{running.address}/in/generic/{KEY}", {"title": "next", "key": "k2"})
            assert status == 202
            sink.wait_for(lambda seen: any(request.path == "/poison" for request in seen))
            wait_until(lambda: pages_of(root, 2)[0].state == "delivered", "the next page")
        assert sum(request.path == "/poison" for request in sink.requests) == 1, "only the next page went there"
        first, second = pages_of(root, 1)
        assert (first.state, second.state) == ("quarantined", "delivered")
        assert len(first.attempts) == 3
        assert all("its worker vanished while sending it" in attempt.answer for attempt in first.attempts)
