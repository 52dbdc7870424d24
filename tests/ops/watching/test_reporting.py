"""FAULTS C4 40: what the self-audit mended is told aloud."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.ops.watching import report_mended
from oncall_tui.storage.tables import incidents, notices
from tests.support.house import House

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/a"}]}
  - {username: root, role: admin,
     contacts: [{name: desk, url: "json://127.0.0.1:9/r"}, {name: mail, url: "json://127.0.0.1:9/m"}]}
policies: [{name: p, remind: off, steps: [{delay: 10m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}, {name: oncall, policy: p}]
"""


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path) as made:
        yield made


def report(house: House, number: int, service: str | None) -> None:
    with house.store.write() as conn:
        report_mended(conn, house.directory, number, "its timer was missing", house.clock.now(), service=service)


def told(house: House) -> list[tuple[str, str, str]]:
    with house.store.read() as conn:
        query = select(notices.c.username, notices.c.contact, notices.c.subject).order_by(notices.c.id)
        return [tuple(row) for row in conn.execute(query)]


def test_it_opens_one_incident_on_the_houses_own_service(house: House) -> None:
    report(house, 7, "oncall")
    report(house, 8, "oncall")
    assert house.open == [(1, "triggered")]
    with house.store.read() as conn:
        row = conn.execute(select(incidents.c.title, incidents.c.severity)).one()
    assert tuple(row) == ("The self-audit mended incident #8", "high"), "the newest word of its alert"
    assert house.alert_count(1) == 2
    assert house.paged == [(0, "ana")]
    assert told(house) == []


@pytest.mark.parametrize("service", [None, "no such service"])
def test_without_such_a_service_each_admin_gets_a_notice_once_a_day(house: House, service: str | None) -> None:
    report(house, 7, service)
    report(house, 8, service)
    assert told(house) == [("root", "desk", "The self-audit mended incident #7")]
    house.clock.move(timedelta(days=1))
    report(house, 9, service)
    assert told(house)[1:] == [("root", "desk", "The self-audit mended incident #9")]
    assert house.open == []
