"""Nagios, Icinga, Zabbix, monit: payloads that operators write, in any spelling."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading
from oncall_tui.intake.sources import DIALECTS, example


def one(kind: str, body: object) -> Event:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = DIALECTS[kind].read(Post(body=raw, key="k"))
    assert isinstance(reading, Reading), reading
    (event,) = reading.events
    return event


def changed(kind: str, **changes: Any) -> Event:
    return one(kind, {**json.loads(example(kind)), **changes})


@pytest.mark.parametrize(
    ("word", "action"),
    [
        ("PROBLEM", Action.TRIGGER),
        ("RECOVERY", Action.RESOLVE),
        ("ACKNOWLEDGEMENT", Action.ACKNOWLEDGE),
        ("DOWNTIMESTART", Action.NOTE),
        ("DOWNTIMECANCELLED", Action.NOTE),
        ("FLAPPINGSTART", Action.NOTE),
        ("CUSTOM", Action.NOTE),
        ("$NOTIFICATIONTYPE$", Action.TRIGGER),
    ],
)
def test_nagios_types(word: str, action: Action) -> None:
    event = changed("nagios", NOTIFICATIONTYPE=word)
    assert (event.action, event.dedup_key) == (action, "web-1/Disk /var")


def test_nagios_without_a_type_goes_by_the_state() -> None:
    assert changed("nagios", NOTIFICATIONTYPE=None, SERVICESTATE="OK").action is Action.RESOLVE
    assert changed("nagios", NOTIFICATIONTYPE="", SERVICESTATE="CRITICAL").action is Action.TRIGGER


def test_a_nagios_form_is_its_json_and_a_host_is_one_alone() -> None:
    fields = json.loads(example("nagios"))
    assert one("nagios", urlencode(fields).encode()) == one("nagios", fields)
    host = one("nagios", {"type": "PROBLEM", "host": "web-1", "HOSTSTATE": "DOWN", "SERVICEDESC": "$SERVICEDESC$"})
    assert (host.dedup_key, host.title, host.severity) == ("web-1", "web-1 is DOWN", Severity.CRITICAL)


@pytest.mark.parametrize("service", [None, "", "$service.name$"])
def test_icinga_without_a_service_means_the_host(service: str | None) -> None:
    event = changed("icinga", service=service, notification_type="RECOVERY", state="Up")
    assert (event.action, event.dedup_key) == (Action.RESOLVE, "web-1")


def test_icingas_objects_lend_their_names() -> None:
    body = {"notification_type": "problem", "host": {"name": "web-1"}, "service": {"name": "disk"}, "state": "Warning"}
    event = one("icinga", body)
    assert (event.dedup_key, event.severity) == ("web-1/disk", Severity.MEDIUM)
    assert changed("icinga", notification_type="FlappingStart").action is Action.NOTE


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({"event_value": "1"}, Action.TRIGGER),
        ({"event_value": "0"}, Action.RESOLVE),
        ({"event_value": 0}, Action.RESOLVE),
        ({"event_value": "{EVENT.VALUE}"}, Action.TRIGGER),
        ({"event_update_status": "1", "event_update_action": "acknowledged, commented"}, Action.ACKNOWLEDGE),
        ({"event_update_status": "1", "event_update_action": "unacknowledged"}, Action.NOTE),
        ({"event_update_status": "1", "event_update_action": "closed"}, Action.RESOLVE),
        ({"event_update_status": "1", "event_update_action": "commented"}, Action.NOTE),
        ({"event_update_status": "{EVENT.UPDATE.STATUS}"}, Action.TRIGGER),
    ],
)
def test_zabbix_values_and_updates(changes: dict[str, object], action: Action) -> None:
    event = changed("zabbix", **changes)
    assert (event.action, event.dedup_key) == (action, "48211")


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("5", Severity.CRITICAL),
        ("4", Severity.HIGH),
        ("3", Severity.MEDIUM),
        ("2", Severity.MEDIUM),
        ("1", Severity.INFO),
        ("0", Severity.HIGH),
        ("Disaster", Severity.CRITICAL),
        ("{EVENT.NSEVERITY}", Severity.HIGH),
        ("*UNKNOWN*", Severity.HIGH),
    ],
)
def test_zabbix_severities(level: str, severity: Severity) -> None:
    assert changed("zabbix", event_nseverity=level).severity is severity


@pytest.mark.parametrize(
    ("ill", "well"),
    [
        ("Connection failed", "Connection succeeded"),
        ("Does not exist", "Exists"),
        ("Resource limit matched", "Resource limit succeeded"),
        ("Invalid type", "Type succeeded"),
        ("Timeout", "Timeout recovery"),
        ("Content doesn't match", "Content match"),
        ("Link down", "Link up"),
        ("Saturation exceeded", "Saturation ok"),
        ("PID changed", "PID not changed"),
    ],
)
def test_monits_pairs_are_one_alert(ill: str, well: str) -> None:
    problem, over = (changed("monit", MONIT_EVENT=event) for event in (ill, well))
    assert (problem.action, over.action) == (Action.TRIGGER, Action.RESOLVE)
    assert problem.dedup_key == over.dedup_key


def test_monits_own_life_is_a_remark_and_an_unknown_event_a_problem() -> None:
    assert changed("monit", MONIT_EVENT="Monit instance changed").action is Action.NOTE
    assert changed("monit", MONIT_EVENT="Something else").action is Action.TRIGGER
    assert changed("monit", MONIT_EVENT=None).action is Action.TRIGGER
