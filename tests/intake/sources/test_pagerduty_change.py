"""PagerDuty's change events: only a summary is needed, and nothing is ever paged by one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from oncall_tui.domain.events import Action
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example
from oncall_tui.intake.sources.paging import pagerduty_change


def read(body: object) -> Reading | Unusable:
    return pagerduty_change.read(Post(body=body if isinstance(body, bytes) else json.dumps(body).encode()))


def test_example_reads_whole_and_without_notes() -> None:
    reading = read(example("pagerduty-change"))
    assert isinstance(reading, Reading)
    (event,) = reading.events
    assert (event.action, event.dedup_key) == (Action.CHANGE, None)
    assert event.title == "checkout 2026.01.3 deployed by bo"
    assert event.started_at == datetime(2026, 1, 5, 9, 55, tzinfo=UTC)
    assert event.labels["source"] == "ci.example.com"
    assert event.description.splitlines()[0] == "build: 1812"
    assert event.link == "https://ci.example.com/builds/1812"
    assert event.notes == ()


def test_a_summary_is_enough_and_a_bad_rest_is_noted() -> None:
    reading = read({"routing_key": "r", "payload": {"summary": "x", "timestamp": "soon", "source": None}, "links": 3})
    assert isinstance(reading, Reading)
    assert reading.events[0].started_at is None
    assert "payload.timestamp 'soon' is no time" in reading.events[0].notes[0]


def test_what_the_python_client_makes_of_a_time_is_read() -> None:
    # pagerduty 7.2 appends Z to a time that has a zone.
    reading = read({"routing_key": "r", "payload": {"summary": "x", "timestamp": "2026-01-05T09:55:00+00:00Z"}})
    assert isinstance(reading, Reading)
    assert reading.events[0].title == "x"


def test_what_is_missing_is_named() -> None:
    found = read({"payload": {}})
    assert isinstance(found, Unusable)
    assert [error.split("'")[1] for error in found.errors] == ["routing_key", "payload.summary"]
    assert pagerduty_change.DIALECT.accepted([]).status == 202
