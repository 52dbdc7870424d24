"""The REST API over a real listener and a real database: tokens, acts, the shapes of --json, errors in one shape."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.intake.app import build_app
from oncall_tui.intake.listener.server import IntakeServer, Listen
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.rest import building
from oncall_tui.intake.rest.access import Access
from oncall_tui.ops import tokens
from oncall_tui.ops.reading.incidents.queue import queue
from oncall_tui.ops.reading.shapes import incidents_shape
from oncall_tui.storage.tables import api_tokens, timeline
from tests.intake.serving import NO_FIGURES, NoteDoor
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: vi, role: viewer}
schedules:
  - {name: primary, timezone: UTC, layers: [{name: w, users: [ana, bo], start: 2026-01-05T09:00, every: 1w}]}
policies:
  - {name: p, steps: [{delay: 5m, targets: [{user: ana}]}, {delay: 5m, targets: [{user: bo}, {schedule: primary}]}]}
services: [{name: checkout, policy: p}, {name: search, policy: p}]
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def url(house: House) -> Iterator[str]:
    app = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES), rest=house.session)
    server = IntakeServer(app, Listen("127.0.0.1", 0))
    yield server.start()
    server.stop()


def client(house: House, url: str, user: str = "bo", **more: object) -> httpx.Client:
    token = tokens.add_token(house.session, f"test {user}", user=user, **more)  # type: ignore[arg-type] # of add_token
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{url}/api/v1", headers=headers, trust_env=False, timeout=15)


def test_an_incident_from_opening_to_its_end(house: House, url: str) -> None:
    with client(house, url) as api:
        made = api.post("/incidents", json={"title": "5xx", "service": "checkout", "severity": "critical", "key": "k"})
        assert made.status_code == 201
        number = made.json()["number"]
        assert (made.json()["state"], made.json()["dedup_key"]) == ("triggered", "k")
        listed = api.get("/incidents", params={"filter": "service:checkout"}).json()
        assert listed == incidents_shape(queue(house.session, parse_filter("")))
        assert api.post(f"/incidents/{number}/acknowledge").json()["acknowledged_by"] == "bo"
        assert api.post(f"/incidents/{number}/snooze", json={"for": "2h"}).json()["state"] == "acknowledged"
        assert api.post(f"/incidents/{number}/escalate", json={}).json()["step"] == 2
        assert api.post(f"/incidents/{number}/assign", json={"user": "ana"}).json()["assignees"] == ["ana"]
        assert api.post(f"/incidents/{number}/note", json={"text": "looking"}).status_code == 200
        other = api.post("/incidents", json={"title": "disk", "service": "checkout"}).json()["number"]
        assert api.post(f"/incidents/{other}/merge", json={"into": number}).json()["number"] == number
        assert api.post(f"/incidents/{number}/resolve", json={"reason": "duplicate"}).json()["state"] == "resolved"
        shown = api.get(f"/incidents/{number}").json()
        assert {line["by"] for line in shown["timeline"] if line["via"] == "api"} >= {"bo"}
    with house.store.read() as conn:
        vias = set(conn.execute(select(timeline.c.via).where(timeline.c.by == "bo")).scalars())
    assert vias == {"api"}


def test_pages_of_the_list_and_all_at_once(house: House, url: str) -> None:
    with client(house, url) as api:
        for number in range(5):
            api.post("/incidents", json={"title": f"t{number}", "service": "search" if number else "checkout"})
        first = api.get("/incidents", params={"limit": 3}).json()
        rest = api.get("/incidents", params={"limit": 3, "cursor": first["next_cursor"]}).json()
        assert [len(first["incidents"]), len(rest["incidents"]), rest["next_cursor"]] == [3, 2, None]
        newest = api.get("/incidents", params={"sort": "newest", "group": "service", "limit": 2}).json()
        assert [row["number"] for row in newest["incidents"]] == [1, 5]
        assert [row["name"] for row in newest["groups"]] == ["checkout", "search"]
        for wrong in ({"sort": "awful"}, {"group": "weekday"}, {"sort": "newest", "cursor": first["next_cursor"]}):
            assert api.get("/incidents", params=wrong).status_code == 422
        done = api.post("/incidents/acknowledge", json={"filter": "service:search"}).json()
        assert len(done["incidents"]) == 4
        assert len(api.post("/incidents/acknowledge").json()["incidents"]) == 1
        assert {state for _, state in house.open} == {"acknowledged"}


def test_the_small_on_call_api(house: House, url: str) -> None:
    with client(house, url, "ana") as api:
        made = api.post("/users", json={"username": "cy", "name": "Cy", "role": "responder"})
        assert (made.status_code, made.json()["username"]) == (201, "cy")
        assert [one["username"] for one in api.get("/users").json()["users"]] == ["ana", "bo", "cy", "vi"]
        span = {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z"}
        assert api.post("/schedules/primary/shifts", json={"user": "cy", **span}).json() == {
            "schedule": "primary",
            "layer": "shifts",
            "user": "cy",
            **span,
        }
        there = {"from": "2026-02-28T00:00:00Z", "until": "2026-03-03T00:00:00Z"}
        assert len(api.get("/schedules/primary/shifts", params=there).json()["shifts"]) == 1
        at = api.get("/who", params={"at": "2026-03-01T12:00:00Z", "service": "checkout"}).json()
        assert at["on_call"][0]["users"] == ["cy"]
        assert [one["users"] for one in at["steps"]] == [["ana"], ["bo"]]  # nothing reaches cy yet
        covered = api.get("/schedules/primary", params=there).json()
        assert {"user": "cy", **span}.items() <= covered["shifts"][1].items()
        assert len(api.request("DELETE", "/schedules/primary/shifts", params=there).json()["shifts"]) == 1
        assert api.get("/schedules/primary/shifts").json()["shifts"] == []
        assert [one["name"] for one in api.get("/services").json()["services"]] == ["checkout", "search"]
        assert [one["name"] for one in api.get("/schedules").json()["schedules"]] == ["primary"]
        assert api.get("/events/rejected").json() == {"rejected": []}


def test_people_come_and_go(house: House, url: str) -> None:
    with client(house, url, "ana") as admin, client(house, url) as responder:
        assert admin.post("/users", json={"username": "cy", "timezone": "Europe/Lisbon"}).status_code == 201
        assert errors(admin.post("/users", json={"username": "cy"}))[0]["code"] == "duplicate"
        assert responder.delete("/users/cy").status_code == 403
        assert admin.delete("/users/cy").json() == {"removed": "cy"}
        assert admin.delete("/users/cy").status_code == admin.get("/users/cy").status_code == 404
        in_a_rotation = admin.delete("/users/bo")
        assert in_a_rotation.status_code == 422
        assert any("primary" in one["message"] for one in errors(in_a_rotation))
        assert admin.get("/users/bo").status_code == 200


def test_pages_of_listed_origins_may_ask_and_no_others(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, CONFIG, tmp_path) as house:
        _asked_from_pages(house)


def _asked_from_pages(house: House) -> None:
    ours, theirs = "https://wall.example.com", "https://elsewhere.example.com"
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    settings = replace(house.session.settings, cors_origins=(ours,))
    for user, listed in (("ana", True), ("bo", False)):
        rest = replace(house.session, settings=settings) if listed else house.session
        app = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES), rest=rest)
        server = IntakeServer(app, Listen("127.0.0.1", 0))
        with client(house, server.start(), user) as api:
            for origin in (ours, theirs):
                told = [
                    answer.headers.get("access-control-allow-origin")
                    for answer in (
                        api.options("/incidents", headers={"Origin": origin, **wanted}),
                        api.get("/who", headers={"Origin": origin}),
                        api.get("/who", headers={"Origin": origin, "Authorization": "Bearer wrong"}),
                    )
                ]
                assert told == ([origin] * 3 if listed and origin == ours else [None] * 3)
        server.stop()


def errors(answer: httpx.Response) -> list[dict[str, str]]:
    found: list[dict[str, str]] = answer.json()["errors"]
    assert all(set(one) == {"path", "code", "message", "mend"} for one in found)
    return found


def test_errors_have_one_shape(house: House, url: str) -> None:
    with client(house, url) as api:
        for status, code, answer in (
            (404, "unknown", api.get("/incidents/999")),
            (404, "no_such_path", api.get("/nothing")),
            (405, "no_such_path", api.delete("/incidents")),
            (422, "invalid", api.get("/incidents/x")),
            (422, "invalid", api.get("/incidents", params={"filter": "sev:purple"})),
            (422, "invalid", api.post("/incidents", json={"title": "x", "service": "checkout", "sevrity": "high"})),
            (422, "invalid", api.post("/incidents", content=b"{")),
            (404, "unknown", api.post("/incidents", json={"title": "x", "service": "none"})),
            (403, "forbidden", api.post("/users", json={"username": "dee"})),
            (413, "too_large", api.post("/incidents", content=b"x" * (2 << 20))),
        ):
            assert (answer.status_code, errors(answer)[0]["code"]) == (status, code), answer.text
        number = api.post("/incidents", json={"title": "x", "service": "checkout"}).json()["number"]
        stale = api.post(f"/incidents/{number}/escalate", json={"version": 0})
        assert (stale.status_code, errors(stale)[0]["code"]) == (409, "lost_race")


def test_a_token_acts_as_its_user_with_at_most_their_role(house: House, url: str) -> None:
    with client(house, url, "ana", role=Role.VIEWER) as api:
        assert api.get("/incidents").status_code == 200
        answer = api.post("/incidents", json={"title": "x", "service": "checkout"})
        assert (answer.status_code, errors(answer)[0]["code"]) == (403, "forbidden")


def test_tokens_that_open_nothing_are_told_alike(house: House, url: str) -> None:
    ended = tokens.add_token(house.session, "short", user="bo", lasts=timedelta(minutes=1))
    revoked = tokens.add_token(house.session, "gone", user="bo")
    tokens.revoke_token(house.session, "gone")
    house.clock.set(T0 + minutes(1))
    with httpx.Client(base_url=f"{url}/api/v1", trust_env=False) as api:
        told = [api.get("/who", headers={"Authorization": f"Bearer {token}"}) for token in (ended, revoked, "oc_none")]
        told.append(api.get("/who"))
        assert {(answer.status_code, answer.content) for answer in told} == {(401, told[0].content)}
        statuses = [api.get("/who", headers={"X-API-Key": f"oc_{number}"}).status_code for number in range(9)]
        assert statuses == [401] * 7 + [429] * 2
    with client(house, url) as api:
        assert api.get("/who").status_code == 200
    with house.store.read() as conn:
        kept = list(conn.execute(select(api_tokens.c.digest)).scalars())
    assert all(digest.startswith("sha256:") for digest in kept)


def test_a_token_has_its_limit(house: House, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "Access", lambda given, a_minute: Access(given, a_minute=min(a_minute, 3)))
    with client(house, url) as api, client(house, url, "ana") as other:
        assert [api.get("/who").status_code for _ in range(4)] == [200, 200, 200, 429]
        limited = api.get("/who")
        assert (limited.headers["retry-after"], errors(limited)[0]["code"]) == ("60", "too_many")
        assert other.get("/who").status_code == 200
        house.clock.set(T0 + minutes(1))
        assert api.get("/who").status_code == 200


def test_the_page_and_the_description_need_nothing_from_elsewhere(house: House, url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False) as plain:
        page = plain.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        assert "<script" not in page.text
        assert "://" not in page.text
        described = plain.get("/api/v1/openapi.json").json()
    assert "POST /api/v1/incidents/{number}/acknowledge" in page.text
    assert "/incidents/{number}/merge" in described["paths"]
    for path in described["paths"]:
        assert f"/api/v1{path}" in (Path(__file__).parents[3] / "docs" / "api.md").read_text()


def test_nothing_of_it_is_loaded_before_it_is_asked_for() -> None:
    script = "import sys, oncall_tui.intake.app; print('fastapi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
