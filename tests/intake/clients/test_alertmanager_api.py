"""Alertmanager's API in plain HTTP: shapes, what is refused, restarts, and a great many alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from oncall_tui.storage.tables import alerts, beats, incidents, rejected_events
from tests.intake.listening import Listening, listening
from tests.support.house import House
from tests.support.processes import wait_until

KEY, HOOK, ONCALL = "p" * 32, "a" * 32, "c" * 32
CONFIG = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "json://127.0.0.1:9/"}}]}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}, {{name: whole, policy: p, grouping: service}}]
integrations:
  - {{name: prometheus, kind: prometheus, service: whole, key: "{KEY}"}}
  - {{name: hook, kind: alertmanager, service: checkout, key: "{HOOK}"}}
  - {{name: moved, kind: oncall, service: checkout, key: "{ONCALL}"}}
heartbeats: [{{name: moved, service: checkout, every: 1h}}]
"""
NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path, NOW) as made:
        yield made


@pytest.fixture
def here(house: House) -> Iterator[Listening]:
    with listening(house) as made:
        yield made


@pytest.fixture
def http(here: Listening) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=here.url, trust_env=False, timeout=30) as client:
        yield client


def path(rest: str, key: str = KEY) -> str:
    return f"/prom/{key}/api/v2/{rest}"


def alert(name: str, **more: Any) -> dict[str, Any]:
    return {"labels": {"alertname": name, "severity": "critical"}, **more}


def test_shapes_of_what_clients_ask(http: httpx.Client) -> None:
    status = http.get(path("status")).json()
    assert status["cluster"] == {"peers": [], "status": "disabled"}
    assert status["uptime"] == "2026-03-01T03:00:00.000Z"
    assert http.get(path("receivers/")).json() == [{"name": "prometheus"}]
    assert http.get(path("alerts")).json() == []
    assert http.post(path("alerts"), json=[alert("a", endsAt="2026-03-01T03:04:00Z")]).status_code == 200
    (shown,) = http.get(path("alerts")).json()
    assert shown | {"fingerprint": ""} == {
        "annotations": {"summary": "a"},
        "endsAt": "2026-03-01T03:04:00.000Z",
        "fingerprint": "",
        "labels": {"alertname": "a", "severity": "critical"},
        "receivers": [{"name": "prometheus"}],
        "startsAt": "2026-03-01T03:00:00.000Z",
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": "2026-03-01T03:00:00.000Z",
    }
    assert http.get(path("alerts/groups")).json() == [
        {"labels": {}, "receiver": {"name": "prometheus"}, "alerts": [shown]}
    ]
    assert http.get(path("alerts?filter=alertname%3D%22b%22")).json() == []
    assert http.get(path("alerts?receiver=prom.*&active=true")).json() == [shown]
    assert http.get(path("alerts?receiver=other")).json() == []
    assert http.get(path("alerts?active=false")).json() == []


SILENCE: dict[str, Any] = {
    "matchers": [{"name": "alertname", "value": "a", "isRegex": False}],
    "startsAt": "2026-03-01T03:00:00Z",
    "endsAt": "2026-03-01T04:00:00Z",
    "createdBy": "ana",
    "comment": "new disks",
}


def test_what_is_refused_has_a_reason(http: httpx.Client, house: House) -> None:
    wrongs: list[dict[str, Any]] = [
        {"comment": ""},
        {"createdBy": None},
        {"endsAt": "0001-01-01T00:00:00Z"},
        {"endsAt": "2026-03-01T02:00:00Z"},
        {"matchers": []},
        {"matchers": [{"name": "a"}]},
        {"matchers": [{"name": "a", "value": "(", "isRegex": True}]},
        {"matchers": [SILENCE["matchers"][0]] * 51},
    ]
    for wrong in wrongs:
        answer = http.post(path("silences"), json=SILENCE | wrong)
        assert (answer.status_code, isinstance(answer.json(), str)) == (400, True), (wrong, answer.text)
    assert http.post(path("silences"), json=[]).status_code == 400
    assert http.post(path("silences"), content=b"{").status_code == 400
    assert http.get(path("alerts?filter=%7B%3D")).status_code == 400
    assert http.get(path("silence/00000000-0000-0000-0000-000000000000")).status_code == 404
    assert http.delete(path("silence/00000000-0000-0000-0000-000000000000")).status_code == 404
    assert http.post(path("silences"), json=SILENCE | {"id": "no-such-one"}).status_code == 404
    assert http.get(path("silences")).json() == []
    assert http.get(path("alerts", "z" * 32)).status_code == 403
    with house.store.read() as conn:
        assert conn.execute(select(rejected_events.c.path)).scalar_one() == "/prom/zzzz…/api/v2/alerts"


