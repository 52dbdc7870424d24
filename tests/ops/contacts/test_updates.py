"""Who asked for it hears who has an incident and that it is over: never by a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.ops.incidents.acts import acknowledge, resolve
from oncall_tui.storage.tables import notices
from tests.support.house import House

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana", updates: true}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo", updates: true}, {name: mail, url: "json://127.0.0.1:9/m"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy", updates: true}]}
policies: [{name: p, remind: off, steps: [{targets: [{user: ana}, {user: bo}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def told(house: House) -> list[tuple[str, str, str]]:
    """(user, contact, subject) of every update."""
    with house.store.read() as conn:
        query = select(notices.c.username, notices.c.contact, notices.c.subject).where(notices.c.kind == "update")
        return [tuple(row) for row in conn.execute(query.order_by(notices.c.id))]


def test_who_was_paged_hears_who_has_it_and_that_it_is_over(house: House) -> None:
    house.post()
    acknowledge(house.as_user("ana"), 1)
    assert told(house) == [("bo", "push", "#1 ana has it")]
    resolve(house.as_user("bo"), 1)
    assert told(house)[1:] == [("ana", "push", "#1 resolved by bo")]


def test_an_acknowledgement_repeated_tells_nothing_new(house: House) -> None:
    house.post()
    acknowledge(house.as_user("ana"), 1)
    acknowledge(house.as_user("ana"), 1)
    assert len(told(house)) == 1


def test_an_update_is_no_page(house: House) -> None:
    house.post()
    pages = len(house.paged)
    acknowledge(house.as_user("ana"), 1)
    resolve(house.as_user("ana"), 1)
    assert len(house.paged) == pages
