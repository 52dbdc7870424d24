"""Answers of providers that wait together are written together; one that can't be written stops none of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.ops.delivery import Answer, Job, record
from oncall_tui.storage.tables import attempts
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.sending import answers as module
from oncall_tui.worker.sending.answers import Answers
from tests.support.house import DELIVERED, LEASE, House
from tests.support.processes import PATIENCE, wait_until

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, remind: off, steps: [{targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""
THREE = 3


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        for number in range(THREE):
            made.post(key=f"k{number}")
        yield made


@pytest.fixture
def writer(house: House) -> Iterator[Writer]:
    made = Writer(house.store, patience=PATIENCE)
    yield made
    made.stop()


def answer_to(house: House, job: Job) -> Answer:
    now = house.clock.now()
    return Answer(job=job, pages=job.pages, result=DELIVERED, started_at=now, ended_at=now, jitter=0.5)


class Watched:
    """`record`, with how many answers each call had; fails as `broken` says."""

    def __init__(self, broken: Callable[[Sequence[Answer]], Exception | None] = lambda _: None) -> None:
        self.sizes: list[int] = []
        self._broken = broken

    def __call__(
        self, conn: Connection, directory: Any, answers: Sequence[Answer], *, worker: str, now: datetime
    ) -> list[bool]:
        self.sizes.append(len(answers))
        error = self._broken(answers)
        if error is not None:
            raise error
        return record(conn, directory, answers, worker=worker, now=now)


class Desk:
    """Answers, and the jobs that are through with them."""

    def __init__(self, house: House, writer: Writer) -> None:
        self.house, self.writer = house, writer
        self.settled: list[str] = []
        self.answers = Answers(
            writer, house.directory, house.clock, "w1", settled=lambda job: self.settled.append(job.page)
        )

    def write(self, *jobs: Job) -> None:
        """Hand in their answers while the writer is busy with something else; return when it is through with them."""
        gate = threading.Event()
        busy = self.writer.submit(lambda _: gate.wait(10))
        wait_until(lambda: self.writer.waiting == 0, "the writer to be busy")
        for job in jobs:
            self.answers.write(answer_to(self.house, job))
        assert self.answers.waiting == len(jobs)
        gate.set()
        busy.result(10)
        self.rest()

    def rest(self) -> None:
        """Return when nothing is in the writer's hands."""
        assert self.answers._quiet.wait(30)

    def attempts(self, page: str) -> int:
        with self.house.store.read() as conn:
            return conn.execute(select(func.count()).where(attempts.c.page_id == page)).scalar_one()


@pytest.fixture
def desk(house: House, writer: Writer) -> Desk:
    return Desk(house, writer)


def test_what_waits_together_is_written_at_once(desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    monkeypatch.setattr(module, "record", watched)
    jobs = house.claimed()
    desk.write(*jobs)
    assert desk.settled == [job.page for job in jobs]
    assert watched.sizes == [THREE]
    assert house.page_states == ["delivered"] * THREE


def test_others_do_not_stand_behind_the_many_answers_of_a_digest(
    desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1)
    watched = Watched()
    monkeypatch.setattr(module, "record", watched)
    jobs = house.claimed()
    gate = threading.Event()
    desk.writer.submit(lambda _: gate.wait(10))
    wait_until(lambda: desk.writer.waiting == 0, "the writer to be busy")
    for job in jobs:
        desk.answers.write(answer_to(house, job))
    assert desk.answers.waiting == THREE
    alert = desk.writer.submit(lambda _: list(watched.sizes))
    gate.set()
    assert alert.result(10) == [1], "what comes meanwhile is taken once the first part is written"
    desk.rest()
    assert watched.sizes == [1, 1, 1]
    assert house.page_states == ["delivered"] * THREE


def test_each_speaks_for_its_own_lease(desk: Desk, house: House) -> None:
    lost = house.claimed()
    house.clock.move(LEASE)
    mine = house.claimed("w2")
    desk.write(lost[0], mine[1], mine[2])
    assert len(desk.settled) == THREE
    assert sorted(house.page_states) == ["delivered", "delivered", "sending"]


def test_one_that_fails_stops_none_of_the_others(desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = house.claimed()
    bad = jobs[1].page
    watched = Watched(lambda answers: KeyError(bad) if any(one.job.page == bad for one in answers) else None)
    monkeypatch.setattr(module, "record", watched)
    desk.write(*jobs)
    assert sorted(desk.settled) == sorted(job.page for job in jobs)
    assert house.page_states == ["delivered"] * THREE, "what was delivered is not sent again, engine or not"
    assert [house.kinds(job.number)[-1] for job in jobs] == ["delivered", "fault", "delivered"]


def test_an_outage_keeps_answers_and_their_leases_until_it_is_over(
    desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = house.claimed()
    monkeypatch.setattr(module, "record", Watched(lambda _: DatabaseAway("away", mend="")))
    desk.write(first, second)
    assert desk.settled == []
    assert desk.answers.unwritten
    monkeypatch.undo()
    desk.answers.again()
    desk.rest()
    assert desk.settled == [first.page, second.page]
    assert not desk.answers.unwritten
    assert sorted(house.page_states) == ["delivered", "delivered", "sending"]


def test_what_an_outage_kept_is_written_in_parts_too(desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = house.claimed()
    with monkeypatch.context() as away:
        away.setattr(module, "record", Watched(lambda _: DatabaseAway("away", mend="")))
        desk.write(*jobs)
    monkeypatch.setattr(module, "AT_ONCE", 1)
    watched = Watched()
    monkeypatch.setattr(module, "record", watched)
    gate = threading.Event()
    desk.writer.submit(lambda _: gate.wait(10))
    wait_until(lambda: desk.writer.waiting == 0, "the writer to be busy")
    desk.answers.again()
    gate.set()
    desk.rest()
    assert watched.sizes == [1, 1, 1]
    assert house.page_states == ["delivered"] * THREE


def test_a_commit_whose_answer_was_lost_is_not_written_twice(
    desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.claimed()[0]
    house.answer(job)
    monkeypatch.setattr(module, "record", Watched(lambda _: DatabaseAway("away", mend="", code="outcome_unknown")))
    desk.write(job)
    monkeypatch.undo()
    desk.answers.again()
    desk.rest()
    assert desk.settled == [job.page]
    assert desk.attempts(job.page) == 1
    assert house.kinds(job.number).count("delivered") == 1


def test_with_a_stopped_writer_an_answer_is_kept_and_nothing_waits(desk: Desk, house: House) -> None:
    job = house.claimed()[0]
    desk.writer.stop()
    desk.answers.write(answer_to(house, job))
    desk.answers.finish()
    assert desk.answers.unwritten