def test_a_silence_made_here_is_seen_here(http: httpx.Client) -> None:
    made = http.post(path("silences"), json=SILENCE)
    assert made.status_code == 200
    name = made.json()["silenceID"]
    shown = http.get(path(f"silence/{name}")).json()
    assert (shown["id"], shown["createdBy"], shown["status"]) == (name, "ana", {"state": "active"})
    assert shown["matchers"] == [{"isEqual": True, "isRegex": False, "name": "alertname", "value": "a"}]
    assert [one["id"] for one in http.get(path('silences?filter=alertname="a"')).json()] == [name]
    assert http.get(path('silences?filter=alertname="b"')).json() == []
    assert http.delete(path(f"silence/{name}")).status_code == 200
    assert http.get(path(f"silence/{name}")).json()["status"] == {"state": "expired"}


def test_an_end_is_remembered_over_a_restart(house: House) -> None:
    house.clock.set(datetime.now(UTC))
    end = f"{house.clock.now() + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S.%fZ}"
    with listening(house) as before:
        assert (
            httpx.post(before.url + path("alerts"), json=[alert("a", endsAt=end)], trust_env=False).status_code == 200
        )
    assert len(house.open) == 1
    with listening(house, engine=True):
        wait_until(lambda: not house.open, "the alert to end")


def test_a_thousand_alerts_of_one_group_are_one_incident_and_one_page(http: httpx.Client, house: House) -> None:
    group: dict[str, Any] = {
        "version": "4",
        "groupKey": "g",
        "status": "firing",
        "truncatedAlerts": 7,
        "alerts": [
            {"status": "firing", "labels": {"alertname": "x", "n": str(n)}, "fingerprint": f"f{n}"} for n in range(1000)
        ],
    }
    assert http.post(f"/in/alertmanager/{HOOK}", json=group).json()["alerts"] == 1000
    assert http.post(f"/in/alertmanager/{HOOK}", json=group).status_code == 202
    ((number, state),) = house.open
    assert state == "triggered"
    assert "7 more alerts of this group were cut off" in str(house.column(number, "description"))
    assert (house.column(number, "alerts"), house.column(number, "events"), len(house.paged)) == (1000, 2000, 1)
    half = [one | {"status": "resolved"} for one in group["alerts"][:999]]
    assert http.post(f"/in/alertmanager/{HOOK}", json=group | {"alerts": half}).status_code == 202
    assert house.open == [(number, "triggered")]
    last = [one | {"status": "resolved"} for one in group["alerts"][999:]]
    assert http.post(f"/in/alertmanager/{HOOK}", json=group | {"status": "resolved", "alerts": last}).status_code == 202
    assert house.open == []


def test_duplicates_and_early_ends_change_nothing(http: httpx.Client, house: House) -> None:
    ended = alert("a", startsAt="2026-03-01T02:50:00Z", endsAt="2026-03-01T02:55:00Z")
    assert http.post(path("alerts"), json=[ended]).json()["incidents"] == []
    firing = alert("a", startsAt="2026-03-01T02:50:00Z", endsAt="2026-03-01T03:04:00Z")
    first = http.post(path("alerts"), json=[firing, firing]).json()
    assert http.post(path("alerts"), json=[firing, firing]).json() == first
    assert (len(house.open), len(house.paged)) == (1, 1)
    for _ in range(2):
        assert http.post(path("alerts"), json=[ended]).status_code == 200
    assert house.open == []
    with house.store.read() as conn:
        assert len(conn.execute(select(incidents.c.number)).all()) == 1
        assert conn.execute(select(alerts.c.count)).scalar_one() == 4


def test_oncalls_paths_answer_as_oncall_does(http: httpx.Client, house: House) -> None:
    body = {"alert_uid": "u1", "title": "Down", "state": "alerting", "message": "Smth happened"}
    for slash in ("", "/"):
        answer = http.post(f"/integrations/v1/formatted_webhook/{ONCALL}{slash}", json=body)
        assert (answer.status_code, answer.text) == (200, '"Ok."')
    assert len(house.open) == 1
    assert http.post(f"/integrations/v1/webhook/{ONCALL}/", json=body | {"state": "ok"}).status_code == 200
    assert house.open == []
    assert http.post(f"/integrations/v1/webhook/{'z' * 32}/", json=body).status_code == 403
    assert http.post(f"/integrations/v1/webhook/{ONCALL}/", content=b"{").status_code == 400


def test_oncalls_heartbeats_are_signs_of_life(http: httpx.Client, house: House) -> None:
    answer = http.get(f"/integrations/v1/alertmanager/{ONCALL}/heartbeat/")
    assert (answer.status_code, answer.json()) == (200, ":)")
    answer = http.post(f"/integrations/v1/heartbeat/{ONCALL}", content=json.dumps({"id": "x"}))
    assert (answer.status_code, answer.text) == (200, "")
    with house.store.read() as conn:
        assert conn.execute(select(beats.c.heard_at)).scalar_one() == NOW
    assert http.post(f"/integrations/v1/webhook/{HOOK}/heartbeat").status_code == 200, "no heartbeat bears its name"
    assert http.get(f"/integrations/v1/webhook/{'z' * 32}/heartbeat").status_code == 403
    assert house.open == []
