"""A repeat refreshes what its sender says of the alert: not only a new title, and without a word on the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.ops.incidents.acts import edit
from oncall_tui.ops.intake.events import take
from tests.support.house import House

CONFIG = """
version: 1
users: [{username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, remind: off, steps: [{delay: 15m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout, key: "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def post(house: House, *described: str, key: str = "k", group: str | None = None) -> None:
    events = [
        Event(action=Action.TRIGGER, dedup_key=key, title="5xx", description=text, group_key=group)
        for text in described
    ]
    with house.store.write() as conn:
        take(conn, house.directory.world(conn), "monitor", events, house.clock.now(), "{}")


def test_a_new_description_under_the_same_title_is_kept(house: House) -> None:
    post(house, "7 % of payments fail")
    before = house.kinds(1), house.column(1, "version")
    post(house, "9 % of payments fail")
    assert house.column(1, "description") == "9 % of payments fail"
    post(house, "11 %", "12 %")
    assert house.column(1, "description") == "12 %", "in one commit, too"
    post(house, "")
    assert house.column(1, "description") == "12 %", "who says nothing takes nothing back"
    assert (house.kinds(1), house.column(1, "version")) == before
    assert house.paged == [(0, "ana")]


def test_what_a_person_wrote_stays(house: House) -> None:
    post(house, "7 %")
    edit(house.as_user("ana"), 1, description="the payment provider is down")
    post(house, "9 %")
    assert house.column(1, "description") == "the payment provider is down"


def test_of_several_alerts_none_speaks_for_all(house: House) -> None:
    post(house, "web-1", key="1", group="g")
    post(house, "web-2", key="2", group="g")
    post(house, "web-2 still", key="2", group="g")
    assert (house.open, house.column(1, "description")) == ([(1, "triggered")], "web-1")
