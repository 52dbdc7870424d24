"""Opsgenie's API over a real database: every request its clients make, its answer, and what became of the incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from oncall_tui.ops.intake import rejected
from tests.intake.listening import listening
from tests.support.house import House
from tests.support.worlds import T0

KEY, OTHER = "o" * 32, "x" * 32
CONFIG = f"""
version: 1
users:
  - {{username: ana, contacts: [{{name: push, url: "json://ana.example"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "json://bo.example"}}]}}
policies:
  - {{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}, {{delay: 5m, targets: [{{user: bo}}]}}]}}
  - {{name: db, steps: [{{delay: 5m, targets: [{{user: bo}}]}}]}}
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: og, kind: opsgenie, service: checkout, key: "{KEY}"}}
  - {{name: other, kind: opsgenie, service: checkout, key: "{OTHER}"}}
heartbeats: [{{name: nightly backup, service: checkout, every: 1d, grace: 1h}}]
"""


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    url: str = request.getfixturevalue(getattr(request, "param", "sqlite_url"))
    with House(url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def http(house: House) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"GenieKey {KEY}"}
    with listening(house) as it, httpx.Client(base_url=it.url, trust_env=False, timeout=15, headers=headers) as client:
        yield client


def create(http: httpx.Client, alias: str | None = "web1/cpu", **more: Any) -> str:
    """Create an alert; its id, as the request's status tells it."""
    answer = http.post("/v2/alerts", json={"message": "CPU high", "alias": alias, **more})
    assert answer.status_code == 202
    assert answer.json()["result"] == "Request will be processed"
    status = http.get(f"/v2/alerts/requests/{answer.json()['requestId']}").json()["data"]
    assert (status["success"], status["isSuccess"], status["action"]) == (True, True, "Create")
    return str(status["alertId"])


def act(http: httpx.Client, path: str, body: object = None, method: str = "POST") -> dict[str, Any]:
    """Do something to an alert; what its request's status tells."""
    answer = http.request(method, f"/v2/alerts/{path}", json=body if body is not None else {})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = http.get(f"/v2/alerts/requests/{answer.json()['requestId']}").json()["data"]
    return found


