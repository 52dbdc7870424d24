"""A house whose outbox is claimed by hand, with a bulkhead if wanted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.words.digests import DigestFacts
from oncall_tui.ops.delivery import Job, Providers, claim
from oncall_tui.storage.statements import workers
from oncall_tui.storage.tables import attempts, contact_methods, pages, timeline
from tests.support.house import LEASE, House

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://one.example/ana"}, {name: mail, url: "json://two.example/ana"}],
     rules: [{contact: push}]}
  - {username: bo, contacts: [{name: push, url: "json://two.example/bo"}]}
policies:
  - {name: p, remind: 10m, steps: [{delay: 1h, targets: [{user: ana}]}]}
  - {name: q, remind: off, steps: [{delay: 1h, targets: [{user: bo}]}]}
services: [{name: checkout, policy: p}, {name: search, policy: q}]
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: other, kind: generic, service: search}
"""

LATER = SendResult(Outcome.RETRY_LATER, "503 Service Unavailable")


def limited(house: House, text: str) -> None:
    """Give ana's push a limit."""
    with house.store.write() as conn:
        conn.execute(update(contact_methods).where(contact_methods.c.id == 1).values(limit_text=text))


def claimed(house: House, limit: int = 100, providers: Providers | None = None, worker: str = "w1") -> tuple[Job, ...]:
    """Lease what the outbox has."""
    with house.store.write() as conn:
        return claim(conn, house.directory, worker, house.clock.now(), LEASE, limit, providers=providers or Providers())


def ids(jobs: tuple[Job, ...]) -> list[str]:
    """What they are sent under."""
    return [job.page for job in jobs]


def inside(job: Job) -> list[str]:
    """The pages of a job."""
    return [page.page for page in job.pages]


def told(job: Job) -> list[int]:
    """The incidents that a digest names."""
    assert isinstance(job.facts, DigestFacts)
    return [line.number for line in job.facts.lines]


def column(house: House, name: str) -> dict[str, object]:
    """One column of every page."""
    with house.store.read() as conn:
        return {
            row.id: row[1]
            for row in conn.execute(select(pages.c.id, pages.c[name]).order_by(pages.c.number, pages.c.seq))
        }


def answers(house: House, page: str) -> list[tuple[int, str, str]]:
    """(try, outcome, answer) of the page's attempts."""
    with house.store.read() as conn:
        query = select(attempts.c.n, attempts.c.outcome, attempts.c.answer).where(attempts.c.page_id == page)
        return [tuple(row) for row in conn.execute(query.order_by(attempts.c.id))]


def texts(house: House, number: int) -> list[str]:
    """The incident's timeline in words."""
    with house.store.read() as conn:
        query = select(timeline.c.text).where(timeline.c.number == number).order_by(timeline.c.id)
        return list(conn.execute(query).scalars())


def pass_lease(house: House) -> None:
    """Whoever holds a lease vanishes."""
    house.clock.move(LEASE + timedelta(seconds=1))


def sign(house: House, worker: str) -> None:
    """The worker says that it lives."""
    row = {"id": worker, "host": "box", "pid": 1, "version": "1", "listen": ""}
    with house.store.write() as conn:
        workers.sign(conn, row, {}, house.clock.now())
