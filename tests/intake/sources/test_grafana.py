"""Grafana's webhooks: alerting as Alertmanager speaks, the legacy rules, and the signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example, grafana

LEGACY: dict[str, Any] = {
    "dashboardId": 1,
    "evalMatches": [{"value": 100, "metric": "High value", "tags": None}, {"value": None, "metric": "", "tags": {}}],
    "imageUrl": "https://grafana.example.com/graph.png",
    "message": "Someone is testing the alert notification within Grafana.",
    "orgId": 2,
    "ruleId": 17,
    "ruleName": "Checkout errors",
    "ruleUrl": "https://grafana.example.com/d/1",
    "state": "alerting",
    "tags": {"severity": "critical", "team": "pay"},
    "title": "[Alerting] Checkout errors",
}


def read(body: object) -> tuple[Event, ...]:
    reading = grafana.read(Post(body=body if isinstance(body, bytes) else json.dumps(body).encode(), key="k1"))
    assert isinstance(reading, Reading), reading
    assert reading.key == "k1"
    return reading.events


def test_the_example_tells_values_and_where_to_look() -> None:
    (event,) = read(example("grafana"))
    assert (event.action, event.dedup_key) == (Action.TRIGGER, "c6eadffa33fcdf37")
    assert event.group_key == '{}:{alertname="High memory usage", team="blue"}'
    assert event.title == "This alert was triggered for zone us-1"
    assert event.severity is Severity.MEDIUM
    assert "values: [ var='B' labels={zone=us-1} value=44.24 ]" in event.description
    assert "silenceURL: https://grafana.example.com/alerting/silence/new" in event.description
    assert event.link == "https://grafana.example.com/alerting/1afz29v7z/edit"
    assert event.notes == ()


def test_no_data_with_null_values_is_an_alert_like_any_other() -> None:
    group = json.loads(example("grafana"))
    group["alerts"][0] |= {"values": None, "valueString": None, "labels": {"alertname": "DatasourceNoData"}}
    (event,) = read(group)
    assert event.action is Action.TRIGGER
    assert event.title.endswith(": no data")
    assert "values" not in event.description


def test_an_alert_about_a_rule_bears_its_name_and_not_what_it_looks_for() -> None:
    group = json.loads(example("grafana"))
    group["alerts"][0] |= {"labels": {"alertname": "DatasourceError", "rulename": "CPU high", "severity": "critical"}}
    (event,) = read(group)
    assert event.title == "CPU high: its query fails"
    assert "This alert was triggered for zone us-1" in event.description
    (other,) = read(example("grafana"))
    assert ":" not in other.title


def test_a_legacy_alert_is_told_by_its_rule() -> None:
    (event,) = read(LEGACY)
    assert (event.action, event.dedup_key, event.title) == (Action.TRIGGER, "rule 17 of org 2", "Checkout errors")
    assert event.severity is Severity.CRITICAL
    assert event.labels == {"severity": "critical", "team": "pay"}
    assert event.description.splitlines()[1:] == [
        "High value: 100",
        "value: null",
        "image: https://grafana.example.com/graph.png",
    ]
    assert event.link == "https://grafana.example.com/d/1"
    (resolved,) = read(LEGACY | {"state": "ok", "evalMatches": None, "message": None})
    assert (resolved.action, resolved.dedup_key) == (Action.RESOLVE, event.dedup_key)
    (no_data,) = read(LEGACY | {"state": "no_data", "tags": None})
    assert (no_data.action, no_data.severity) == (Action.TRIGGER, Severity.HIGH)


def test_odd_legacy_states_and_test_rules() -> None:
    (event,) = read(LEGACY | {"state": "pending", "ruleId": 0, "orgId": 0})
    assert (event.action, event.dedup_key) == (Action.TRIGGER, "rule Checkout errors")
    assert event.notes == ("state pending; taken as alerting",)


@pytest.mark.parametrize("body", [b"[]", b'{"state": "ok"}', b'{"alerts": 3}', b"{"])
def test_what_is_unusable(body: bytes) -> None:
    unusable = grafana.read(Post(body=body))
    assert isinstance(unusable, Unusable)
    assert unusable.malformed == (body == b"{")


@pytest.mark.parametrize("timestamp", [None, "1767607200"])
def test_the_signature(timestamp: str | None) -> None:
    body = example("grafana")
    signed = body if timestamp is None else timestamp.encode() + b":" + body
    headers = {grafana.SIGNATURE: hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest(), "content-length": "12"}
    if timestamp is not None:
        headers["x-when"] = timestamp
    assert grafana.verify(Post(body=body, headers=headers), "s3cret") is None
    assert grafana.verify(Post(body=body, headers=headers), "other") == "the signature does not fit"
    assert grafana.verify(Post(body=body + b" ", headers=headers), "s3cret") == "the signature does not fit"
    assert grafana.verify(Post(body=body), "s3cret") == "there is no x-grafana-alerting-signature header"
    odd = {grafana.SIGNATURE: "\xff" * 64}
    assert grafana.verify(Post(body=body, headers=odd), "s3cret") == "the signature does not fit"