def get(http: httpx.Client, alert: str, **query: str) -> dict[str, Any]:
    answer = http.get(f"/v2/alerts/{quote(alert, safe='')}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def test_an_alert_is_the_same_by_id_alias_and_tiny_id(house: House, http: httpx.Client) -> None:
    made = create(http, tags=["db", "eu"], details={"region": "eu-west"}, entity="web1", source="probe", priority="P1")
    by_id = get(http, made)
    assert by_id == get(http, "web1/cpu", identifierType="alias") == get(http, by_id["tinyId"], identifierType="tiny")
    assert by_id["id"] == made
    assert (by_id["alias"], by_id["message"], by_id["status"], by_id["priority"]) == (
        "web1/cpu",
        "CPU high",
        "open",
        "P1",
    )
    assert (by_id["tags"], by_id["details"]) == (["db", "eu"], {"region": "eu-west"})
    assert (by_id["entity"], by_id["source"]) == ("web1", "probe")
    assert (by_id["acknowledged"], by_id["snoozed"], by_id["count"]) == (False, False, 1)
    assert by_id["createdAt"] == "2026-03-01T03:00:00.000Z"
    ((number, state),) = house.open
    assert (state, house.column(number, "severity")) == ("triggered", "critical")


def test_repeats_count_and_a_new_alert_comes_after_the_close(house: House, http: httpx.Client) -> None:
    first = create(http)
    assert create(http) == first
    assert get(http, first)["count"] == 2
    assert len(house.paged) == 1
    done = act(http, "web1%2Fcpu/close?identifierType=alias", {"user": "bo", "note": "fixed it"})
    assert (done["isSuccess"], done["action"], done["alertId"], done["alias"]) == (True, "Close", first, "web1/cpu")
    assert house.open == []
    assert get(http, first)["status"] == "closed"
    assert http.get(f"/v2/alerts/{first}/notes").json()["data"][0]["note"] == "bo: fixed it"
    second = create(http)
    assert second != first
    assert get(http, "web1/cpu", identifierType="alias")["id"] == second
    assert create(http, alias=None) != create(http, alias=None), "without an alias each is an alert of its own"


def test_apprise_names_an_alert_by_the_request_that_created_it(house: House, http: httpx.Client) -> None:
    asked = http.post("/v2/alerts", json={"message": "Backup failed"}).json()["requestId"]
    acknowledged = act(http, f"{asked}/acknowledge?identifierType=id", {"note": "seen"})
    assert (acknowledged["isSuccess"], house.open) == (True, [(1, "acknowledged")])
    stranger = {"Authorization": f"GenieKey {OTHER}"}
    http.post(f"/v2/alerts/{asked}/close?identifierType=id", headers=stranger, json={})
    assert house.open == [(1, "acknowledged")]
    assert act(http, f"{asked}/close?identifierType=id")["isSuccess"] is True
    assert house.open == []
    pinged = http.post("/v2/heartbeats/nightly%20backup/ping").json()["requestId"]
    assert act(http, f"{pinged}/close")["isSuccess"] is False, "it created none"


def test_jira_service_management_has_the_same_behind_a_prefix(house: House, http: httpx.Client) -> None:
    there = f"{http.base_url}/jsm/ops/integration/v2"
    asked = http.post(f"{there}/alerts", json={"message": "CPU high", "alias": "cpu"})
    assert (asked.status_code, house.open) == (202, [(1, "triggered")])
    assert http.get(f"{there}/alerts/requests/{asked.json()['requestId']}").json()["data"]["success"] is True
    assert http.get(f"{there}/alerts").json()["paging"]["first"].startswith(f"{there}/alerts?")
    assert http.post(f"{there}/alerts/cpu/close?identifierType=alias", json={}).status_code == 202
    assert house.open == []
    assert http.get(f"{there}/heartbeats/nightly%20backup/ping").status_code == 202


def test_every_path_with_and_without_a_last_slash_and_with_plain_slashes(http: httpx.Client) -> None:
    assert http.post("/v2/alerts/", json={"message": "m", "alias": "a/b"}).status_code == 202
    for path in ("a%2Fb", "a%2Fb/", "a/b"):
        assert http.get(f"/v2/alerts/{path}?identifierType=alias").json()["data"]["alias"] == "a/b"
    for path in ("a%2Fb/acknowledge/", "a/b/acknowledge"):
        assert act(http, f"{path}?identifierType=alias")["isSuccess"]
    assert http.get("/v2/alerts/").json()["data"][0]["acknowledged"] is True


def test_acknowledge_and_take_it_back(house: House, http: httpx.Client) -> None:
    made = create(http)
    ((number, _),) = house.open
    assert act(http, f"{made}/acknowledge", {"source": "chat"})["status"] == "Alert acknowledged"
    assert house.open == [(number, "acknowledged")]
    assert house.column(number, "acknowledged_by") == "integration og"
    shown = get(http, made)
    assert (shown["status"], shown["acknowledged"], shown["isSeen"]) == ("open", True, True)
    house.clock.set(T0 + timedelta(minutes=1))
    assert act(http, f"{made}/unacknowledge")["isSuccess"]
    assert house.open == [(number, "triggered")]
    assert house.paged == [(0, "ana"), (1, "ana")], "step 1 begins again"


def test_snooze_until_a_time_and_then_triggered(house: House, http: httpx.Client) -> None:
    made = create(http)
    ((number, _),) = house.open
    assert act(http, f"{made}/snooze", {"endTime": "2026-03-01T03:30:00Z"})["isSuccess"]
    shown = get(http, made)
    assert (shown["snoozed"], shown["snoozedUntil"]) == (True, "2026-03-01T03:30:00.000Z")
    assert house.open == [(number, "acknowledged")]
    assert house.column(number, "assignees") == ["ana"], "a sender holds nothing"
    house.pass_to(31)
    assert house.open == [(number, "triggered")]
    assert not act(http, f"{made}/snooze", {"endTime": "2026-03-01T03:00:00"})["isSuccess"], "that is over"
    refused = http.post(f"/v2/alerts/{made}/snooze", json={"endTime": "soon"})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["endTime"])


def test_assign_and_escalate(house: House, http: httpx.Client) -> None:
    made = create(http)
    ((number, _),) = house.open
    assert act(http, f"{made}/escalate", {"escalation": {"name": "p"}})["isSuccess"]
    assert house.paged[-1] == (0, "bo")
    assert act(http, f"{made}/assign", {"owner": {"username": "ana@example.com"}})["isSuccess"]
    assert house.column(number, "assignees") == ["ana"]
    nobody = act(http, f"{made}/assign", {"owner": {"username": "zoe"}})
    assert (nobody["isSuccess"], nobody["alertId"]) == (False, made)
    assert act(http, f"{made}/escalate", {"escalation": {"name": "db"}})["isSuccess"]
    assert house.column(number, "assignees") == ["bo"]
    assert "reassigned" in house.kinds(number)


