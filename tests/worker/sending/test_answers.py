"""Answers of providers that wait together are written together; one that can't be written stops none of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.ops.delivery import Answer, Job, record
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.sending import answers as module
from oncall_tui.worker.sending.answers import Answers
from tests.support.house import DELIVERED, LEASE, House
from tests.support.processes import wait_until

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
    made = Writer(house.store)
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

    def __call__(self, conn: Connection, directory: Any, answers: Sequence[Answer], *, worker: str) -> list[bool]:
        self.sizes.append(len(answers))
        error = self._broken(answers)
        if error is not None:
            raise error
        return record(conn, directory, answers, worker=worker)


def together(house: House, writer: Writer, jobs: Sequence[Job]) -> list[Future[bool]]:
    """All of them written while the writer is busy with something else; futures that have ended."""
    answers = Answers(writer, house.directory, "w1")
    gate = threading.Event()
    busy = writer.submit(lambda _: gate.wait(10))
    wait_until(lambda: writer.waiting == 0, "the writer to be busy")
    with ThreadPoolExecutor(THREE) as pool:
        told = [pool.submit(answers.write, answer_to(house, job)) for job in jobs]
        wait_until(lambda: answers.waiting == len(jobs), "every answer to wait")
        gate.set()
    busy.result(10)
    return told


def test_what_waits_together_is_written_at_once(house: House, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    monkeypatch.setattr(module, "record", watched)
    told = together(house, writer, house.claimed())
    assert [one.result() for one in told] == [True] * THREE
    assert watched.sizes == [THREE]
    assert house.page_states == ["delivered"] * THREE


def test_each_hears_of_its_own_lease(house: House, writer: Writer) -> None:
    lost = house.claimed()
    house.clock.move(LEASE)
    mine = house.claimed("w2")
    told = together(house, writer, [lost[0], mine[1], mine[2]])
    assert [one.result() for one in told] == [False, True, True]
    assert sorted(house.page_states) == ["delivered", "delivered", "sending"]


def test_one_that_fails_stops_none_of_the_others(house: House, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = house.claimed()
    bad = jobs[1].page
    watched = Watched(lambda answers: KeyError(bad) if any(one.job.page == bad for one in answers) else None)
    monkeypatch.setattr(module, "record", watched)
    told = together(house, writer, jobs)
    assert [type(one.exception()) for one in told] == [type(None), KeyError, type(None)]
    assert sorted(house.page_states) == ["delivered", "delivered", "sending"]


def test_after_an_outage_the_next_answer_is_written(
    house: House, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(writer, house.directory, "w1")
    first, second, _ = house.claimed()
    monkeypatch.setattr(module, "record", Watched(lambda _: DatabaseAway("away", mend="")))
    with pytest.raises(DatabaseAway):
        answers.write(answer_to(house, first))
    monkeypatch.undo()
    assert answers.write(answer_to(house, second))
    assert sorted(house.page_states) == ["delivered", "sending", "sending"]
