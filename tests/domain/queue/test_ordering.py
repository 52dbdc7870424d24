"""By what the queue is grouped, and in which group an incident is."""

from __future__ import annotations

import pytest

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.queue.ordering import Order, Sort, group_of, read_grouping, read_sort


@pytest.mark.parametrize(
    ("grouping", "group"),
    [
        ("service", "checkout"),
        ("team", ""),
        ("severity", "high"),
        ("label:zone", "eu"),
        ("label:tier", ""),
        ("none", ""),
    ],
)
def test_the_group_of_an_incident(grouping: str, group: str) -> None:
    order = Order(group=read_grouping(grouping))
    assert group_of(order, service="checkout", team=None, severity="high", labels={"zone": "eu"}) == group


@pytest.mark.parametrize("text", ["colour", "label:", 'label:a"b', "label:a\\b", "label:" + "x" * 101])
def test_a_grouping_that_is_none(text: str) -> None:
    with pytest.raises(Invalid, match="no grouping"):
        read_grouping(text)


def test_a_sort_by_its_name() -> None:
    assert read_sort(" newest ") is Sort.NEWEST
    with pytest.raises(Invalid, match="no sort 'loudest'"):
        read_sort("loudest")
