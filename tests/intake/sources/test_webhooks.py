"""Datadog, Sentry, Uptime Kuma, Healthchecks, Apprise: what opens, what resolves, by which key."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import DIALECTS, example
from oncall_tui.intake.sources.webhooks import sentry


def one(kind: str, body: object = None, query: str = "", **headers: str) -> Event:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    reading = DIALECTS[kind].read(Post(body=raw, query=query, key="k", headers=headers))
    assert isinstance(reading, Reading), reading
    (event,) = reading.events
    return event


def changed(kind: str, **changes: Any) -> Event:
    return one(kind, {**json.loads(example(kind)), **changes})


@pytest.mark.parametrize(
    ("transition", "action"),
    [
        ("Triggered", Action.TRIGGER),
        ("Re-Triggered", Action.TRIGGER),
        ("Warn", Action.TRIGGER),
        ("No Data", Action.TRIGGER),
        ("Renotify", Action.TRIGGER),
        ("Recovered", Action.RESOLVE),
        ("$ALERT_TRANSITION", Action.TRIGGER),
        (None, Action.TRIGGER),
    ],
)
def test_datadog_transitions(transition: str | None, action: Action) -> None:
    event = changed("datadog", alert_transition=transition)
    assert (event.action, event.dedup_key) == (action, "7281943650918273645")


def test_datadogs_default_payload_meets_its_recovery() -> None:
    down = one("datadog", {"id": "1", "title": "[P1] [Triggered on {host:web-1}] CPU is high", "body": "x"})
    up = one("datadog", {"id": "2", "title": "[P1] [Recovered on {host:web-1}] CPU is high", "body": "y"})
    assert (down.action, up.action) == (Action.TRIGGER, Action.RESOLVE)
    assert down.dedup_key == up.dedup_key
    assert (down.title, down.severity) == ("CPU is high", Severity.CRITICAL)
    assert one("datadog", {"title": "[P4] [Warn on {host:a}] Disk", "priority": "normal"}).severity is Severity.LOW


def test_datadog_variables_that_were_not_filled_are_absent() -> None:
    event = changed(
        "datadog", alert_cycle_key="$ALERT_CYCLE_KEY", hostname="$HOSTNAME", alert_priority="$ALERT_PRIORITY"
    )
    assert event.dedup_key == "91827364 host:web-1,service:checkout"
    assert ("host" in event.labels, event.severity) == (False, Severity.HIGH)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("triggered", Action.TRIGGER),
        ("created", Action.TRIGGER),
        ("unresolved", Action.TRIGGER),
        ("resolved", Action.RESOLVE),
        ("archived", Action.RESOLVE),
        ("ignored", Action.RESOLVE),
        ("assigned", Action.NOTE),
        ("", Action.TRIGGER),
    ],
)
def test_sentry_issues_and_issue_alerts_are_one_alert(action: str, expected: Action) -> None:
    issue = {"action": action, "data": {"issue": {"id": "1117540176", "title": "PaymentError", "level": "fatal"}}}
    event = one("sentry", issue)
    assert (event.action, event.dedup_key, event.severity) == (expected, "1117540176", Severity.CRITICAL)
    assert changed("sentry").dedup_key == event.dedup_key


def test_sentry_metric_alerts_are_told_from_issues() -> None:
    data = {"metric_alert": {"id": "7", "alert_rule": {"name": "p95"}}, "description_title": "Critical: p95 is high"}
    critical, resolved = (one("sentry", {"action": action, "data": data}) for action in ("critical", "resolved"))
    assert (critical.dedup_key, critical.severity, critical.title) == (
        "metric-alert-7",
        Severity.CRITICAL,
        "p95 is high",
    )
    assert (resolved.action, resolved.dedup_key) == (Action.RESOLVE, "metric-alert-7")


def test_what_else_sentry_tells_is_a_remark() -> None:
    assert one("sentry", {"action": "created", "installation": {}, "data": {"installation": {}}}).action is Action.NOTE


def test_sentrys_signature_is_over_the_raw_body() -> None:
    body = b'{"action": "triggered" }'
    right = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert sentry.verify(Post(body=body, headers={"sentry-hook-signature": right}), "secret") is None
    for wrong in (right[:-1] + ("0" if right[-1] != "0" else "1"), "", "é"):
        assert sentry.verify(Post(body=body, headers={"sentry-hook-signature": wrong}), "secret") is not None
    assert sentry.verify(Post(body=body + b" ", headers={"sentry-hook-signature": right}), "secret") is not None


@pytest.mark.parametrize(
    ("status", "action"),
    [(0, Action.TRIGGER), ("0", Action.TRIGGER), (1, Action.RESOLVE), (2, Action.NOTE), (3, Action.NOTE)],
)
def test_kumas_states(status: object, action: Action) -> None:
    event = one("uptime-kuma", {"heartbeat": {"status": status}, "monitor": {"id": 12, "name": "shop"}, "msg": "m"})
    assert (event.action, event.dedup_key) == (action, "12")


def test_kuma_without_a_heartbeat() -> None:
    assert one("uptime-kuma", {"heartbeat": None, "monitor": None, "msg": "kuma Testing"}).action is Action.NOTE
    note = {"heartbeat": None, "monitor": {"id": 12}, "msg": "[shop] Certificate expires in 6 days"}
    event = one("uptime-kuma", note)
    assert (event.action, event.severity, event.dedup_key) == (Action.TRIGGER, Severity.LOW, "certificate 12")
    said = "[shop][https://shop.example/] server certificate shop.example will expire in {} days"
    first, again = (one("uptime-kuma", {"Title": "Uptime Kuma", "Body": said.format(days)}) for days in (14, 7))
    assert (first.dedup_key, again.title) == (again.dedup_key, said.format(7))
    domain = one(
        "uptime-kuma", {"heartbeat": None, "monitor": None, "msg": "Domain name a.example will expire in 7 days"}
    )
    assert (domain.action, domain.severity, domain.dedup_key) == (
        Action.TRIGGER,
        Severity.LOW,
        "domain Domain name a.example",
    )


def test_kuma_as_a_multipart_form_and_as_a_query() -> None:
    part = b'Content-Disposition: form-data; name="data"\r\n\r\n' + example("uptime-kuma")
    form = b"--b0undary\r\n" + part + b"\r\n--b0undary--\r\n"
    assert one("uptime-kuma", form) == one("uptime-kuma", example("uptime-kuma"))
    event = one("uptime-kuma", query="heartbeat[status]=1&monitor[id]=12&monitor[name]=shop")
    assert (event.action, event.dedup_key) == (Action.RESOLVE, "12")


def test_kuma_by_get_and_with_a_body_of_the_operators() -> None:
    whole = json.loads(example("uptime-kuma"))
    asked = urlencode({name: value if name == "msg" else json.dumps(value) for name, value in whole.items()})
    assert one("uptime-kuma", query=asked) == one("uptime-kuma", example("uptime-kuma"))
    # The form's own suggestion for a custom body.
    for state, action in (("🔴 Down", Action.TRIGGER), ("✅ Up", Action.RESOLVE)):
        event = one("uptime-kuma", {"Title": "Uptime Kuma Alert - shop", "Body": f"[shop] [{state}] timeout"})
        assert (event.action, event.dedup_key) == (action, "shop")
    assert event.title == "shop is up"
    test = one("uptime-kuma", {"Title": "Uptime Kuma Alert", "Body": "oncall Testing"})
    assert (test.action, test.title) == (Action.NOTE, "oncall Testing")


def test_kumas_time_is_in_utc() -> None:
    event = one("uptime-kuma", example("uptime-kuma"))
    assert event.started_at is not None
    assert event.started_at.isoformat() == "2026-01-05T10:02:11.127000+00:00"
    broken = {"heartbeat": {"status": 0, "time": "yesterday"}, "monitor": {"id": 1}}
    assert one("uptime-kuma", broken).action is Action.TRIGGER


@pytest.mark.parametrize(
    ("status", "action"),
    [("down", Action.TRIGGER), ("up", Action.RESOLVE), ("paused", Action.NOTE), ("$STATUS", Action.TRIGGER)],
)
def test_healthchecks_states_by_get(status: str, action: Action) -> None:
    event = one("healthchecks", query=f"code=5bf66975&name=backup&status={status}")
    assert (event.action, event.dedup_key) == (action, "5bf66975")


def test_healthchecks_without_anything_is_unusable() -> None:
    assert isinstance(DIALECTS["healthchecks"].read(Post(body=b"", key="k")), Unusable)


@pytest.mark.parametrize(
    ("kind", "action", "severity"),
    [
        ("failure", Action.TRIGGER, Severity.HIGH),
        ("warning", Action.TRIGGER, Severity.MEDIUM),
        ("info", Action.TRIGGER, Severity.INFO),
        ("success", Action.RESOLVE, Severity.INFO),
        ("purple", Action.TRIGGER, Severity.HIGH),
    ],
)
def test_apprise_types(kind: str, action: Action, severity: Severity) -> None:
    event = changed("apprise", type=kind)
    assert (event.action, event.severity, event.dedup_key) == (action, severity, "backup-db-1")


def test_apprise_as_xml_and_as_a_form() -> None:
    xml = b"""<?xml version='1.0'?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
    <soapenv:Body><Notification><Version>1.0</Version><Subject>Backup &amp; co</Subject>
    <MessageType>failure</MessageType>
    <Message>it broke</Message></Notification></soapenv:Body></soapenv:Envelope>"""
    event = one("apprise", xml)
    assert (event.title, event.description, event.severity) == ("Backup & co", "it broke", Severity.HIGH)
    form = one("apprise", b"version=1.0&title=Backup+%26+co&message=it+broke&type=failure")
    assert (form.title, form.description) == ("Backup & co", "it broke")


def test_entity_bombs_are_not_read() -> None:
    bomb = b'<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY c "&a;&a;">]><b><Subject>&c;</Subject></b>'
    assert isinstance(DIALECTS["apprise"].read(Post(body=bomb, key="k")), Unusable)
