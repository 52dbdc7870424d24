"""SNS messages as events: alarms by their ARN, words, and plain texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example, sns
from tests.support.sns import TOPIC, alarm


def read(message: str, **more: Any) -> tuple[Event, ...]:
    body = {"Type": "Notification", "MessageId": "m", "TopicArn": TOPIC, "Message": message, **more}
    reading = sns.read(Post(body=json.dumps(body).encode(), key="k1"))
    assert isinstance(reading, Reading), reading
    assert reading.once == f"m {TOPIC}"
    return reading.events


def test_the_example() -> None:
    reading = sns.read(Post(body=example("sns"), key="k1"))
    assert isinstance(reading, Reading)
    (event,) = reading.events
    assert (event.action, event.title, event.severity) == (Action.TRIGGER, "checkout-5xx", Severity.HIGH)
    assert event.dedup_key == "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx"
    assert event.labels["ApiName"] == "checkout"
    assert event.labels["namespace"] == "AWS/ApiGateway"
    assert event.description.splitlines() == [
        "More than 5 % of requests fail",
        "Threshold Crossed: 1 datapoint [7.2] was greater than the threshold (5.0).",
        "from OK to ALARM",
    ]
    assert event.notes == ()


@pytest.mark.parametrize(
    ("state", "action", "severity"),
    [
        ("OK", Action.RESOLVE, Severity.HIGH),
        ("INSUFFICIENT_DATA", Action.TRIGGER, Severity.MEDIUM),
        ("Purple", Action.TRIGGER, Severity.HIGH),
    ],
)
def test_states(state: str, action: Action, severity: Severity) -> None:
    (event,) = read(alarm(state))
    assert (event.action, event.severity) == (action, severity)
    assert bool(event.notes) == (state == "Purple")


def test_an_alarm_without_an_arn_is_told_by_account_region_and_name() -> None:
    (event,) = read(alarm(AlarmArn=None, Trigger=None))
    assert event.dedup_key == "123456789012 EU (Ireland) checkout-5xx"
    assert event.notes == ("the alarm has no ARN; account, region and name are its key",)


def test_other_messages() -> None:
    (event,) = read("line 1\nline 2")
    assert (event.title, event.dedup_key, event.description) == ("line 1", "line 1", "line 1\nline 2")
    assert event.labels == {"topic": TOPIC}
    (event,) = read("line 1", Subject="About disks")
    assert event.title == "About disks"
    (event,) = read(" ")
    assert event.title == "an empty message"
    (event,) = read('{"title": "Backup failed", "key": "b", "status": "ok"}')
    assert (event.action, event.dedup_key, event.labels) == (Action.RESOLVE, "b", {"topic": TOPIC})
    (event,) = read('{"source": "aws.ec2"}')
    assert event.title == '{"source": "aws.ec2"}'


def bridged(kind: str, detail: dict[str, Any], *resources: str) -> str:
    place = {"account": "123456789012", "region": "eu-west-1", "time": "2026-01-05T10:02:11Z"}
    body = {"version": "0", "id": "7bf73129", "detail-type": kind, "source": "aws.x", "resources": resources}
    return json.dumps({**body, **place, "detail": detail})


def test_an_alarm_by_eventbridge_is_the_alarm() -> None:
    arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx"
    detail = {
        "alarmName": "checkout-5xx",
        "state": {"value": "OK", "reason": "below 5 %", "timestamp": "2026-01-05T10:02:11.739+0000"},
        "previousState": {"value": "ALARM"},
        "configuration": {"description": "More than 5 % of requests fail"},
    }
    (event,) = read(bridged("CloudWatch Alarm State Change", detail, arn))
    assert (event.action, event.dedup_key, event.title) == (Action.RESOLVE, arn, "checkout-5xx")
    assert event.description.splitlines() == ["More than 5 % of requests fail", "below 5 %", "from ALARM to OK"]
    assert (event.labels["region"], event.notes) == ("eu-west-1", ())


def test_other_events_of_eventbridge_are_told_by_kind_and_resource() -> None:
    one, two = (f"arn:aws:ec2:eu-west-1:123456789012:instance/i-{number}" for number in (1, 2))
    kind = "EC2 Instance State-change Notification"
    (first,), (second,) = read(bridged(kind, {"state": "stopped"}, one)), read(bridged(kind, {"state": "stopped"}, two))
    assert (first.title, first.dedup_key) == (f"{kind}: i-1", f"{kind} {one}")
    assert second.dedup_key != first.dedup_key
    assert first.description.splitlines() == ["aws.x", one, '{"state": "stopped"}']
    (nameless,) = read(bridged(kind, {}))
    assert (nameless.title, nameless.dedup_key) == (kind, f"{kind} 7bf73129")


def test_what_rds_says_is_told_by_its_instance() -> None:
    said = {"Event Source": "db-instance", "Source ID": "db-1", "Event Message": "Multi-AZ failover completed"}
    (event,) = read(json.dumps(said), Subject="RDS Notification Message")
    assert event.title == event.dedup_key == "db-1: Multi-AZ failover completed"


def test_a_message_about_the_subscription_is_no_event() -> None:
    body = {"Type": "SubscriptionConfirmation", "MessageId": "m", "TopicArn": TOPIC, "Message": "You have chosen"}
    reading = sns.read(Post(body=json.dumps(body).encode(), key="k1"))
    assert isinstance(reading, Reading)
    assert (reading.events, reading.once) == ((), None)


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"Type": "Notification"}', b'{"Type": "x"}'])
def test_what_is_unusable(body: bytes) -> None:
    unusable = sns.read(Post(body=body))
    assert isinstance(unusable, Unusable)
    assert unusable.malformed == (body == b"{")
