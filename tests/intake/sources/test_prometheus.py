"""Alerts as Prometheus posts them: told by their labels, resolved by their ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oncall_tui.domain.events import Action, Event, as_of
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.labelled import fingerprint_of
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example, prometheus

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def read(body: object) -> tuple[Event, ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = prometheus.read(Post(body=raw, key="k1"))
    assert isinstance(reading, Reading), reading
    assert reading.key == "k1"
    return reading.events


def one(**changes: Any) -> Event:
    (event,) = read([{"labels": {"alertname": "DiskFull", "instance": "a"}, **changes}])
    return event


def test_the_example() -> None:
    (event,) = read(example("prometheus"))
    assert event.title == "Checkout 5xx above 5 % on web-1"
    assert event.description == "7.2 % of requests failed in the last five minutes."
    assert event.severity is Severity.CRITICAL
    assert event.started_at == datetime(2026, 1, 5, 10, 2, 11, 739000, UTC)
    assert event.expires_at == datetime(2126, 1, 5, 10, 6, 11, 739000, UTC)
    assert event.labels["job"] == "checkout"
    assert event.link == "http://prometheus.example.com:9090/graph?g0.expr=rate5xx&g0.tab=1"


def test_the_fingerprint_is_alertmanagers_own() -> None:
    # What prometheus-alertmanager 0.25 shows for these labels: GET /api/v2/alerts of alerts posted to it.
    assert fingerprint_of({}) == "cbf29ce484222325"
    assert fingerprint_of({"alertname": "x", "empty": ""}) == fingerprint_of({"alertname": "x"})
    assert one().dedup_key == fingerprint_of({"instance": "a", "alertname": "DiskFull"})


def test_an_end_in_the_past_is_a_resolve_and_one_to_come_an_expiry() -> None:
    ended = as_of(one(endsAt="2026-01-05T09:59:59Z"), NOW)
    assert (ended.action, ended.expires_at) == (Action.RESOLVE, None)
    lasting = as_of(one(endsAt="2026-01-05T10:04:00Z"), NOW)
    assert (lasting.action, lasting.expires_at) == (Action.TRIGGER, NOW + timedelta(minutes=4))


@pytest.mark.parametrize("end", [None, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "", "soon"])
def test_without_an_end_it_lasts_five_minutes(end: str | None) -> None:
    event = as_of(one(endsAt=end), NOW)
    assert (event.action, event.expires_at) == (Action.TRIGGER, NOW + timedelta(minutes=5))
    assert one(startsAt=end).started_at is None


def test_what_ends_later_comes_first() -> None:
    ends = ["2026-01-05T09:00:00Z", None, "2026-01-05T11:00:00Z"]
    events = read([{"labels": {"alertname": str(place)}, "endsAt": end} for place, end in enumerate(ends)])
    assert [event.title for event in events] == ["1", "2", "0"]


@pytest.mark.parametrize("body", [b"{}", b"[1]", b"[{}]", b'[{"labels": {"a": ""}}]', b'[{"labels": 5}]'])
def test_no_alert_at_all_is_unusable(body: bytes) -> None:
    unusable = prometheus.read(Post(body=body))
    assert isinstance(unusable, Unusable)
    assert not unusable.malformed
    answer = prometheus.DIALECT.unusable(unusable)
    assert answer.status == 400
    assert isinstance(answer.body, str)


def test_an_entry_that_is_none_costs_a_note_and_an_empty_list_nothing() -> None:
    assert read([]) == ()
    (event,) = read([7, {"labels": {"alertname": "a"}}])
    assert event.notes == ("1 entries of the list were no objects; left out",)
