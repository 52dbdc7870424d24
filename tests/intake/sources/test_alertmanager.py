"""Alertmanager's webhook: fingerprints as alerts, groups as incidents, and groups that are only partly resolved."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import alertmanager, example

ALERT: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "DiskFull", "instance": "a", "severity": "warning"},
    "annotations": {"summary": "Disk full on a"},
    "startsAt": "2026-01-05T10:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "f1",
}
GROUP: dict[str, Any] = {"version": "4", "groupKey": "g", "status": "firing", "alerts": [ALERT]}


def read(body: object) -> tuple[Event, ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = alertmanager.read(Post(body=raw, key="k1"))
    assert isinstance(reading, Reading), reading
    assert reading.key == "k1"
    return reading.events


def one(**changes: object) -> Event:
    (event,) = read({**GROUP, "alerts": [{**ALERT, **changes}]})
    return event


def test_example_fires_first_then_resolves_within_one_group() -> None:
    firing, resolved = read(example("alertmanager"))
    assert (firing.action, firing.dedup_key) == (Action.TRIGGER, "4f1e7a0c2b9d8836")
    assert (resolved.action, resolved.dedup_key) == (Action.RESOLVE, "8c02d6f3a1b4e957")
    assert firing.group_key == resolved.group_key == '{}:{alertname="High5xx"}'
    assert firing.title == "Checkout 5xx above 5 % on web-1"
    assert firing.severity is Severity.CRITICAL
    assert firing.started_at == datetime(2026, 1, 5, 10, 2, 11, 739266, tzinfo=UTC)
    assert firing.description.splitlines() == [
        "7.2 % of requests failed in the last five minutes.",
        "runbook_url: https://runbooks.example.com/checkout",
    ]
    assert firing.link is not None
    assert firing.link.startswith("http://prometheus.example.com")
    assert firing.labels["job"] == "checkout"
    assert firing.notes == resolved.notes == ()


def test_resolves_come_last_whatever_their_place() -> None:
    resolved = {**ALERT, "status": "resolved", "fingerprint": "f0"}
    actions = [event.action for event in read({**GROUP, "alerts": [resolved, ALERT, resolved, ALERT]})]
    assert actions == [Action.TRIGGER, Action.TRIGGER, Action.RESOLVE, Action.RESOLVE]


def test_title_falls_back_to_the_name_and_the_telling_labels() -> None:
    assert one(annotations={}).title == "DiskFull (instance=a)"
    assert one(annotations={}, labels={"alertname": "DiskFull"}).title == "DiskFull"
    assert one(annotations=None, labels=None).title == "Alert without a name"


def test_truncated_alerts_are_said() -> None:
    (event,) = read({**GROUP, "truncatedAlerts": 3})
    assert event.notes[0].startswith("3 more alerts")


@pytest.mark.parametrize(
    ("changes", "group", "action"),
    [
        ({"status": "resolved"}, "firing", Action.RESOLVE),
        ({"status": "firing"}, "resolved", Action.TRIGGER),
        ({"status": None}, "resolved", Action.RESOLVE),
        ({"status": None}, "firing", Action.TRIGGER),
        ({"status": None, "endsAt": "2026-01-05T10:05:00Z"}, "firing", Action.RESOLVE),
        ({"status": "suppressed"}, "resolved", Action.TRIGGER),
    ],
)
def test_status_is_the_alerts_own(changes: dict[str, Any], group: str, action: Action) -> None:
    (event,) = read({**GROUP, "status": group, "alerts": [{**ALERT, **changes}]})
    assert event.action is action


def test_missing_fingerprint_is_made_of_the_labels() -> None:
    first = one(fingerprint=None)
    again = one(fingerprint="", status="resolved", labels=dict(reversed(ALERT["labels"].items())))
    other = one(fingerprint=None, labels={**ALERT["labels"], "instance": "b"})
    assert first.dedup_key == again.dedup_key != other.dedup_key
    assert "fingerprint" in first.notes[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": [1], "annotations": "x"},
        {"startsAt": "soon", "endsAt": 7, "generatorURL": {"a": 1}},
        {"labels": {"severity": ["a"], "alertname": 7}},
        {"fingerprint": 12},
    ],
)
def test_odd_fields_never_lose_the_alert(changes: dict[str, Any]) -> None:
    assert one(**changes).action is Action.TRIGGER


def test_odd_groups_are_read_with_notes() -> None:
    (event,) = read({"alerts": [ALERT, 7, None], "groupLabels": {"a": "b"}})
    assert event.group_key == 'groupLabels: {"a": "b"}'
    assert [note.split()[0] for note in event.notes] == ["2", "version"]
    assert read({**GROUP, "alerts": []}) == ()


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"alerts": {}}', b'{"alerts": null}', b'{"alerts": [1, "x"]}'])
def test_no_alerts_at_all_is_unusable(body: bytes) -> None:
    unusable = alertmanager.read(Post(body=body))
    assert isinstance(unusable, Unusable)
    assert not unusable.malformed
    malformed = alertmanager.read(Post(body=body[:-1]))
    assert isinstance(malformed, Unusable)
    assert malformed.malformed


def test_answer_lists_the_incidents() -> None:
    class Taken:
        def __init__(self, number: int | None) -> None:
            self.number = number
            self.dedup_key = "f"

    answer = alertmanager.DIALECT.accepted([Taken(7), Taken(None), Taken(7), Taken(5)])
    assert (answer.status, answer.body) == (202, {"status": "accepted", "alerts": 4, "incidents": [5, 7]})
