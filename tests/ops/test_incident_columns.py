"""What queries see beside an incident's document is what the document says, whichever of them a change has written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from oncall_tui.domain.incident import Incident, Phase
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.delivery import Answer, Job, record
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.ops.incidents.columns import columns
from oncall_tui.storage.tables import incidents
from tests.support.house import House

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://one.example/ana"}, {name: mail, url: "json://two.example/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://two.example/bo"}]}
policies: [{name: p, remind: 10m, steps: [{delay: 5m, targets: [{user: ana}]}, {delay: 5m, targets: [{user: bo}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""
NO = SendResult(Outcome.REFUSED, "410 Gone")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def looked_at(house: House) -> Incident:
    """Incident 1, once everything beside its document is known to say the same."""
    with house.store.read() as conn:
        row = conn.execute(select(incidents).where(incidents.c.number == 1)).mappings().one()
    incident = decode(row["document"])
    assert incident == msgspec.json.decode(row["document"], type=Incident), "as if it had not been remembered"
    expected = columns(incident, row["next_due_at"])
    assert {name: row[name] for name in expected} == expected
    assert row["next_due_at"] == house.timers
    return incident


def refused(house: House, *jobs: Job) -> None:
    now = house.clock.now()
    answers = [Answer(job=job, pages=job.pages, result=NO, started_at=now, ended_at=now, jitter=0.5) for job in jobs]
    with house.store.write() as conn:
        assert record(conn, house.directory, answers, worker="w1", now=now) == [True] * len(jobs)


def test_after_answers_acts_and_time(house: House) -> None:
    house.post()
    version = looked_at(house).version
    push, mail = house.claimed()
    house.answer(push)
    assert looked_at(house).version == version, "a delivered page changes nothing that queries see"
    house.answer(mail)
    looked_at(house)
    house.pass_to(5)
    assert looked_at(house).assignees == ("bo",)
    for job in house.claimed():
        house.answer(job)
    looked_at(house)
    acts.acknowledge(house.as_user("bo"), 1)
    assert looked_at(house).acknowledged_by == "bo"


def test_after_two_answers_of_one_commit_of_which_the_second_ends_the_step(house: House) -> None:
    house.post()
    refused(house, *house.claimed())
    incident = looked_at(house)
    assert incident.lead is not None
    assert (incident.lead.step, incident.lead.phase, incident.assignees) == (2, Phase.ESCALATING, ("bo",))
