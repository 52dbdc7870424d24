"""AWS SNS over HTTP: notifications, CloudWatch's alarms among them; whoever serves this checks signatures first.

https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html. An alarm is told by its ARN: ALARM
triggers, OK resolves, INSUFFICIENT_DATA (which is sent only where somebody asked for it) triggers with less severity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from oncall_tui.domain.events import Action, Event, cut
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import NotJson, clean, decode_json, one_line, shown
from oncall_tui.intake.payload.fields import (
    description_from,
    key_from,
    labels_from,
    object_of,
    text_of,
    title_from,
)
from oncall_tui.intake.payload.moments import moment_from
from oncall_tui.intake.payload.posted import json_object
from oncall_tui.intake.payload.reading import Answer, Dialect, Post, Reading, Taken, Unusable
from oncall_tui.intake.sources import generic
from oncall_tui.intake.sources.answers import unknown_key, unusable

NOTIFICATION, CONFIRMATION, UNSUBSCRIBED = "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"
RAW = "x-amz-sns-rawdelivery"
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    UNSUBSCRIBED: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_BRIDGED = "detail-type"
_LAST_PART = re.compile(r"[:/]")
_ARN_LIMIT = 512
_DIMENSIONS = 30


@dataclass(frozen=True, slots=True)
class Envelope:
    """What SNS wraps every message in."""

    kind: str
    fields: Mapping[str, object]

    def text(self, name: str) -> str:
        """One field as text; empty when it is not there."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    @property
    def topic(self) -> str:
        """The topic's ARN."""
        return self.text("TopicArn")[:_ARN_LIMIT]

    @property
    def signed(self) -> bytes:
        """What the signature is over: names and values of the fields that are there, a line each."""
        names = (name for name in _SIGNED[self.kind] if self.fields.get(name) is not None)
        return "".join(f"{name}\n{self.text(name)}\n" for name in names).encode("utf-8", "surrogatepass")


def envelope_of(post: Post) -> Envelope | Unusable:
    """The envelope of a post."""
    if post.headers.get(RAW, "").lower() == "true":
        return Unusable(errors=("raw message delivery bears no signature: turn it off for this subscription",))
    notes: list[str] = []
    value = json_object(post.body, notes)
    if isinstance(value, Unusable):
        return value
    kind = text_of(value, "Type") or post.headers.get("x-amz-sns-message-type", "")
    if kind not in _SIGNED:
        return Unusable(errors=(f"Type must be one of {', '.join(_SIGNED)}",))
    missing = [name for name in ("MessageId", "TopicArn", "Message") if not isinstance(value.get(name), str)]
    if missing:
        return Unusable(errors=tuple(f"{name} is missing" for name in missing))
    return Envelope(kind, value)


def read(post: Post) -> Reading | Unusable:
    """The event of a notification; none for what is about the subscription itself."""
    envelope = envelope_of(post)
    if isinstance(envelope, Unusable):
        return envelope
    key = post.key or ""
    if envelope.kind != NOTIFICATION:
        return Reading(events=(), key=key)
    notes: list[str] = []
    events = _events(envelope, notes)
    return Reading(events=events, key=key, once=clean(f"{envelope.text('MessageId')} {envelope.topic}")[:_ARN_LIMIT])


def _events(envelope: Envelope, notes: list[str]) -> tuple[Event, ...]:
    message = envelope.text("Message")
    try:
        value, _ = decode_json(message.encode("utf-8", "replace"))
    except NotJson:
        value = None
    if isinstance(value, dict):
        if "NewStateValue" in value and ("AlarmName" in value or "AlarmArn" in value):
            return (_alarm(value, envelope, notes),)
        if text_of(value, _BRIDGED):
            return (_bridged(value, envelope, notes),)
        if said := text_of(value, "Event Message"):  # of RDS and its kin, whose subject is always the same
            return (_plain(envelope, message, notes, f"{text_of(value, 'Source ID')}: {said}"),)
        read_anyway = generic.read(Post(body=message.encode("utf-8", "replace")))
        if isinstance(read_anyway, Reading) and set(value) & {*generic.TITLES, *generic.KEYS}:
            return tuple(_labelled(event, envelope) for event in read_anyway.events)
    return (_plain(envelope, message, notes),)


