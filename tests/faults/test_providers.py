"""FAULTS C4 25 to 30: what providers do to us, through the real sender, at instants worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.storage.tables import contact_methods, notices, timeline
from oncall_tui.worker.sending.delivery import TO_ONE_PROVIDER
from tests.faults.by_hand import HandWorker
from tests.support.house import House
from tests.support.processes import wait_until
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(300)

HANG_GUARD = 120.0  # seconds: a deadline that no test waits for


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture
def house(database_url: str, sink: Sink, tmp_path: Path) -> Iterator[House]:
    """ana's push on one provider; her mail, bo and the desk on another: one server by two names."""
    one, two = (f"json://{host}:{sink.port}" for host in ("127.0.0.1", "localhost"))
    config = f"""
version: 1
users:
  - {{username: ana, rules: [{{contact: push}}],
     contacts: [{{name: push, url: "{one}/push"}}, {{name: mail, url: "{two}/mail"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "{two}/bo"}}]}}
  - {{username: root, role: admin, contacts: [{{name: hook, url: "{one}/root"}}, {{name: desk, url: "{two}/desk"}}],
     rules: [{{contact: hook, urgency: low}}, {{contact: desk, urgency: low}}]}}
policies:
  - {{name: p, remind: off, fallback: [{{user: root}}],
     steps: [{{delay: 5m, targets: [{{user: ana}}]}}, {{delay: 5m, targets: [{{user: bo}}]}}]}}
  - {{name: q, remind: off, steps: [{{delay: 5m, targets: [{{user: bo}}]}}]}}
services: [{{name: checkout, policy: p}}, {{name: search, policy: q}}]
integrations:
  - {{name: monitor, kind: generic, service: checkout}}
  - {{name: other, kind: generic, service: search}}
"""
    with House(database_url, config, tmp_path) as made:
        yield made


def reached(sink: Sink) -> list[str]:
    """The paths that got something, in order."""
    return [request.path for request in sink.requests]


def texts(house: House) -> str:
    with house.store.read() as conn:
        return "\n".join(conn.execute(select(timeline.c.text).order_by(timeline.c.id)).scalars())


def test_27_a_provider_that_answers_500_is_tried_with_backoff_then_the_next_contact(house: House, sink: Sink) -> None:
    sink.answer("/push", 500)
    with HandWorker(house) as worker:
        house.post()
        worker.pass_to(59)
        assert set(reached(sink)) == {"/push"}
        worker.pass_to(2)
        assert reached(sink).count("/mail") == 1, "the person's next contact after a minute"
        worker.pass_to(180)
        tries = worker.attempts("1-1")
        assert {(outcome, answer) for _, outcome, answer in tries} == {("retry_later", "500 Internal Server Error: ok")}
        waits = [after[0] - before[0] for before, after in pairwise(tries)]
        expected = (5, 10, 20, 40, 60)
        assert all(0.75 * want <= wait <= 1.25 * want for wait, want in zip(waits, expected, strict=False))
        assert len({wait / want for wait, want in zip(waits, expected, strict=False)}) > 1, "each wait is spread anew"
        assert "paging ana, push: 500 Internal Server Error" in texts(house)
        with house.store.read() as conn:
            push = conn.execute(select(contact_methods).where(contact_methods.c.id == 1)).one()
            told = conn.execute(select(notices.c.subject, notices.c.contact)).all()
        assert (push.last_success_at, push.last_answer) == (None, "500 Internal Server Error: ok")
        assert [tuple(row) for row in told] == [("json://127.0.0.1 is failing", "desk")], "once, and not through it"


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("30", 30), ("date", 30), ("1000000000", 300), ("soon", 5)],
    ids=["seconds", "date", "far too long", "garbage"],
)
def test_28_429_is_heeded_for_the_provider_by_every_worker(house: House, sink: Sink, asked: str, waits: int) -> None:
    dated = {"Date": formatdate(0, usegmt=True), "Retry-After": formatdate(30, usegmt=True)}
    sink.answer("/push", 429, headers=dated if asked == "date" else {"Retry-After": asked})
    with HandWorker(house) as one, closing(HandWorker(house, name="w2")) as two:
        house.post(key="a")
        one.settle()
        house.post(key="b")
        house.post(key="c", integration="other")
        two.settle()
        assert reached(sink).count("/bo") == 1, "no other provider waits"
        if waits == 5:
            assert reached(sink).count("/push") == 2, "what can't be read asks for nothing"
            return
        assert reached(sink).count("/push") == 1
        two.pass_to(waits - 2)
        assert reached(sink).count("/push") == 1
        sink.answer("/push", 200)
        two.pass_to(4)
        if waits == 300:
            assert reached(sink).count("/push") == 2, "both are stale by now, and go as one"
            assert "Escalated to you" in "".join(request.text for request in sink.requests), "no step has waited for it"
        else:
            assert reached(sink).count("/push") == 3


def test_29_a_refusal_ends_the_tries_and_brings_the_next_contact_at_once(house: House, sink: Sink) -> None:
    sink.answer("/push", 404)
    with HandWorker(house) as worker:
        house.post()
        worker.settle()
        assert reached(sink) == ["/push", "/mail"]
        worker.pass_to(200)
        assert reached(sink) == ["/push", "/mail"]


def test_30_when_all_of_a_persons_contacts_fail_the_next_step_comes_now(house: House, sink: Sink) -> None:
    for path in ("/push", "/mail"):
        sink.answer(path, 410)
    with HandWorker(house) as worker:
        house.post()
        worker.settle()
        assert reached(sink) == ["/push", "/mail", "/bo"], "without waiting out the five minutes"
    assert "every page of step 1 failed for good" in texts(house)


def test_30_when_everybody_fails_the_fallback_is_alarmed_now(house: House, sink: Sink) -> None:
    for path in ("/push", "/mail", "/bo"):
        sink.answer(path, 410)
    with HandWorker(house) as worker:
        house.post()
        worker.settle()
        assert set(reached(sink)[3:]) == {"/root", "/desk"}
    assert house.column(1, "phase") == "exhausted"


@pytest.mark.parametrize("how", ["hang", "drip", "drip_body"])
def test_25_26_a_silent_provider_delays_no_other(house: House, sink: Sink, how: str) -> None:
    """By the order of events: everybody else's page arrives while the silent ones are silent, which the sink ends."""
    sink.answer("/push", how=how)
    silent, others = 40, 40
    with HandWorker(house, send_timeout=HANG_GUARD) as worker:
        for number in range(silent):
            house.post(key=f"a{number}")
        for number in range(others):
            house.post(key=f"b{number}", integration="other")

        def all_others_are_there() -> bool:
            worker.delivery.step()
            return reached(sink).count("/bo") == others

        try:
            wait_until(all_others_are_there, "everybody else's pages")
            asked = reached(sink).count("/push")
            assert 1 <= asked <= TO_ONE_PROVIDER, "the silent provider holds only so many of our threads"
            assert worker.attempts("1-1") == [], "and none of them has ended yet"
        finally:
            sink.answer("/push", 200)
            sink.release()


@pytest.mark.parametrize("how", ["hang", "drip", "drip_body"])
def test_25_26_a_silent_provider_is_given_up_at_the_deadline(house: House, sink: Sink, how: str) -> None:
    """The sink never ends it: an answer that is written down is the deadline's."""
    sink.answer("/push", how=how, times=1)
    with HandWorker(house, send_timeout=0.5) as worker:
        house.post()
        worker.delivery.step()
        wait_until(lambda: worker.attempts("1-1"), "the send to be given up")
        assert worker.attempts("1-1")[0][1] == "unknown"