def test_what_it_says_can_be_changed(house: House, http: httpx.Client) -> None:
    made = create(http, description="old", priority="P3")
    ((number, _),) = house.open
    act(http, f"{made}/message", {"message": "CPU\r\nvery high"}, "PUT")
    act(http, f"{made}/description", {"description": "new"}, "PUT")
    act(http, f"{made}/priority", {"priority": "P1"}, "PUT")
    act(http, f"{made}/tags", {"tags": ["db", "eu"]})
    act(http, f"{made}/details", {"details": {"region": "eu", "gone": "1"}})
    act(http, f"{made}/tags?tags=eu,nope", None, "DELETE")
    act(http, f"{made}/details?keys=gone", None, "DELETE")
    shown = get(http, made)
    assert (shown["message"], shown["description"], shown["priority"]) == ("CPU very high", "new", "P1")
    assert (shown["tags"], shown["details"], shown["count"]) == (["db"], {"region": "eu"}, 1)
    assert (house.column(number, "title"), house.column(number, "severity")) == ("CPU very high", "critical")
    assert house.column(number, "labels") == {"tags": "db", "region": "eu"}
    act(http, f"{made}/priority", {"priority": "P5"}, "PUT")
    assert get(http, made)["priority"] == "P5"
    assert house.column(number, "severity") == "critical", "an incident's severity is the worst it has seen"


def test_notes_logs_and_what_is_only_written_down(http: httpx.Client) -> None:
    made = create(http)
    act(http, f"{made}/notes", {"note": "looking", "user": "bo"})
    act(http, f"{made}/responders", {"responder": {"type": "team", "name": "dba"}})
    act(http, f"{made}/teams", {"team": {"name": "net"}})
    act(http, f"{made}/actions/restart%20it")
    assert [note["note"] for note in http.get(f"/v2/alerts/{made}/notes").json()["data"]] == [
        "asked for the action restart it",
        "asked for team net",
        "asked for team dba",
        "bo: looking",
    ]
    logs = http.get(f"/v2/alerts/{made}/logs").json()["data"]
    assert logs[-1]["log"] == "triggered by og"
    assert http.get(f"/v2/alerts/{made}/recipients").json()["data"] == []
    oldest_first = http.get(f"/v2/alerts/{made}/logs", params={"order": "asc"}).json()["data"]
    assert oldest_first == logs[::-1]

    def stretch(**asked: str | int) -> object:
        return http.get(f"/v2/alerts/{made}/logs", params={"limit": 2, **asked}).json()["data"]

    assert stretch(offset=logs[1]["offset"]) == logs[2:4], "from there on, or a client that pages never comes to an end"
    assert stretch(offset=logs[3]["offset"], direction="prev") == logs[1:3]
    assert stretch(offset=logs[-1]["offset"]) == []
    assert stretch(offset="nowhere") == logs[:2]


def test_a_deleted_alert_is_closed_and_stays_to_be_read(house: House, http: httpx.Client) -> None:
    made = create(http)
    assert act(http, made, method="DELETE")["action"] == "Delete"
    assert house.open == []
    assert get(http, made)["status"] == "closed"


def test_what_is_said_about_no_alert_is_taken_and_changes_nothing(house: House, http: httpx.Client) -> None:
    for path in ("nope/close?identifierType=alias", "7/acknowledge?identifierType=tiny", "nope/message"):
        method = "PUT" if path.endswith("message") else "POST"
        answer = http.request(method, f"/v2/alerts/{path}", json={"message": "m"})
        assert answer.status_code == 202
        status = http.get(f"/v2/alerts/requests/{answer.json()['requestId']}").json()["data"]
        assert (status["isSuccess"], status["alertId"]) == (False, "")
        assert "There is no open alert" in status["status"], "or Zabbix' media type asks twenty-five times"
    assert http.get("/v2/alerts/nope").status_code == 404
    assert http.get("/v2/alerts/requests/nope").status_code == 404
    made = create(http)
    act(http, f"{made}/close")
    assert act(http, f"{made}/acknowledge")["alertId"] == made
    assert house.open == []


