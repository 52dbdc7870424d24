"""PagerDuty Events v1: what its contract requires, what its senders do, and answers that nobody retries in vain."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example
from oncall_tui.intake.sources.paging import pagerduty_v1

TRIGGER: dict[str, Any] = {"service_key": "r" * 32, "event_type": "trigger", "description": "down"}


def read(body: object) -> Reading | Unusable:
    return pagerduty_v1.read(Post(body=body if isinstance(body, bytes) else json.dumps(body).encode()))


def one(body: object) -> Event:
    reading = read(body)
    assert isinstance(reading, Reading), reading
    (event,) = reading.events
    return event


def test_example_reads_whole_and_without_notes() -> None:
    reading = read(example("pagerduty-v1"))
    assert isinstance(reading, Reading)
    assert reading.key == "0123456789abcdef0123456789abcdef"
    (event,) = reading.events
    assert (event.action, event.dedup_key, event.title) == (Action.TRIGGER, "checkout-5xx", "Checkout 5xx above 5 %")
    assert event.severity is Severity.HIGH
    assert event.labels == {"client": "Checkout dashboard", "rate": "7.2", "region": "eu-west"}
    assert event.description.splitlines() == [
        "rate: 7.2",
        "region: eu-west",
        'probe: {"path": "/pay", "codes": [502, 503]}',
        "Runbook: https://runbooks.example.com/checkout",
        "5xx rate: https://grafana.example.com/render/checkout.png",
    ]
    assert event.link == "https://grafana.example.com/d/checkout"
    assert event.notes == ()


def test_what_the_wild_sends_beside_is_left_alone() -> None:
    event = one({**TRIGGER, "event_action": "", "payload": None, "contexts": None, "details": None, "client": None})
    assert (event.title, event.dedup_key, event.notes) == ("down", None, ())


def test_a_severity_among_the_details_counts_when_it_is_one() -> None:
    assert one({**TRIGGER, "details": {"severity": "warning"}}).severity is Severity.MEDIUM
    assert one({**TRIGGER, "details": {"severity": "purple"}}).severity is Severity.HIGH


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_later_words_need_the_key_alone(action: str) -> None:
    body = {"service_key": "r", "event_type": action, "incident_key": "k"}
    assert (one(body).action, one(body).dedup_key) == (Action(action), "k")
    refused = read({**body, "incident_key": " "})
    assert isinstance(refused, Unusable)
    assert refused.errors == (f"'incident_key' is missing or blank; it is required to {action}",)


def test_everything_wrong_is_listed_at_once() -> None:
    found = read({"event_type": "trigger"})
    assert isinstance(found, Unusable)
    assert [error.split("'")[1] for error in found.errors] == ["service_key", "description"]
    assert isinstance(read({**TRIGGER, "event_type": "note"}), Unusable)


def test_a_description_with_line_breaks_becomes_one_line_and_a_long_one_is_cut() -> None:
    assert one({**TRIGGER, "description": "down\r\non\x00 web"}).title == "down on\ufffd web"
    long = one({**TRIGGER, "description": "🔥" * 1025})
    assert (len(long.title), long.title[-1]) == (1024, "…")


def test_answers_word_for_word() -> None:
    class Taken:
        number = 412
        dedup_key = "k"

    dialect = pagerduty_v1.DIALECT
    accepted = dialect.accepted([Taken()])
    assert accepted.status == 200
    assert accepted.body == {"status": "success", "message": "Event processed", "incident_key": "k"}
    malformed = read(b"{")
    assert isinstance(malformed, Unusable)
    answer = dialect.unusable(malformed)
    assert isinstance(answer.body, dict)
    assert (answer.status, answer.body["status"]) == (400, "unrecognized object")


def test_an_unknown_key_is_400_for_403_would_have_it_sent_for_ever() -> None:
    assert pagerduty_v1.DIALECT.unknown_key().status == 400
