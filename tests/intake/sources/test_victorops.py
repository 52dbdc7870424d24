"""VictorOps: message types, keys, titles, and its answers word for word."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example
from oncall_tui.intake.sources.paging import victorops


def read(body: object) -> Reading | Unusable:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return victorops.read(Post(body=data, key="k", params={"key": "k", "route": "db team"}))


def one(body: object) -> Event:
    reading = read(body)
    assert isinstance(reading, Reading), reading
    (event,) = reading.events
    return event


def test_example_reads_whole_and_without_notes() -> None:
    event = one(example("victorops"))
    assert (event.action, event.dedup_key, event.title) == (
        Action.TRIGGER,
        "web-1/checkout-5xx",
        "Checkout 5xx above 5 %",
    )
    assert event.severity is Severity.CRITICAL
    assert event.started_at == datetime(2026, 1, 5, 10, 2, 11, tzinfo=UTC)
    assert event.labels == {"routing_key": "db team", "monitoring_tool": "probe", "host_name": "web-1.example.com"}
    assert event.description == "7.2 % of the payments failed within five minutes.\nProbe: /pay"
    assert event.link == "https://grafana.example.com/d/checkout"
    assert event.notes == ()


@pytest.mark.parametrize(
    ("word", "action", "severity"),
    [
        ("CRITICAL", Action.TRIGGER, Severity.CRITICAL),
        ("warning", Action.TRIGGER, Severity.MEDIUM),
        ("INFO", Action.NOTE, Severity.INFO),
        ("ACKNOWLEDGEMENT", Action.ACKNOWLEDGE, Severity.HIGH),
        ("Recovery", Action.RESOLVE, Severity.HIGH),
    ],
)
def test_message_types(word: str, action: Action, severity: Severity) -> None:
    event = one({"message_type": word, "entity_id": "e"})
    assert (event.action, event.severity, event.dedup_key, event.notes) == (action, severity, "e", ())


def test_an_unknown_type_is_a_trigger_with_a_note() -> None:
    for odd in ("", None, "PURPLE", 7):
        event = one({"message_type": odd, "entity_id": "e"})
        assert (event.action, event.severity) == (Action.TRIGGER, Severity.HIGH)
        assert "taken as a trigger" in event.notes[0]


def test_a_title_is_found_where_there_is_any() -> None:
    assert one({"message_type": "CRITICAL", "state_message": "disk\r\nfull"}).title == "disk"
    assert one({"message_type": "CRITICAL", "entity_id": "e/1"}).title == "e/1"
    nameless = one({"message_type": "CRITICAL"})
    assert (nameless.title, nameless.dedup_key) == ("An alert without a name", None)


def test_a_link_is_found_where_senders_put_it() -> None:
    """Annotations of Splunk's own kind, and Zabbix' media type; a picture is no page to go to."""
    event = {"message_type": "CRITICAL", "entity_id": "e", "image_url": "https://pictures.example.com/a-long-way/to/1"}
    assert one(event).link is None
    zabbix = "https://zabbix.example.com/tr_events.php?triggerid=1&eventid=2"
    assert one(event | {"event_info": zabbix}).link == zabbix
    assert (
        one(event | {"vo_annotate.u.Runbook": "https://wiki.example.com/disk"}).link == "https://wiki.example.com/disk"
    )
    assert one(event | {"event_info": zabbix, "alert_url": "https://a.example"}).link == "https://a.example"


def test_a_recovery_needs_the_entity() -> None:
    refused = read({"message_type": "RECOVERY"})
    assert isinstance(refused, Unusable)
    assert victorops.DIALECT.unusable(refused).body == {
        "result": "failure",
        "messages": ["entity_id is missing or blank; it is required to resolve"],
    }


def test_a_remark_about_nothing_is_kept() -> None:
    event = one({"message_type": "INFO", "state_message": "deploying"})
    assert (event.action, event.dedup_key, event.title) == (Action.NOTE, None, "deploying")


def test_answers_word_for_word() -> None:
    class Taken:
        number = 412
        dedup_key = "e"

    accepted = victorops.DIALECT.accepted([Taken()])
    assert (accepted.status, accepted.body) == (200, {"result": "success", "entity_id": "e"})
    assert victorops.DIALECT.unknown_key().status == 403
