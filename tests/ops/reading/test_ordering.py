"""The queue in every order and grouping, and what stands around an incident, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.domain.queue.ordering import GROUPINGS, Order, Sort, group_of, read_grouping, read_sort
from oncall_tui.domain.severity import Severity
from oncall_tui.ops import reading
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.intake.silences import add_silence
from oncall_tui.ops.reading.incidents.around import earlier
from oncall_tui.ops.reading.near_rows import GroupRow
from tests.ops.reading.test_reading import CONFIG
from tests.support.house import House
from tests.support.worlds import T0, minutes


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Five: 1 high, 2 critical of checkout (payments); 3 medium and acknowledged, 4 low, 5 over, of search."""
    with House(database_url, CONFIG, tmp_path) as made:
        made.post(key="a", title="Disk", severity=Severity.HIGH, labels={"region": "eu", "odd 'name": "x"})
        made.post(key="b", title="Checkout 5xx", severity=Severity.CRITICAL, labels={"region": "us"})
        made.post(key="c", title="Slow", severity=Severity.MEDIUM, integration="finder", labels={"region": "eu"})
        made.post(key="d", title="Chatty", severity=Severity.LOW, integration="finder")
        made.post(key="e", title="Over", severity=Severity.HIGH, integration="finder")
        acts.acknowledge(made.as_user("bo"), 3)
        acts.resolve(made.as_user("ana"), 5, reason="false alarm")
        yield made


ORDERS: tuple[tuple[str, str, str, list[int]], ...] = (
    ("state:all", "newest", "", [5, 4, 3, 2, 1]),
    ("state:all", "oldest", "", [1, 2, 3, 4, 5]),
    ("state:all", "severity", "", [2, 5, 1, 3, 4]),
    ("", "severity", "", [2, 1, 3, 4]),
    ("", "service", "", [2, 1, 4, 3]),
    ("", "need", "service", [2, 1, 4, 3]),
    ("", "oldest", "service", [1, 2, 3, 4]),
    ("state:all", "need", "service", [2, 1, 5, 4, 3]),
    ("", "oldest", "team", [1, 2, 3, 4]),
    ("", "oldest", "severity", [2, 1, 3, 4]),
    ("", "oldest", "label:region", [1, 3, 2, 4]),
    ("", "newest", "label:odd 'name", [1, 4, 3, 2]),
)


def test_every_order_gives_exactly_its_rows(house: House) -> None:
    for text, sort, group, numbers in ORDERS:
        page = reading.queue(house.session, parse_filter(text), order=Order(read_sort(sort), read_grouping(group)))
        assert [row.number for row in page.rows] == numbers, (text, sort, group)
        assert (page.more, page.next_cursor) == (False, None)


def test_every_sort_and_grouping_there_is_has_its_rows() -> None:
    assert {sort for _, sort, _, _ in ORDERS} == {*Sort}
    assert {group.partition(":")[0] for _, _, group, _ in ORDERS if group} == {*GROUPINGS, "label"}


def test_groups_are_counted_by_state_beyond_what_is_shown(house: House) -> None:
    page = reading.queue(house.session, parse_filter("state:all"), limit=1, order=Order(group="service"))
    assert {group.name: group for group in page.groups} == {
        "checkout": GroupRow(name="checkout", triggered=2),
        "search": GroupRow(name="search", triggered=1, acknowledged=1, resolved=1),
    }
    assert (len(page.rows), page.more, page.total) == (1, True, 5)


@pytest.mark.parametrize("group", ["service", "team", "severity", "label:region", "label:nowhere"])
def test_rows_and_counts_agree_about_who_is_in_which_group(house: House, group: str) -> None:
    order = Order(group=group)
    page = reading.queue(house.session, parse_filter("state:all"), order=order)
    seen: dict[str, int] = {}
    for row in page.rows:
        name = group_of(order, service=row.service, team=row.team, severity=row.severity.value, labels=row.labels)
        seen[name] = seen.get(name, 0) + 1
    assert seen == {one.name: one.triggered + one.acknowledged + one.resolved for one in page.groups}


def test_an_order_that_is_none_is_refused() -> None:
    for text in ("service ", "none", "", "label:x y"):
        read_grouping(text)
    for text in ("label:", 'label:a"b', "label:a\\b", "people", "label:" + "x" * 101):
        with pytest.raises(Invalid):
            read_grouping(text)
    with pytest.raises(Invalid):
        read_sort("sideways")
    assert read_sort(" newest ") is Sort.NEWEST


def test_earlier_occurrences_tell_how_each_ended(house: House) -> None:
    acts.note(house.as_user("bo"), 1, "restarted the node")
    acts.resolve(house.as_user("bo"), 1, reason="fixed")
    house.clock.set(T0 + minutes(20))
    house.post("resolve", key="a")
    house.post(key="a", title="Disk again")
    acts.resolve(house.as_user("ana"), 6, reason="cancelled")
    house.clock.set(T0 + minutes(40))
    house.post("resolve", key="a")
    house.post(key="a", title="Disk once more")
    shown = reading.detail(house.session, 7)
    assert [(row.number, row.resolution, row.resolved_by, row.notes) for row in shown.earlier] == [
        (6, "cancelled", "ana", ()),
        (1, "fixed", "bo", ("restarted the node",)),
    ]
    assert shown.earlier == earlier(house.session, 7)
    assert earlier(house.session, 7, limit=1) == shown.earlier[:1]
    assert earlier(house.session, 99) == ()
    assert earlier(house.session, 1) == ()


def test_what_was_resolved_by_hand_and_fires_on_is_told(house: House) -> None:
    house.post(key="z", title="Leak", started_at=T0)
    assert reading.detail(house.session, 6).still_firing == (), "it is open"
    acts.resolve(house.as_user("bo"), 6, reason="fixed")
    assert reading.detail(house.session, 6).still_firing == ()
    house.clock.set(T0 + minutes(1))
    house.post(key="z", title="Leak", started_at=T0)
    assert [alert.key for alert in reading.detail(house.session, 6).still_firing] == ["z"]


def test_a_silence_that_the_next_alert_runs_into_is_told(house: House) -> None:
    made = add_silence(house.as_user("ana"), matchers="region=eu", length=timedelta(hours=2), comment="disks move")
    quiet = reading.detail(house.session, 1).quiet
    assert quiet is not None
    assert (quiet.number, quiet.until, quiet.comment) == (made.silence.id, T0 + timedelta(hours=2), "disks move")
    assert reading.detail(house.session, 2).quiet is None
