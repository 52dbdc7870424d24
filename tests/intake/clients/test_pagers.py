"""Unmodified clients of other pagers, told only another host: PyPI's pagerduty, pdpyras, pygerduty and opsgenie-sdk."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oncall_tui.ops import reading
from tests.intake.listening import listening
from tests.support.authority import Certificates, certificates
from tests.support.house import House
from tests.support.worlds import T0

PAGERDUTY, OPSGENIE = "d" * 32, "o" * 32
V1 = "/generic/2010-04-15/create_event.json"
CONFIG = f"""
version: 1
users:
  - {{username: ana, contacts: [{{name: push, url: "json://ana.example"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "json://bo.example"}}]}}
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}, {{delay: 5m, targets: [{{user: bo}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: pd, kind: pagerduty, service: checkout, key: "{PAGERDUTY}"}}
  - {{name: og, kind: opsgenie, service: checkout, key: "{OPSGENIE}"}}
heartbeats: [{{name: nightly, service: checkout, every: 1d, grace: 1h}}]
"""


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return certificates(tmp_path)


@pytest.fixture
def https(house: House, made: Certificates) -> Iterator[str]:
    with listening(house, tls=(made.cert, made.key)) as here:
        yield here.url


def test_pagerduty_over_tls(house: House, https: str, made: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    pagerduty = pytest.importorskip("pagerduty")
    with pagerduty.EventsApiV2Client(PAGERDUTY, base_url=https) as client:
        client.send_change_event({"summary": "deployed", "source": "ci", "timestamp": "2026-03-01T02:50:00Z"})
        client.submit("canary on", source="ci", timestamp="2026-03-01T02:55:00Z")
        key = client.trigger("CPU high", "web-1", severity="critical", custom_details={"load": 9})
        ((number, state),) = house.open
        assert (state, house.column(number, "dedup_key")) == ("triggered", key)
        assert client.trigger("CPU high", "web-1", dedup_key=key) == key
        assert house.alert_count(number) == 2
        assert client.acknowledge(key) == key
        assert house.open == [(number, "acknowledged")]
        assert client.resolve(key) == key
        assert house.open == []
    with pagerduty.EventsApiV2Client("unknown" * 4, base_url=https) as stranger, pytest.raises(pagerduty.HttpError):
        stranger.trigger("x", "y")
    changes = reading.detail(house.session, number).changes
    assert [change.summary for change in changes] == ["canary on", "deployed"]
    assert house.paged == [(0, "ana")]


def test_pdpyras_over_tls(house: House, https: str, made: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.authority))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it is deprecated
        pdpyras = pytest.importorskip("pdpyras")
        events = pdpyras.EventsAPISession(PAGERDUTY)
        changes = pdpyras.ChangeEventsAPISession(PAGERDUTY)
    events.url = changes.url = https
    changes.submit("deployed", source="ci")
    key = events.trigger("CPU high", "web-1", severity="warning", payload={"timestamp": "2026-03-01T02:59:00"})
    ((number, state),) = house.open
    assert (state, house.column(number, "severity")) == ("triggered", "medium")
    assert events.acknowledge(key) == key
    assert house.open == [(number, "acknowledged")]
    assert events.resolve(key) == key
    assert house.open == []
    assert [change.summary for change in reading.detail(house.session, number).changes] == ["deployed"]
    events.close()
    changes.close()


@pytest.fixture
def http(house: House) -> Iterator[str]:
    with listening(house) as here:
        yield here.url


def test_pygerduty_speaks_v1_with_nulls_for_all_that_is_not_said(
    house: House, http: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pygerduty = pytest.importorskip("pygerduty")
    monkeypatch.setattr(pygerduty.PagerDuty, "INTEGRATION_API_URL", f"{http}{V1}")
    client = pygerduty.PagerDuty("example", "a-token-of-theirs", max_403_retries=1)
    key = client.trigger_incident(PAGERDUTY, "disk full")
    ((number, state),) = house.open
    assert (state, house.column(number, "dedup_key")) == ("triggered", key)
    assert client.trigger_incident(PAGERDUTY, "disk full", key, details={"free": 0}, client="probe") == key
    assert house.alert_count(number) == 2
    assert client.acknowledge_incident(PAGERDUTY, key) == key
    assert house.open == [(number, "acknowledged")]
    assert client.resolve_incident(PAGERDUTY, key, "freed") == key
    assert house.open == []
    with pytest.raises(pygerduty.BadRequest, match="service_key"):
        client.trigger_incident("f" * 32, "x")


@pytest.fixture
def opsgenie(house: House) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its syntax is of older Pythons
        sdk = pytest.importorskip("opsgenie_sdk")
    with listening(house) as here:
        settings = sdk.configuration.Configuration()
        settings.host = here.url
        settings.api_key["Authorization"] = OPSGENIE
        settings.retry_enabled = False
        settings.short_polling_max_retries = 1
        yield sdk.api_client.ApiClient(configuration=settings)


def test_opsgenie_sdk(house: House, opsgenie: Any) -> None:
    import opsgenie_sdk as sdk  # type: ignore[import-untyped] # it has no types

    alerts = sdk.AlertApi(api_client=opsgenie)
    payload = sdk.CreateAlertPayload(
        message="CPU high",
        alias="web1/cpu",
        description="it burns",
        responders=[{"name": "payments", "type": "team"}],
        tags=["db"],
        details={"region": "eu"},
        entity="web1",
        priority="P1",
    )
    created = alerts.create_alert(payload)
    ((number, state),) = house.open
    assert (state, house.column(number, "severity")) == ("triggered", "critical")
    status = created.retrieve_result().data
    assert (status.is_success, status.alias, status.action) == (True, "web1/cpu", "Create")
    alert = created.retrieve_resulting_action().data
    assert (alert.id, alert.alias, alert.status, alert.count) == (status.alert_id, "web1/cpu", "open", 1)
    assert (alert.tags, alert.details, alert.entity, alert.priority) == (["db"], {"region": "eu"}, "web1", "P1")
    assert alert.created_at == T0

    by_alias = {"identifier": "web1/cpu", "identifier_type": "alias"}
    assert alerts.get_alert(**by_alias).data.id == alert.id
    alerts.create_alert(payload)
    assert alerts.get_alert(identifier=alert.tiny_id, identifier_type="tiny").data.count == 2
    alerts.acknowledge_alert(**by_alias, acknowledge_alert_payload=sdk.AcknowledgeAlertPayload(user="bo"))
    assert house.open == [(number, "acknowledged")]
    alerts.un_acknowledge_alert(**by_alias, un_acknowledge_alert_payload=sdk.UnAcknowledgeAlertPayload())
    assert house.open == [(number, "triggered")]
    alerts.add_note(identifier=alert.id, add_note_to_alert_payload=sdk.AddNoteToAlertPayload(note="looking"))
    assert [note.note for note in alerts.list_notes(identifier=alert.id).data] == ["looking"]
    alerts.add_tags(identifier=alert.id, add_tags_to_alert_payload=sdk.AddTagsToAlertPayload(tags=["eu"]))
    alerts.remove_tags(identifier=alert.id, tags=["db"])
    alerts.add_details(
        identifier=alert.id, add_details_to_alert_payload=sdk.AddDetailsToAlertPayload(details={"a": "b"})
    )
    alerts.remove_details(identifier=alert.id, keys=["region"])
    alerts.update_alert_message(
        identifier=alert.id, update_alert_message_payload=sdk.UpdateAlertMessagePayload(message="CPU very high")
    )
    alerts.update_alert_description(
        identifier=alert.id, update_alert_description_payload=sdk.UpdateAlertDescriptionPayload(description="more")
    )
    alerts.update_alert_priority(
        identifier=alert.id, update_alert_priority_payload=sdk.UpdateAlertPriorityPayload(priority="P2")
    )
    changed = alerts.get_alert(identifier=alert.id).data
    assert (changed.message, changed.description, changed.priority) == ("CPU very high", "more", "P2")
    assert (changed.tags, changed.details) == (["eu"], {"a": "b"})
    alerts.assign_alert(identifier=alert.id, assign_alert_payload=sdk.AssignAlertPayload(owner={"username": "bo"}))
    assert house.column(number, "assignees") == ["bo"]
    alerts.escalate_alert(
        identifier=alert.id,
        escalate_alert_to_next_payload=sdk.EscalateAlertToNextPayload(escalation={"name": "p", "type": "escalation"}),
    )
    until = T0 + timedelta(hours=2)
    alerts.snooze_alert(identifier=alert.id, snooze_alert_payload=sdk.SnoozeAlertPayload(end_time=until))
    snoozed = alerts.get_alert(identifier=alert.id).data
    assert (snoozed.snoozed, snoozed.snoozed_until) == (True, until)
    assert "snoozed" in [log.log.split()[0] for log in alerts.list_logs(identifier=alert.id).data]
    listed = alerts.list_alerts(query="status: open AND tag: eu", limit=10, sort="createdAt", order="desc").data
    assert [one.id for one in listed] == [alert.id]
    assert alerts.count_alerts(query="status: open").data.count == 1
    closed = alerts.close_alert(**by_alias, close_alert_payload=sdk.CloseAlertPayload(note="fixed"))
    assert closed.retrieve_result().data.is_success is True
    assert house.open == []
    assert alerts.get_alert(identifier=alert.id).data.status == "closed"
    with pytest.raises(sdk.exceptions.ApiException):
        alerts.get_alert(identifier="nobody")
    assert sdk.HeartbeatApi(api_client=opsgenie).ping("nightly").result == "PONG - Heartbeat received"
