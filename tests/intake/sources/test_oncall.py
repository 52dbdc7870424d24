"""Grafana OnCall's paths: each kind in its sender's dialect, any JSON at all, one answer."""

from __future__ import annotations

import json

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import DIALECTS, example

DIALECT = DIALECTS["oncall"]


def read(kind: str, body: object, key: str = "k1") -> tuple[Event, ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = DIALECT.read(Post(body=raw, key=key, params={"kind": kind, "key": key}))
    assert isinstance(reading, Reading), reading
    assert reading.key == key
    return reading.events


@pytest.mark.parametrize(
    ("kind", "sender"),
    [
        ("alertmanager", "alertmanager"),
        ("alertmanagerV2", "alertmanager"),
        ("legacy_alertmanager", "alertmanager"),
        ("grafana", "grafana"),
        ("grafana_alerting", "grafana"),
        ("legacy_grafana_alerting", "grafana"),
    ],
)
def test_a_kind_is_its_senders_dialect(kind: str, sender: str) -> None:
    straight = DIALECTS[sender].read(Post(body=example(sender), key="k1"))
    assert isinstance(straight, Reading)
    assert read(kind, example(sender)) == straight.events


@pytest.mark.parametrize("kind", ["formatted_webhook", "webhook", "zabbix_of_our_own", "zabbix", "elastalert"])
def test_the_formatted_webhook(kind: str) -> None:
    (event,) = read(kind, example("oncall"))
    assert (event.action, event.dedup_key) == (Action.TRIGGER, "08d6891a-835c-e661-39fa-96b6a9e26552")
    assert (event.title, event.link) == ("The whole system is down", "https://example.com/monitoring/4711")
    assert event.description == "Smth happened. Oh no!"
    (resolved,) = read(kind, {"alert_uid": "08d6891a-835c-e661-39fa-96b6a9e26552", "state": "ok"})
    assert (resolved.action, resolved.dedup_key) == (Action.RESOLVE, event.dedup_key)


def test_any_json_opens_an_alert() -> None:
    (event,) = read("webhook", {"what": {"ever": [1, 2]}})
    assert (event.title, event.description) == ("alert from webhook", '{"what": {"ever": [1, 2]}}')
    (same,), (another,) = read("webhook", {"what": {"ever": [1, 2]}}), read("webhook", {"what": {"ever": [1, 3]}})
    assert same.dedup_key == event.dedup_key, "OnCall groups these by the whole payload"
    assert another.dedup_key != event.dedup_key, "another problem is not lost in the first"
    (named,) = read("pingdom", {"name": "Checkout", "current": "DOWN"})
    assert named.title == "Checkout"
    (listed,) = read("webhook", [1, 2])
    assert listed.description == "[1, 2]"


def test_what_the_senders_dialect_cant_read_is_an_alert_all_the_same() -> None:
    (event,) = read("alertmanager", {"title": "no group of alerts"})
    assert event.title == "no group of alerts"


@pytest.mark.parametrize("body", [{"title": "x"}, {"alert_uid": "1", "title": "x"}])
def test_what_is_no_message_of_sns_is_no_alert_at_its_kind(body: object) -> None:
    """Else whoever has the key came in without a signature."""
    reading = DIALECT.read(Post(body=json.dumps(body).encode(), key="k1", params={"kind": "amazon_sns", "key": "k1"}))
    assert isinstance(reading, Unusable)


def test_answers() -> None:
    answer = DIALECT.accepted(())
    assert (answer.status, answer.body) == (200, "Ok.")
    for body in (b"", b"{"):
        unusable = DIALECT.read(Post(body=body, params={"kind": "webhook"}))
        assert isinstance(unusable, Unusable)
        assert DIALECT.unusable(unusable).status == 400
    assert DIALECT.unknown_key().status == 403


def test_uptime_kumas_up_meets_its_down() -> None:
    """Its notifier for OnCall sends a title, a message and a state, and no key."""
    (down,) = read("webhook", {"title": "Shop\nfront is down", "message": "timeout", "state": "alerting"})
    up, *_ = read("webhook", {"title": "Shop\nfront is up", "message": "200 - OK", "state": "ok"})
    assert (down.action, up.action) == (Action.TRIGGER, Action.RESOLVE)
    assert down.dedup_key == up.dedup_key == "Shop front"
    assert (down.title, down.description) == ("Shop front is down", "timeout")
    (expired,) = read(
        "uptime_kuma", {"title": "Shop is down", "message": "certificate has expired", "state": "alerting"}
    )
    assert (expired.title, expired.dedup_key, expired.severity) == ("Shop is down", "Shop", Severity.HIGH)
    (keyed,) = read("webhook", {"title": "Shop is down", "alert_uid": "u1", "state": "alerting"})
    assert keyed.dedup_key == "u1"


def test_kapacitors_level_says_it_all() -> None:
    """Its post handler tells no state: OnCall resolved what came with level OK."""
    alert = {"id": "cpu:host=a", "message": "cpu:host=a is CRITICAL", "details": "<b>93 %</b>", "level": "CRITICAL"}
    (event,) = read("kapacitor", alert)
    assert (event.action, event.dedup_key, event.severity) == (Action.TRIGGER, "cpu:host=a", Severity.CRITICAL)
    assert (event.title, event.notes) == ("cpu:host=a is CRITICAL", ())
    (resolved,) = read("kapacitor", alert | {"level": "OK", "message": "cpu:host=a is OK"})
    assert (resolved.action, resolved.dedup_key, resolved.notes) == (Action.RESOLVE, "cpu:host=a", ())


def test_netdatas_webhook_for_opsgenie_brings_the_key_in_the_query() -> None:
    alarm = {
        "host": "web1",
        "alarmId": 7,
        "chart": "disk_space._var",
        "when": 1767607331,
        "name": "disk_fill",
        "value": 93,
    }
    alarm |= {"status": "CRITICAL", "old_status": "WARNING", "info": "is critical, free space", "severity": None}

    def told(kind: str = "netdata", **changes: object) -> Reading | Unusable:
        body = json.dumps(alarm | changes).encode()
        return DIALECT.read(Post(body=body, query="apiKey=k2", params={"kind": kind}))

    reading = told()
    assert isinstance(reading, Reading)
    (event,) = reading.events
    assert (reading.key, event.action, event.severity) == ("k2", Action.TRIGGER, Severity.CRITICAL)
    assert (event.title, event.dedup_key) == ("disk_fill on web1", "web1/disk_space._var/disk_fill")
    assert (event.description, event.notes) == ("is critical, free space", ())
    cleared = told(status="CLEAR")
    assert isinstance(cleared, Reading)
    assert (cleared.events[0].action, cleared.events[0].dedup_key) == (Action.RESOLVE, event.dedup_key)
    assert isinstance(told("sns"), Unusable), "no way round a signature"
