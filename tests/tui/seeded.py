"""A real database with a believable afternoon in it, at one frozen instant; for tests and for the pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.delivery import Answer, record
from oncall_tui.ops.incidents import acts
from oncall_tui.storage.tables import workers
from tests.support.house import DELIVERED, House
from tests.support.worlds import T0

BEGAN = datetime(2026, 3, 5, 8, 30, tzinfo=UTC)  # a Thursday
NOW = datetime(2026, 3, 5, 10, 3, 11, tzinfo=UTC)

CONFIG = """
version: 1
users:
  - username: ana
    name: Ana Silva
    email: ana@example.com
    phone: "+351 912 345 678"
    timezone: Europe/Lisbon
    role: admin
    contacts: [{name: push, url: "ntfy://ntfy.sh/ana-7f3a9c"}, {name: phone, url: "json://127.0.0.1/phone/ana"}]
    rules:
      - {contact: push, urgency: high}
      - {contact: phone, delay: 30s, urgency: high}
      - {contact: push, delay: 5m, urgency: low}
  - username: bo
    name: Bo Lindqvist
    timezone: Europe/Stockholm
    contacts: [{name: push, url: "ntfy://ntfy.sh/bo-51be02"}]
  - username: cy
    name: Cy Okafor
    timezone: Europe/London
    contacts: [{name: push, url: "ntfy://ntfy.sh/cy-90d1aa"}, {name: mail, url: "json://127.0.0.1/mail/cy"}]
  - username: dee
    name: Dee Marsh
    timezone: America/New_York
    contacts: [{name: push, url: "ntfy://ntfy.sh/dee-e0c4f7"}]
  - username: eli
    name: Eli Brandt
    role: viewer
teams:
  - {name: payments, members: [ana, bo, cy], policies: [payments]}
  - {name: platform, members: [cy, dee], policies: [platform]}
schedules:
  - name: payments-primary
    timezone: Europe/Lisbon
    layers:
      - {name: weekly, users: [bo, cy, ana], start: 2026-01-05T09:00, every: 1w}
      - name: nights
        users: [dee]
        start: 2026-01-05T00:00
        every: 1d
        restrict: [{days: [tue, thu], from: "22:00", to: "06:00"}]
    overrides:
      - {user: cy, replaces: ana, start: 2026-03-07T09:00, end: 2026-03-08T09:00}
  - name: platform
    timezone: America/New_York
    layers:
      - name: weekdays
        users: [dee, cy]
        start: 2026-01-05T08:00
        every: 1d
        days: [mon, tue, wed, thu, fri]
        length: 12h
policies:
  - name: payments
    repeat: 2
    remind: 10m
    steps:
      - {delay: 5m, targets: [{schedule: payments-primary}]}
      - {delay: 10m, targets: [{user: bo}]}
      - {delay: 15m, targets: [{team: payments}]}
    fallback: [{user: cy}]
  - name: platform
    remind: 10m
    steps:
      - {delay: 15m, targets: [{schedule: platform}]}
services:
  - name: checkout
    team: payments
    policy: payments
    runbook: "https://wiki.example.com/runbooks/checkout"
    ack_timeout: 30m
  - {name: edge, team: payments, policy: payments, ack_timeout: 2h}
  - {name: ledger, team: payments, policy: payments}
  - {name: search, team: platform, policy: platform}
integrations:
  - {name: prometheus, kind: alertmanager, service: checkout, key: "0123456789abcdef0123456789abcdef"}
  - {name: prometheus-edge, kind: alertmanager, service: edge, key: "1123456789abcdef0123456789abcdef"}
  - {name: prometheus-search, kind: alertmanager, service: search, key: "2123456789abcdef0123456789abcdef"}
  - {name: prometheus-ledger, kind: generic, service: ledger, key: "3123456789abcdef0123456789abcdef"}
"""


def deliver(house: House, *, silent: tuple[str, ...] = ()) -> None:
    """Answer every page that waits: delivered, or for the contacts in `silent` no answer."""
    now = house.clock.now()
    for job in house.claimed():
        answer = DELIVERED
        if job.place.contact in silent:
            answer = SendResult(Outcome.UNKNOWN, "no answer from provider", None)
        with house.store.write() as conn:
            ended = now + timedelta(seconds=0.4)
            took = Answer(job=job, pages=job.pages, result=answer, started_at=now, ended_at=ended, jitter=0.5)
            record(conn, house.directory, [took], worker="w1", now=ended)


def seeded(folder: Path) -> House:
    """The afternoon: two acknowledged, one resolved, one waits for somebody to come on call, one just begun."""
    house = House(str(folder / "oncall.db"), CONFIG, folder, at=BEGAN)
    ana, bo = house.as_user("ana"), house.as_user("bo")

    def at(hour: int, minute: int, second: int = 0) -> None:
        moment = datetime(2026, 3, 5, hour, minute, second, tzinfo=UTC)
        house.pass_to((moment - T0).total_seconds() / 60)

    at(8, 41)
    first = house.post(integration="prometheus-ledger", key="lag", title="Replication lag on ledger-db-2 above 30 s")
    deliver(house)
    at(8, 44, 20)
    acts.acknowledge(ana, first.number or 0)
    at(9, 2)
    acts.resolve(ana, first.number or 0, reason="fixed")
    at(9, 0, 40)
    second = house.post(
        integration="prometheus-edge",
        key="cert",
        title="Certificate of edge.example.com expires in 6 days",
        severity=Severity.MEDIUM,
    )
    deliver(house)
    at(9, 3)
    acts.acknowledge(bo, second.number or 0)
    at(9, 54, 4)
    house.post(
        integration="prometheus-search",
        key="disk",
        title="disk [/var/log] full on search-3",
        labels={"node": "search-3"},
    )
    at(10, 0, 58)
    burning = house.post(
        key="checkout-5xx",
        title="Checkout 5xx above 5 %",
        severity=Severity.CRITICAL,
        integration="prometheus",
        labels={"region": "eu"},
    )
    deliver(house)
    at(10, 1, 28)
    deliver(house, silent=("phone",))
    house.post(key="checkout-5xx", title="Checkout 5xx above 5 %", severity=Severity.CRITICAL, integration="prometheus")
    at(10, 2, 58)
    house.post(key="checkout-5xx", title="Checkout 5xx above 5 %", severity=Severity.CRITICAL, integration="prometheus")
    assert burning.number is not None
    with house.store.write() as conn:
        conn.execute(
            insert(workers),
            {
                "id": "w1",
                "host": "box",
                "pid": 1,
                "version": "1",
                "started_at": BEGAN,
                "seen_at": NOW - timedelta(seconds=3),
                "engine_looked_at": NOW - timedelta(seconds=3),
                "delivery_looked_at": NOW - timedelta(seconds=3),
                "audited_at": NOW - timedelta(seconds=40),
            },
        )
    house.clock.set(NOW)
    return house
