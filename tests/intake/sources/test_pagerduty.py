"""PagerDuty Events v2: what its contract requires, what its senders do, and its answers word for word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example, pagerduty

PAYLOAD = {"summary": "down", "source": "web-1", "severity": "error"}
TRIGGER: dict[str, Any] = {"routing_key": "r" * 32, "event_action": "trigger", "payload": PAYLOAD}


def read(body: object, key: str | None = None, *, path: bool = True) -> Reading:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = pagerduty.read(Post(body=data, key=key, params={"key": key} if key is not None and path else {}))
    assert isinstance(reading, Reading), reading
    return reading


def one(body: object) -> Event:
    (event,) = read(body).events
    return event


def errors(body: object) -> tuple[str, ...]:
    unusable = pagerduty.read(Post(body=json.dumps(body).encode()))
    assert isinstance(unusable, Unusable), unusable
    return unusable.errors


def test_example_reads_whole_and_without_notes() -> None:
    reading = read(example("pagerduty"))
    assert reading.key == "0123456789abcdef0123456789abcdef"
    (event,) = reading.events
    assert (event.action, event.dedup_key, event.title) == (Action.TRIGGER, "checkout-5xx", "Checkout 5xx above 5 %")
    assert event.severity is Severity.CRITICAL
    assert event.labels["component"] == "checkout"
    assert event.labels["region"] == "eu-west"
    assert event.description.splitlines()[0] == "rate: 7.2"
    assert "Runbook: https://runbooks.example.com/checkout" in event.description
    assert event.link == "https://grafana.example.com/d/checkout"
    assert event.notes == ()


def test_key_of_the_path_goes_first() -> None:
    assert read(TRIGGER, key="path").key == "path"
    assert read({**TRIGGER, "routing_key": None}, key="path").key == "path"


def test_a_token_in_a_header_is_no_key_where_the_body_has_one() -> None:
    assert read(TRIGGER, key="junk", path=False).key == "r" * 32
    assert read({**TRIGGER, "routing_key": None}, key="header", path=False).key == "header"


@pytest.mark.parametrize(
    ("word", "severity"),
    [("critical", "critical"), ("error", "high"), ("warning", "medium"), ("info", "info"), ("Critical", "critical")],
)
def test_severities(word: str, severity: str) -> None:
    event = one({**TRIGGER, "payload": {**PAYLOAD, "severity": word}})
    assert event.severity == severity
    assert event.notes == ()


def test_unknown_severity_is_high_with_a_note() -> None:
    event = one({**TRIGGER, "payload": {**PAYLOAD, "severity": "fatal"}})
    assert event.severity is Severity.HIGH
    assert "fatal" in event.notes[0]


def test_trigger_without_a_key_is_unique() -> None:
    assert one(TRIGGER).dedup_key is None
    assert one({**TRIGGER, "dedup_key": ""}).dedup_key is None


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_later_words_need_the_key_and_no_payload(action: str) -> None:
    body = {"routing_key": "r", "event_action": action, "dedup_key": "k", "payload": None}
    assert (one(body).action, one(body).dedup_key) == (Action(action), "k")
    assert "'dedup_key'" in errors({**body, "dedup_key": None})[0]


def test_everything_wrong_is_listed_at_once() -> None:
    found = errors({"event_action": "trigger", "payload": {"severity": "info"}})
    assert [error.split("'")[1] for error in found] == ["routing_key", "payload.summary", "payload.source"]
    assert [error.split("'")[1] for error in errors({})] == ["routing_key", "event_action"]
    assert len(errors({"routing_key": "r", "event_action": ""})) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"payload": {**PAYLOAD, "custom_details": "text"}},
        {"payload": {**PAYLOAD, "custom_details": [1, {"a": None}]}},
        {"payload": {**PAYLOAD, "timestamp": "2026-01-05T10:00:00"}},
        {"payload": {**PAYLOAD, "timestamp": {"when": "now"}}},
        {"payload": {**PAYLOAD, "component": 7, "group": None, "class": ["x"]}},
        {"links": "x", "images": [{"href": ""}, None, 3], "client_url": "javascript:1", "client": None},
        {"links": None, "images": None, "contexts": None, "dedup_key": 12},
    ],
)
def test_bad_optional_field_never_loses_the_alert(odd: dict[str, Any]) -> None:
    assert one({**TRIGGER, **odd}).title == "down"


def test_summary_is_cut_not_refused() -> None:
    event = one({**TRIGGER, "payload": {**PAYLOAD, "summary": "🔥" * 1025}})
    assert len(event.title) == 1024
    assert event.title.endswith("…")


def test_answers_word_for_word() -> None:
    class Taken:
        number = 412
        dedup_key = "k"

    accepted = pagerduty.DIALECT.accepted([Taken()])
    assert accepted.status == 202
    assert accepted.body == {"status": "success", "message": "Event processed", "dedup_key": "k"}
    invalid = pagerduty.DIALECT.unusable(Unusable(errors=("a", "b")))
    assert invalid.status == 400
    assert invalid.body == {"status": "invalid event", "message": "Event object is invalid", "errors": ["a", "b"]}
    malformed = pagerduty.read(Post(body=b"{"))
    assert isinstance(malformed, Unusable)
    assert malformed.malformed
    unreadable = pagerduty.DIALECT.unusable(malformed).body
    assert isinstance(unreadable, dict)
    assert (unreadable["status"], unreadable["errors"]) == ("unrecognized object", ["JSON parse error"])
    assert pagerduty.DIALECT.unknown_key().status == 403
