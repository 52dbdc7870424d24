"""The filter language: every term means what the help says, and every wrong one is named."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.errors import InvalidMany
from oncall_tui.domain.queue.filters import OPEN, STATES, VIEWS, Filter, parse_filter, split_terms
from oncall_tui.domain.severity import Severity, Urgency

JANUARY_5 = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Filter()),
        ("state:open", Filter(states=OPEN)),
        ("state:all", Filter(states=STATES)),
        ("state:triggered,resolved", Filter(states=("triggered", "resolved"))),
        ("state:acked", Filter(states=("acknowledged",))),
        ("service:checkout,edge team:payments", Filter(services=("checkout", "edge"), teams=("payments",))),
        ("service:a service:b service:a", Filter(services=("a", "b"))),
        ("sev:crit", Filter(severities=(Severity.CRITICAL,))),
        ("severity=warning,info", Filter(severities=(Severity.MEDIUM, Severity.INFO))),
        ("sev>=high", Filter(severities=(Severity.CRITICAL, Severity.HIGH))),
        ("sev>high", Filter(severities=(Severity.CRITICAL,))),
        ("sev<=low", Filter(severities=(Severity.LOW, Severity.INFO))),
        ("sev<low", Filter(severities=(Severity.INFO,))),
        ("urgency:high,low", Filter(urgencies=(Urgency.HIGH, Urgency.LOW))),
        ("@me @bo", Filter(people=("me", "bo"))),
        ("label:region=eu label:q=a=b", Filter(labels=(("region", "eu"), ("q", "a=b")))),
        ("since:24h before:2026-01-05", Filter(since=(timedelta(hours=24),), before=(JANUARY_5,))),
        ("since:2026-01-05T01:00+01:00", Filter(since=(JANUARY_5,))),
        ("@nobody team:mine", Filter(people=("nobody",), teams=("mine",))),
        ("#412", Filter(numbers=(412,), states=STATES)),
        ("#412 state:open", Filter(numbers=(412,), states=OPEN)),
        ("disk full", Filter(words=("disk", "full"))),
        ('"disk full" "', Filter(words=("disk full",))),
        ("@ # http://x 5xx>3 a:b", Filter(words=("@", "#", "http://x", "5xx>3", "a:b"))),
    ],
)
def test_a_term_means(text: str, wanted: Filter) -> None:
    assert parse_filter(text) == wanted


def test_every_wrong_term_is_named_at_once() -> None:
    with pytest.raises(InvalidMany) as refused:
        parse_filter("state:burning sev>=awful urgency:huge label:region service: sev:bad")
    assert [error.sentence.partition(":")[0] for error in refused.value.parts] == [
        "'burning'",
        "'sev>=awful'",
        "'urgency",
        "'label",
        "'service",
        "'sev",
    ]
    assert all(error.mend for error in refused.value.parts)


def test_a_filter_has_an_end() -> None:
    with pytest.raises(InvalidMany, match="at most"):
        parse_filter("x" * 1_001)


def test_a_time_that_is_none_is_named() -> None:
    with pytest.raises(InvalidMany, match="since:lately"):
        parse_filter("since:lately")


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_a_filter(name: str) -> None:
    assert parse_filter(VIEWS[name])


def test_only_open_tells_whether_history_is_asked_for() -> None:
    assert parse_filter("").only_open
    assert not parse_filter("state:all").only_open


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    with contextlib.suppress(InvalidMany):
        parse_filter(text)
    assert all(split_terms(text))
