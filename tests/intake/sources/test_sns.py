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
