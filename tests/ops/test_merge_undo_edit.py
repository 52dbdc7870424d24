"""Merge, undo and edit on the real database: rows that move, pages that come back, alerts that are open again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.errors import LostRace, Refused, Unknown
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.incidents.acts import (
    acknowledge,
    edit,
    escalate,
    reassign,
    resolve,
    snooze,
    trigger,
    undo,
)
from oncall_tui.ops.incidents.merging import merge
from oncall_tui.ops.reading import detail
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
policies:
  - {name: p, remind: off, steps: [{delay: 15m, targets: [{user: ana}]}, {delay: 15m, targets: [{user: bo}]}]}
services:
  - {name: checkout, policy: p}
  - {name: search, policy: p}
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: finder, kind: generic, service: search}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


class TestMerge:
    """Alerts move; later events of the source's keys land in the target."""

    def test_the_source_ends_and_its_keys_land_in_the_target(self, house: House) -> None:
        house.post(key="a", severity=Severity.CRITICAL)
        house.post(key="b", integration="finder")
        done = merge(house.as_user("bo"), 1, 2)
        assert (done.number, done.state, done.text) == (2, "triggered", "#1 merged into #2")
        assert (house.column(1, "state"), house.column(1, "resolution"), house.column(1, "merged_into")) == (
            "resolved",
            "merged",
            2,
        )
        assert (house.column(2, "severity"), house.column(2, "alerts"), house.column(2, "events")) == ("critical", 2, 2)
        assert house.post(key="a").number == 2
        assert (house.column(2, "events"), house.open) == (3, [(2, "triggered")])
        assert house.page_states == ["cancelled", "pending"]

    def test_it_resolves_by_its_senders_when_all_alerts_have(self, house: House) -> None:
        house.post(key="a")
        house.post(key="b", integration="finder")
        merge(house.as_user("bo"), 1, 2)
        house.post("resolve", key="b", integration="finder")
        assert house.open == [(2, "triggered")]
        house.post("resolve", key="a")
        assert house.open == []
        assert house.post(key="a").number == 3
        assert house.column(3, "previous") == 2

    def test_a_new_alert_of_the_sources_group_joins_the_target(self, house: House) -> None:
        house.post(key="a", group="g")
        house.post(key="b", integration="finder")
        house.post(key="c", integration="finder")
        merge(house.as_user("bo"), 1, 2)
        merge(house.as_user("bo"), 2, 3)
        assert house.post(key="d", group="g").number == 3
        assert house.column(3, "alerts") == 4
        resolve(house.as_user("bo"), 3)
        assert house.post(key="e", group="g").number == 4

    def test_a_key_made_by_hand_lands_there_too(self, house: House) -> None:
        ana = house.as_user("ana")
        trigger(ana, title="smoke", service="checkout", key="s")
        house.post(key="b", integration="finder")
        merge(ana, 1, 2)
        assert trigger(ana, title="smoke", service="checkout", key="s").number == 2
        assert trigger(ana, title="smoke", service="search", key="s").number == 2

    def test_refusals_change_nothing(self, house: House) -> None:
        for key in "abc":
            house.post(key=key)
        resolve(house.as_user("ana"), 3)
        bo = house.as_user("bo")
        with pytest.raises(LostRace, match="#3 is resolved"):
            merge(bo, 1, 3)
        with pytest.raises(LostRace, match="already resolved"):
            merge(bo, 3, 1)
        with pytest.raises(Refused, match="itself"):
            merge(bo, 1, 1)
        with pytest.raises(Unknown):
            merge(bo, 1, 99)
        with pytest.raises(LostRace, match="has changed since you looked"):
            merge(bo, 1, 2, version=99)
        assert house.open == [(1, "triggered"), (2, "triggered")]
        assert house.alert_count(1) == 1