@pytest.mark.parametrize("house", ["sqlite_url", "postgres_url"], indirect=True)
@pytest.mark.usefixtures("house")
def test_lists_and_counts_by_query(http: httpx.Client) -> None:
    create(http, alias="a", tags=["db", "eu"], priority="P1", entity="web1")
    asked_for = [{"type": "team", "name": "net"}, {"type": "user", "username": "ana@example.com"}]
    create(
        http,
        alias="b",
        tags=["db2"],
        priority="P2",
        message="disk full",
        details={"open": "false"},
        responders=asked_for,
    )
    closed = create(http, alias="c", source="probe")
    act(http, f"{closed}/close")
    act(http, "b/acknowledge?identifierType=alias")

    def aliases(query: str, **more: Any) -> list[str]:
        answer = http.get("/v2/alerts", params={"query": query, "sort": "alias", "order": "asc", **more})
        assert answer.status_code == 200, answer.text
        assert http.get("/v2/alerts/count", params={"query": query}).json()["data"]["count"] >= len(
            answer.json()["data"]
        )
        return [alert["alias"] for alert in answer.json()["data"]]

    assert aliases("") == ["a", "b", "c"]
    assert aliases("status: open") == ["a", "b"]
    assert aliases("status:closed") == ["c"]
    assert aliases('status: open AND NOT tag: "db"') == ["b"]
    assert aliases("tag: db") == ["a"]
    assert aliases("tags: eu") == ["a"]
    assert aliases("teams: net") == aliases("teams=net") == aliases('responders: "ana@example.com"') == ["b"]
    assert aliases("teams: ana") == []
    assert aliases("priority: P2 acknowledged: true") == ["b"]
    assert aliases("NOT acknowledged: true") == ["a", "c"]
    assert aliases("message: disk*") == ["b"]
    assert aliases("full") == ["b"]
    assert aliases("entity: web1") == ["a"]
    assert aliases("source = probe") == ["c"]
    assert aliases("details.open: false") == ["b"]
    assert aliases('alias: "c"') == ["c"]
    assert aliases("", limit=2, offset=1) == ["b", "c"]
    first = http.get("/v2/alerts", params={"limit": 1, "sort": "alias", "order": "asc"}).json()
    following = first["paging"]["next"]
    assert following.startswith(f"{http.base_url}/v2/alerts?"), "clients get it as it is"
    assert httpx.get(following, headers=http.headers, trust_env=False).json()["data"][0]["alias"] == "b"
    outside = http.get("/v2/alerts", headers={"Host": "oncall.example", "X-Forwarded-Proto": "https"}).json()
    assert outside["paging"]["first"].startswith("https://oncall.example/v2/alerts?")
    assert http.get("/v2/alerts", headers={"Host": 'a"b/'}).json()["paging"]["first"].startswith("/v2/alerts?")
    assert http.get("/v2/alerts/count").json()["data"] == {"count": 3}
    assert aliases("status: closed OR priority: P2") == ["b", "c"]
    assert aliases("(status: closed) OR (status: open AND NOT (priority: P1))") == ["b", "c"]
    assert aliases("status: open priority: (P1 OR P5)") == ["a"]
    assert aliases("tag: (db AND eu)") == ["a"]
    assert aliases("NOT (tag: db OR tag: db2)") == ["c"]
    assert aliases("snoozed: false") == ["a", "b", "c"]
    assert aliases('owner: "integration og"') == ["b"]
    assert aliases("count > 1 OR count <= 0") == []
    at = int(T0.timestamp() * 1000)
    assert aliases(f"createdAt >= {at} AND lastOccurredAt < {at + 1}") == ["a", "b", "c"]
    assert aliases(f"createdAt > {at}") == aliases("createdAt < 2020-01-01T00:00:00Z") == []
    assert aliases("alias: web1:cpu") == []
    act(http, "a/snooze?identifierType=alias", {"endTime": (T0 + timedelta(hours=1)).isoformat()})
    assert (aliases("snoozed: true"), aliases("NOT snoozed: true")) == (["a"], ["b", "c"])
    for bad in (
        *("status: odd", "nonsense: 1", 'x"', "priority: P9", "status > open", "count > many", "createdAt > soon"),
        *("a OR", "OR a", "a AND OR b", "NOT", "(a", "a)", "()", "status:", "(" * 6 + "a" + ")" * 6, "a " * 21),
    ):
        refused = http.get("/v2/alerts", params={"query": bad})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["query"]), bad
    assert http.get("/v2/alerts", params={"sort": "colour"}).status_code == 422
    assert http.get("/v2/alerts", params={"limit": "many"}).status_code == 422