def _alarm(alarm: Mapping[str, object], envelope: Envelope, notes: list[str]) -> Event:
    state = text_of(alarm, "NewStateValue").strip().upper()
    name = text_of(alarm, "AlarmName") or text_of(alarm, "AlarmArn")
    arn = text_of(alarm, "AlarmArn").strip()
    if not arn:
        notes.append("the alarm has no ARN; account, region and name are its key")
        arn = " ".join(text_of(alarm, part) for part in ("AWSAccountId", "Region", "AlarmName"))
    if state not in ("ALARM", "OK", "INSUFFICIENT_DATA"):
        notes.append(f"NewStateValue {cut(one_line(state), 40) or 'absent'}; taken as ALARM")
    no_data = state == "INSUFFICIENT_DATA"
    return Event(
        action=Action.RESOLVE if state == "OK" else Action.TRIGGER,
        dedup_key=key_from(arn),
        title=title_from(f"{name} has insufficient data" if no_data else name, notes),
        description=description_from("\n".join(_alarm_lines(alarm)), notes),
        severity=Severity.MEDIUM if no_data else Severity.HIGH,
        labels=labels_from(_alarm_labels(alarm, envelope), notes),
        started_at=moment_from(alarm.get("StateChangeTime"), "StateChangeTime", notes),
        notes=tuple(notes),
    )


def _alarm_lines(alarm: Mapping[str, object]) -> Iterator[str]:
    for name in ("AlarmDescription", "NewStateReason"):
        if text := text_of(alarm, name):
            yield text
    before, after = text_of(alarm, "OldStateValue"), text_of(alarm, "NewStateValue")
    if before:
        yield f"from {one_line(before)} to {one_line(after)}"


def _alarm_labels(alarm: Mapping[str, object], envelope: Envelope) -> Iterator[tuple[str, object]]:
    yield "topic", envelope.topic
    yield "account", text_of(alarm, "AWSAccountId")
    yield "region", text_of(alarm, "Region")
    yield "state", text_of(alarm, "NewStateValue")
    trigger = alarm.get("Trigger")
    if not isinstance(trigger, dict):
        return
    yield "namespace", text_of(trigger, "Namespace")
    yield "metric", text_of(trigger, "MetricName")
    dimensions = trigger.get("Dimensions")
    for one in dimensions[:_DIMENSIONS] if isinstance(dimensions, list) else ():
        if isinstance(one, dict) and (name := text_of(one, "name", "Name")):
            yield one_line(name), text_of(one, "value", "Value")


def _bridged(event: Mapping[str, object], envelope: Envelope, notes: list[str]) -> Event:
    """What EventBridge passes on: an alarm's state in its own words, or any other event, told by kind and resource.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """
    detail, kind = object_of(event, "detail", notes), one_line(text_of(event, _BRIDGED))
    listed = event.get("resources")
    resource = one_line(shown(listed[0])) if isinstance(listed, list) and listed else ""
    place = {"AWSAccountId": event.get("account"), "Region": event.get("region")}
    if kind == "CloudWatch Alarm State Change":
        state, before = object_of(detail, "state", notes), object_of(detail, "previousState", notes)
        alarm = {
            "AlarmName": detail.get("alarmName"),
            "AlarmArn": resource,
            "AlarmDescription": object_of(detail, "configuration", notes).get("description"),
            "NewStateValue": state.get("value"),
            "NewStateReason": state.get("reason"),
            "StateChangeTime": state.get("timestamp"),
            "OldStateValue": before.get("value"),
        }
        return _alarm({**alarm, **place}, envelope, notes)
    named = _LAST_PART.split(resource)[-1]
    return Event(
        action=Action.TRIGGER,
        dedup_key=key_from(f"{kind} {resource or text_of(event, 'id')}"),
        title=title_from(f"{kind}: {named}" if named else kind, notes),
        description=description_from("\n".join((text_of(event, "source"), resource, shown(detail))), notes),
        labels=labels_from(
            (("topic", envelope.topic), ("account", place["AWSAccountId"]), ("region", place["Region"])), notes
        ),
        notes=tuple(notes),
    )


def _plain(envelope: Envelope, message: str, notes: list[str], said: str = "") -> Event:
    """Any other message: what it said, its subject or its first line is title and key."""
    title = title_from(said or envelope.text("Subject") or message.strip().partition("\n")[0], notes)
    if not title:
        title = "an empty message"
        notes.append("the message has neither subject nor text")
    event = Event(
        action=Action.TRIGGER,
        dedup_key=key_from(title),
        title=title,
        description=description_from(message, notes),
        notes=tuple(notes),
    )
    return _labelled(event, envelope)


def _labelled(event: Event, envelope: Envelope) -> Event:
    return replace(event, labels={"topic": shown(envelope.topic), **event.labels})


def accepted(taken: Sequence[Taken]) -> Answer:
    """200 with the incident; a message that was taken before has none."""
    number = next((one.number for one in taken if one.number is not None), None)
    return Answer(200, {"status": "accepted", "incident": number})


DIALECT = Dialect(
    kind="sns",
    read=read,
    accepted=accepted,
    unusable=unusable,
    unknown_key=unknown_key,
    paths=("/integration/{key}/enqueue",),  # where PagerDuty has its subscriptions
)