class TestUndo:
    """Back to before, with the pages that the act had taken back."""

    def test_an_acknowledgement_gives_its_pages_back(self, house: House) -> None:
        house.post()
        acknowledge(house.as_user("bo"), 1)
        assert house.page_states == ["cancelled"]
        house.clock.set(T0 + timedelta(seconds=30))
        done = undo(house.as_user("bo"), 1)
        assert (done.state, done.text) == ("triggered", "#1 acknowledge undone: triggered")
        assert house.page_states == ["pending"]
        assert len(house.claimed()) == 1
        house.pass_to(16)
        assert house.paged == [(0, "ana"), (15, "bo")]

    def test_a_page_that_was_on_its_way_is_not_doubled(self, house: House) -> None:
        house.post()
        (job,) = house.claimed()
        acknowledge(house.as_user("bo"), 1)
        house.answer(job)
        undo(house.as_user("bo"), 1)
        assert house.page_states == ["delivered"]

    def test_a_resolve_reopens_its_alerts(self, house: House) -> None:
        house.post(key="a", group="g")
        house.post(key="b", group="g")
        house.post("resolve", key="a")
        resolve(house.as_user("bo"), 1)
        undo(house.as_user("bo"), 1)
        assert (house.open, house.column(1, "resolved_at")) == ([(1, "triggered")], None)
        assert house.post(key="b").verdict == "repeat"
        house.post("resolve", key="b")
        assert house.open == []

    def test_a_newer_incident_with_its_key_forbids_it(self, house: House) -> None:
        house.post()
        resolve(house.as_user("bo"), 1)
        assert house.post().number == 2
        with pytest.raises(Refused, match="#2 was opened since with the key of #1"):
            undo(house.as_user("bo"), 1)
        assert house.open == [(2, "triggered")]

    def test_also_one_of_its_group_and_one_made_by_hand(self, house: House) -> None:
        bo = house.as_user("bo")
        house.post(key="a", group="g")
        resolve(bo, 1)
        house.post(key="b", group="g")
        with pytest.raises(Refused, match="#2"):
            undo(bo, 1)
        trigger(bo, title="smoke", service="checkout", key="s")
        resolve(bo, 3)
        trigger(bo, title="smoke", service="search", key="s")
        assert undo(bo, 3).state == "triggered"
        resolve(bo, 3)
        trigger(bo, title="smoke", service="checkout", key="s")
        with pytest.raises(Refused, match="#5"):
            undo(bo, 3)

    def test_after_a_minute_and_by_another_it_is_refused(self, house: House) -> None:
        house.post()
        resolve(house.as_user("bo"), 1)
        with pytest.raises(Refused, match="was bo's"):
            undo(house.as_user("ana"), 1)
        house.clock.set(T0 + timedelta(seconds=61))
        with pytest.raises(Refused, match="more than 60 s"):
            undo(house.as_user("bo"), 1)

    def test_an_escalation_while_its_page_is_unsent(self, house: House) -> None:
        house.post()
        escalate(house.as_user("bo"), 1)
        assert undo(house.as_user("bo"), 1).state == "triggered"
        assert house.column(1, "assignees") == ["ana"]
        assert house.page_states == ["pending", "cancelled"]
        house.pass_to(16)
        assert house.paged == [(0, "ana"), (0, "bo"), (15, "bo")]

    def test_not_once_its_page_is_on_its_way(self, house: House) -> None:
        house.post()
        escalate(house.as_user("bo"), 1)
        house.claimed()
        with pytest.raises(LostRace, match="on its way already"):
            undo(house.as_user("bo"), 1)
        assert house.column(1, "assignees") == ["bo"]
        assert house.page_states == ["sending", "sending"]

    def test_a_snooze_and_a_reassignment(self, house: House) -> None:
        house.post()
        bo = house.as_user("bo")
        snooze(bo, 1, span=timedelta(hours=1))
        undo(bo, 1)
        assert (house.column(1, "state"), house.timers) == ("triggered", T0 + minutes(15))
        reassign(bo, 1, user="ana")
        undo(bo, 1)
        assert house.page_states == ["pending", "cancelled"]

    def test_the_version_seen(self, house: House) -> None:
        house.post()
        done = acknowledge(house.as_user("bo"), 1)
        with pytest.raises(LostRace):
            undo(house.as_user("bo"), 1, version=done.version - 1)
        assert undo(house.as_user("bo"), 1, version=done.version).state == "triggered"


class TestEdit:
    """What people write is in the row, the timeline and the answer."""

    def test_it_is_kept_and_told(self, house: House) -> None:
        house.post(labels={"job": "web"})
        edit(house.as_user("bo"), 1, title="Down", description="x", severity=Severity.CRITICAL, labels={"tier": "1"})
        found = detail(house.session, 1)
        row = found.incident
        assert (row.title, row.description, row.severity) == ("Down", "x", Severity.CRITICAL)
        assert row.labels == {"job": "web", "tier": "1"}
        assert [entry.kind for entry in found.timeline][-4:] == ["edited", "edited", "edited", "severity"]

    def test_repeats_of_its_sender_leave_it_alone(self, house: House) -> None:
        house.post()
        edit(house.as_user("bo"), 1, title="Down", severity=Severity.LOW)
        house.post(title="5xx at 9 %")
        assert (house.column(1, "title"), house.column(1, "severity")) == ("Down", "low")
