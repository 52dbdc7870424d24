"""What /api/v1/openapi.json says is what happens: every status it names occurs, and none that it does not name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from oncall_tui.intake.app import build_app
from oncall_tui.intake.metrics import Metrics
from oncall_tui.ops import tokens
from tests.intake.serving import NO_FIGURES, NoteDoor
from tests.support.house import House

CONFIG = """
version: 1
users:
  - {username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo}
  - {username: cy}
  - {username: vi, role: viewer}
schedules:
  - {name: primary, timezone: UTC, layers: [{name: w, users: [ana, bo], start: 2026-01-05T09:00, every: 1w}]}
policies: [{name: p, steps: [{delay: 5m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
"""
NEW = {"title": "5xx", "service": "checkout"}
SHIFT = {"user": "cy", "start": "2026-04-01T00:00Z", "end": "2026-04-02T00:00Z"}
SPAN = "from=2026-04-01T00:00Z&until=2026-04-03T00:00Z"
TOO_LARGE = b'"' + b"x" * (1 << 20) + b'"'
HUGE = 10**30

# By path and method: what is asked, with which body, and the status that it has. #1 is open, #2 and #3 are resolved.
ASKED: Mapping[tuple[str, str], list[tuple[int, str, object]]] = {
    ("/incidents", "get"): [(200, "", None), (422, "?limit=0", None), (422, "?cursor=x", None)],
    ("/incidents", "post"): [(201, "", NEW), (404, "", {**NEW, "service": "x"}), (422, "", {**NEW, "odd": 1})],
    ("/incidents/acknowledge", "post"): [(200, "", {"filter": "service:none"}), (422, "", {"filter": "service:"})],
    ("/incidents/{number}", "get"): [(200, "1", None), (404, "99", None), (422, "0", None), (422, str(HUGE), None)],
    ("/incidents/{number}/acknowledge", "post"): [
        *[(200, "1", None), (404, "99", None), (409, "2", None), (422, "1", {"version": "x"})],
    ],
    ("/incidents/{number}/escalate", "post"): [
        *[(200, "1", None), (404, "99", None), (409, "1", {"version": HUGE}), (422, "1", {"odd": 1})],
    ],
    ("/incidents/{number}/assign", "post"): [
        *[(200, "1", {"user": "ana"}), (404, "1", {"user": "x"}), (409, "2", {"user": "ana"}), (422, "1", {})],
    ],
    ("/incidents/{number}/snooze", "post"): [
        *[(200, "1", {"for": "2h"}), (404, "99", {"for": "2h"}), (409, "2", {"for": "2h"}), (422, "1", {"for": "9w"})],
    ],
    ("/incidents/{number}/note", "post"): [(200, "2", {"text": "x"}), (404, "99", {"text": "x"}), (422, "1", {})],
    ("/incidents/{number}/merge", "post"): [
        *[(404, "1", {"into": 99}), (409, "1", {"into": 2}), (422, "1", {"into": HUGE}), (200, "4", {"into": 1})],
    ],
    ("/incidents/{number}/resolve", "post"): [
        *[(200, "1", None), (404, "99", None), (409, "2", None), (422, "1", {"reason": "x"})],
    ],
    ("/who", "get"): [(200, "?service=checkout", None), (404, "?schedule=x", None), (422, "?at=x", None)],
    ("/schedules", "get"): [(200, "", None)],
    ("/schedules/{name}", "get"): [(200, "primary", None), (404, "x", None), (422, "primary?from=1900-01-01", None)],
    ("/schedules/{name}/shifts", "get"): [(200, "primary", None), (404, "x", None), (422, "primary?from=x", None)],
    ("/schedules/{name}/shifts", "post"): [
        *[(201, "primary", SHIFT), (409, "primary", SHIFT), (404, "x", SHIFT), (422, "primary", {})],
    ],
    ("/schedules/{name}/shifts", "delete"): [
        *[(200, f"primary?{SPAN}", None), (404, f"x?{SPAN}", None), (422, "primary", None)],
    ],
    ("/users", "get"): [(200, "", None)],
    ("/users", "post"): [(201, "", {"username": "di"}), (409, "", {"username": "ana"}), (422, "", {"username": "a b"})],
    ("/users/{username}", "get"): [(200, "ana", None), (404, "x", None)],
    ("/users/{username}", "delete"): [(200, "cy", None), (404, "x", None), (409, "bo", None)],
    ("/services", "get"): [(200, "", None)],
    ("/events/rejected", "get"): [(200, "", None), (422, "?limit=0", None)],
}
READS = {"get"}


class Asking:
    """The API in this process, by tokens of an admin and of a viewer."""

    def __init__(self, house: House) -> None:
        app = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES), rest=house.session)
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://oncall.test")
        self.tokens = {user: tokens.add_token(house.session, f"test {user}", user=user) for user in ("ana", "vi")}

    def ask(self, method: str, path: str, body: object = None, user: str | None = "ana", **headers: str) -> Any:
        shown = {"Authorization": f"Bearer {self.tokens[user]}"} if user is not None else {}
        given = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        return self._runner.run(self._http.request(method, f"/api/v1{path}", headers={**shown, **headers}, **given))

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(f"sqlite:///{tmp_path}/oncall.db", CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def api(house: House) -> Iterator[Asking]:
    made = Asking(house)
    yield made
    made.close()


def address(path: str, tail: str) -> str:
    """The path with what is asked for in its place; a query goes to the end."""
    name, mark, query = tail.partition("?")
    start, brace, rest = path.partition("{")
    return f"{start}{name}{rest.partition('}')[2]}{mark}{query}" if brace else f"{path}{tail}"


def test_every_status_that_is_described_occurs_and_no_other(house: House, api: Asking) -> None:
    described = api.ask("GET", "/openapi.json", user=None).json()
    assert {(path, method) for path, told in described["paths"].items() for method in told} == set(ASKED)
    for _ in range(4):
        assert api.ask("POST", "/incidents", NEW).status_code == 201
    for number in (2, 3):
        assert api.ask("POST", f"/incidents/{number}/resolve").status_code == 200
    for (path, method), asked in ASKED.items():
        seen = {judged(api, method, address(path, tail), body, status) for status, tail, body in asked}
        any_address, a_body = address(path, asked[0][1]), asked[0][2]
        seen.add(judged(api, method, any_address, a_body, 401, user=None))
        if method not in READS:
            seen.add(judged(api, method, any_address, a_body, 403, user="vi"))
        if method == "post":
            seen.add(judged(api, method, any_address, TOO_LARGE, 413))
        told = described["paths"][path][method]
        names = {int(status) for status in told["responses"]}
        optional = {422} if path == "/users/{username}" else set()  # any text may be a name
        assert names - {429, 503} - optional == seen - optional, (path, method)
        assert told["security"] == [{"token": []}]
        for status in names - {200, 201}:
            schema = told["responses"][str(status)]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Refusal"}, (path, method, status)


def judged(api: Asking, method: str, path: str, body: object, status: int, user: str | None = "ana") -> int:
    answer = api.ask(method, path, body, user)
    assert answer.status_code == status, (method, path, body, answer.text)
    if status >= 400:
        assert all(set(error) == {"path", "code", "message", "mend"} for error in answer.json()["errors"])
    return status


def test_what_clients_do_without_thinking_is_understood(api: Asking) -> None:
    assert api.ask("GET", "/incidents/").status_code == 200
    assert api.ask("POST", "/incidents/", NEW).status_code == 201
    form = {"content-type": "application/x-www-form-urlencoded"}  # what curl -d says of any body
    assert api.ask("POST", "/incidents", b'{"title": "by curl", "service": "checkout"}', **form).status_code == 201
    assert api.ask("HEAD", "/incidents").status_code == 200
    lost = api.ask("GET", "/incidents", user=None)
    assert (lost.status_code, lost.headers["www-authenticate"]) == (401, "Bearer")
    odd = api.ask("PATCH", "/incidents/1")
    assert (odd.status_code, odd.headers["allow"]) == (405, "GET")
