"""Notices go through an outbox of their own: once, fenced, tried again, given up, and kept with every answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.contacts.methods import enable_contact
from oncall_tui.ops.notices import NoticeTo, ToChannel, queue
from oncall_tui.ops.notices.delivering import NoticeJob, claim, record, release, renew
from oncall_tui.storage.statements.delivery.notices import next_due
from oncall_tui.storage.tables import channels, contact_methods, notice_attempts, notices, users
from tests.support.house import House

LEASE = timedelta(seconds=10)
OK = SendResult(Outcome.DELIVERED, "200 OK")
LATER = SendResult(Outcome.RETRY_LATER, "503")
NEVER = SendResult(Outcome.REFUSED, "404")


def put(house: House, key: str | None = None, **more: Any) -> int | None:
    told: dict[str, Any] = {
        "kind": "test",
        "to": NoticeTo("bo", "mail"),
        "subject": "Hello",
        "body": "A body",
        "key": key,
    } | more
    with house.store.write() as conn:
        return queue(conn, now=house.clock.now(), **told)


def claimed(house: House, worker: str = "w1") -> tuple[NoticeJob, ...]:
    with house.store.write() as conn:
        return claim(conn, worker, house.clock.now(), LEASE, 10)


def answer(house: House, job: NoticeJob, result: SendResult, worker: str = "w1") -> bool:
    now = house.clock.now()
    with house.store.write() as conn:
        return record(conn, job, result, worker=worker, started_at=now, ended_at=now, jitter=0.5)


def rows(house: House) -> list[Row[Any]]:
    with house.store.read() as conn:
        return list(conn.execute(select(notices).order_by(notices.c.id)))


def answers(house: House) -> list[tuple[int, str, str]]:
    with house.store.read() as conn:
        found = conn.execute(select(notice_attempts).order_by(notice_attempts.c.id))
        return [(row.n, row.outcome, row.answer) for row in found]


def test_a_notice_is_sent_once_and_its_answer_kept(house: House) -> None:
    put(house)
    (job,) = claimed(house)
    assert (job.message.title, job.message.urgent) == ("Hello", False)
    assert job.message.body == f"A body\n\nNotice {job.notice}"
    assert claimed(house, "w2") == ()
    assert answer(house, job, OK)
    assert [row.state for row in rows(house)] == ["delivered"]
    assert answers(house) == [(1, "delivered", "200 OK")]
    assert claimed(house) == ()
    with house.store.read() as conn:
        assert next_due(conn) is None
        kept = conn.execute(
            select(contact_methods.c.last_success_at).join(users).where(users.c.username == "bo").order_by("position")
        )
        assert list(kept.scalars()) == [None, house.clock.now()]


@pytest.mark.parametrize(("kind", "goes"), [("handoff", False), ("test", False), ("verification", True)])
def test_a_contact_that_is_disabled_meanwhile_gets_nothing_but_its_code(house: House, kind: str, goes: bool) -> None:
    put(house, kind=kind)
    enable_contact(house.session, "bo", "mail", enabled=False)
    assert [job.sealed_address is not None for job in claimed(house)] == [goes]


def test_the_same_key_is_queued_once_also_after_it_was_sent(house: House) -> None:
    first = put(house, "k")
    assert put(house, "k") is None
    (job,) = claimed(house)
    answer(house, job, OK)
    assert put(house, "k") is None
    assert put(house, None) != put(house, None)
    assert rows(house)[0].id == first
    assert len(rows(house)) == 3


def test_what_has_nowhere_to_go_is_not_queued(house: House) -> None:
    assert put(house, to=NoticeTo("bo", "pigeon")) is None
    assert put(house, to=NoticeTo("zoe", "mail")) is None
    assert rows(house) == []


def test_a_channel_is_written_to(house: House) -> None:
    with house.store.read() as conn:
        channel = conn.execute(select(channels.c.id).order_by(channels.c.id).limit(1)).scalar_one()
    put(house, to=ToChannel(channel))
    (job,) = claimed(house)
    assert job.sealed_address is not None
    assert job.contact_id is None
    assert answer(house, job, OK)


def test_a_passing_fault_is_tried_again_later_and_longer_each_time(house: House) -> None:
    """5 s, then 10 s: jitter of one half adds nothing."""
    put(house)
    (job,) = claimed(house)
    answer(house, job, LATER)
    assert rows(house)[0].due_at == house.clock.now() + timedelta(seconds=5)
    assert claimed(house) == ()
    house.clock.move(timedelta(seconds=5))
    (again,) = claimed(house)
    assert (again.notice, again.tries) == (job.notice, 2)
    assert "repeat" not in again.message.body
    answer(house, again, LATER)
    assert rows(house)[0].due_at == house.clock.now() + timedelta(seconds=10)
    assert [n for n, *_ in answers(house)] == [1, 2]


def test_it_is_given_up_when_nobody_needs_it_any_more(house: House) -> None:
    put(house, expires_at=house.clock.now() + timedelta(seconds=4))
    (job,) = claimed(house)
    answer(house, job, LATER)
    assert [(row.state, row.finished_at) for row in rows(house)] == [("given up", house.clock.now())]


def test_it_is_not_even_tried_once_it_has_expired(house: House) -> None:
    put(house, expires_at=house.clock.now() + timedelta(hours=1))
    house.clock.move(timedelta(seconds=3600))
    assert claimed(house) == ()
    assert [row.state for row in rows(house)] == ["given up"]


def test_a_refusal_is_final(house: House) -> None:
    put(house)
    (job,) = claimed(house)
    answer(house, job, NEVER)
    assert [row.state for row in rows(house)] == ["failed"]


def test_who_lost_the_lease_may_not_mark_it(house: House) -> None:
    put(house)
    (lost,) = claimed(house, "w1")
    house.clock.move(timedelta(seconds=10))
    (held,) = claimed(house, "w2")
    assert held.message.body.startswith("Possible repeat")
    assert held.message.page_id == lost.message.page_id
    assert not answer(house, lost, NEVER, "w1")
    assert answer(house, held, OK, "w2")
    assert [row.state for row in rows(house)] == ["delivered"]
    assert len(answers(house)) == 2


def test_two_senders_that_die_with_it_are_enough(house: House) -> None:
    put(house)
    assert len(claimed(house)) == 1
    house.clock.move(timedelta(seconds=10))
    assert len(claimed(house)) == 1
    house.clock.move(timedelta(seconds=10))
    assert claimed(house) == ()
    assert [(row.state, row.tries) for row in rows(house)] == [("given up", 2)]


def test_a_lease_is_held_and_given_back(house: House) -> None:
    put(house)
    jobs = claimed(house)
    house.clock.move(timedelta(seconds=9))
    with house.store.write() as conn:
        assert renew(conn, jobs, house.clock.now() + LEASE) == 1
    house.clock.move(timedelta(seconds=9))
    assert claimed(house, "w2") == ()
    with house.store.write() as conn:
        release(conn, jobs, house.clock.now())
    (again,) = claimed(house, "w2")
    assert "repeat" not in again.message.body


@pytest.mark.parametrize("late", [0, 60])
def test_it_waits_for_its_time(house: House, late: int) -> None:
    put(house, due_at=house.clock.now() + timedelta(minutes=2))
    assert claimed(house) == ()
    house.clock.move(timedelta(seconds=120 + late))
    assert len(claimed(house)) == 1
