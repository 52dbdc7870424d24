"""A contact's limit, as it is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oncall_tui.domain.delivery.bundling import Limit, parse_limit
from oncall_tui.domain.errors import Invalid


def test_so_many_in_a_span() -> None:
    assert parse_limit("10/5m") == Limit(10, timedelta(minutes=5))
    assert parse_limit(" 1 / 1h ") == Limit(1, timedelta(hours=1))


@pytest.mark.parametrize("text", ["", "10", "/5m", "0/5m", "-1/5m", "x/5m", "10000/5m", "١/5m", "10/", "10/soon"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_limit(text)


def test_a_span_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="longer than nothing"):
        parse_limit("10/0s")