def test_another_integrations_alert_is_none(house: House, http: httpx.Client) -> None:
    made = create(http)
    other = {"Authorization": f"GenieKey {OTHER}"}
    assert http.get(f"/v2/alerts/{made}", headers=other).status_code == 404
    answer = http.post(f"/v2/alerts/{made}/close", headers=other, json={})
    assert answer.status_code == 202
    assert len(house.open) == 1
    assert http.get("/v2/alerts/count", headers=other).json()["data"]["count"] == 0


def test_keys(house: House, http: httpx.Client) -> None:
    made = create(http)
    plain = httpx.Client(base_url=http.base_url, trust_env=False)
    with plain:
        assert plain.get(f"/v2/alerts/{made}", params={"apiKey": KEY}).status_code == 200
        assert plain.post("/v2/alerts", params={"apiKey": KEY}, json={"message": "m"}).status_code == 202
        for path in ("", f"/{made}", "/count"):
            missing = plain.get(f"/v2/alerts{path}")
            assert (missing.status_code, missing.json()["message"]) == (401, "Could not authenticate")
        assert plain.post("/v2/alerts", json={"message": "m"}).status_code == 401
        wrong = {"Authorization": "GenieKey wrong-key-wrong-key"}
        unknown = plain.post(f"/v2/alerts/{made}/close", headers=wrong, json={})
        assert (unknown.status_code, sorted(unknown.json())) == (403, ["message", "requestId", "took"])
    with house.store.read() as conn:
        paths = [row.path for row in rejected.newest(conn)]
    assert f"/v2/alerts/{made}/close" in paths
    assert house.open[0][1] == "triggered"


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "/v2/alerts", {"alias": "a"}, "message"),
        ("POST", "/v2/alerts/x/notes", {"note": " "}, "note"),
        ("POST", "/v2/alerts/x/assign", {}, "owner"),
        ("POST", "/v2/alerts/x/escalate", {"escalation": {}}, "escalation"),
        ("POST", "/v2/alerts/x/tags", {"tags": None}, "tags"),
        ("POST", "/v2/alerts/x/details", {"details": []}, "details"),
        ("POST", "/v2/alerts/x/responders", {}, "responder"),
        ("PUT", "/v2/alerts/x/message", {"message": ""}, "message"),
        ("PUT", "/v2/alerts/x/priority", {"priority": "urgent"}, "priority"),
        ("POST", "/v2/alerts/x/close?identifierType=name", {}, "identifierType"),
        ("DELETE", "/v2/alerts/x/details", {}, "keys"),
    ],
)
def test_what_is_not_processable_is_422_naming_the_field(
    http: httpx.Client, method: str, path: str, body: object, named: str
) -> None:
    answer = http.request(method, path, json=body)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [named]
    assert {"message", "took", "requestId"} <= answer.json().keys()


def test_bad_json_is_400_and_an_unknown_request_404(http: httpx.Client) -> None:
    assert http.post("/v2/alerts", content=b"{").status_code == 400
    assert http.post("/v2/alerts/x/close", content=b"{").status_code == 400
    assert http.post("/v2/alerts/x/close", content=b"").status_code == 202, "many clients send no body"
    assert http.post("/v2/alerts/x/explode", json={}).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "POST"])
def test_a_heartbeats_ping(http: httpx.Client, method: str) -> None:
    answer = http.request(method, "/v2/heartbeats/nightly%20backup/ping")
    assert (answer.status_code, answer.json()["result"]) == (202, "PONG - Heartbeat received")
    assert http.request(method, "/v2/heartbeats/none/ping").status_code == 404


def test_what_is_known_of_heartbeats(http: httpx.Client) -> None:
    shown = {"name": "nightly backup", "description": "every 1d, grace 1h", "enabled": True, "expired": False}
    shown |= {"interval": 1, "intervalUnit": "days"}
    assert http.get("/v2/heartbeats/").json()["data"] == {"heartbeats": [shown]}
    http.post("/v2/heartbeats/nightly%20backup/ping")
    one = http.get("/v2/heartbeats/nightly%20backup").json()["data"]
    assert one == {**shown, "lastPingTime": "2026-03-01T03:00:00.000Z"}
    assert http.head("/v2/heartbeats/nightly%20backup").status_code == 200
    assert http.get("/v2/heartbeats/none").status_code == 404
    assert http.head(f"/v2/alerts/{create(http)}").status_code == 200
