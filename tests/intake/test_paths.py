"""Paths as senders write them: slashes at either end, parts that hold one, methods that a path does not have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest

from oncall_tui.intake.app import build_app
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.sources import example
from tests.intake.serving import KEY, NO_FIGURES, NoteDoor

VICTOROPS = f"/integrations/generic/20131114/alert/{KEY}"


@pytest.fixture
def door() -> NoteDoor:
    return NoteDoor()


def ask(door: NoteDoor, method: str, path: str, body: bytes = b"") -> httpx.Response:
    async def asked() -> httpx.Response:
        app = build_app(
            door, ailments=tuple, metrics=Metrics(lambda: NO_FIGURES), read_calendar={"t": b"BEGIN:VCALENDAR"}.get
        )
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://oncall.test") as http:
            # As a whole URL: what begins with two slashes would be taken for a host otherwise.
            return await http.request(method, f"http://oncall.test{path}", content=body)

    return asyncio.run(asked())


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/ical/t.ics"])
def test_every_path_may_end_in_a_slash(door: NoteDoor, path: str) -> None:
    assert [ask(door, "GET", spelling).status_code for spelling in (path, f"{path}/")] == [200, 200]


def test_an_address_that_ended_in_a_slash_already(door: NoteDoor) -> None:
    assert ask(door, "POST", f"//in/generic/{KEY}", b'{"title": "x"}').status_code == 202
    assert ask(door, "POST", f"//in/generic/{KEY}/", b'{"title": "x"}').status_code == 202
    assert ask(door, "GET", "//healthz").status_code == 200
    assert [arrival.key for arrival in door.arrivals] == [KEY, KEY]


@pytest.mark.parametrize(
    ("route", "labels"),
    [
        ("/db%20team", {"routing_key": "db team"}),
        ("/eu%2Fdb", {"routing_key": "eu/db"}),
        ("/eu/db/", {"routing_key": "eu/db"}),
        ("/", {}),
        ("", {}),
    ],
)
def test_a_routing_key_of_any_text(door: NoteDoor, route: str, labels: Mapping[str, str]) -> None:
    assert ask(door, "POST", f"{VICTOROPS}{route}", example("victorops")).status_code == 200
    ((event,),) = (arrival.events for arrival in door.arrivals)
    told = {name: value for name, value in event.labels.items() if name == "routing_key"}
    assert (door.arrivals[0].key, told) == (KEY, dict(labels))


def test_a_topic_that_is_subscribed_at_pagerdutys_path_changes_only_the_host(door: NoteDoor) -> None:
    assert ask(door, "POST", f"/integration/{KEY}/enqueue", example("sns")).status_code == 200
    assert [(one.kind, one.key, one.events[0].title) for one in door.arrivals] == [("sns", KEY, "checkout-5xx")]


def test_opsgenies_webhooks_of_other_vendors(door: NoteDoor) -> None:
    path = f"/v1/json/integrations/webhooks/netdata?apiKey={KEY}"
    alarm = b'{"host": "web1", "chart": "disk", "name": "fill", "status": "WARNING", "info": "i"}'
    assert (ask(door, "POST", path, alarm).status_code, door.arrivals[0].key) == (200, KEY)
    assert ask(door, "POST", path.replace(KEY, "f" * 32), alarm).status_code == 403
    sns = path.replace("netdata", "amazon_sns")
    assert ask(door, "POST", sns, example("sns")).status_code == 403, "its messages are checked by the key of a path"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_either_version_of_alertmanagers_api_takes_alerts(door: NoteDoor, version: str) -> None:
    """ElastAlert2's default is v1, as it was of Mimir's and Thanos' rulers."""
    assert ask(door, "POST", f"/prom/{KEY}/api/{version}/alerts", example("prometheus")).status_code == 200
    assert [event.title for event in door.arrivals[0].events] == ["Checkout 5xx above 5 % on web-1"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v2/enqueue", "POST, PUT"),
        ("DELETE", f"/in/generic/{KEY}", "GET, HEAD, POST, PUT"),
        ("POST", "/healthz", "GET, HEAD"),
    ],
)
def test_405_names_every_method_of_the_path(door: NoteDoor, method: str, path: str, allowed: str) -> None:
    answer = ask(door, method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
