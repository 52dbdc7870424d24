"""The doors of other pagers over HTTP, as their contracts have them: sizes, slashes, odd bodies, keys."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest

from oncall_tui.intake.sources import example
from tests.intake.serving import KEY, NoteDoor, serving

LIMIT = 512 * 1024
ENQUEUE, V1, CHANGE = "/v2/enqueue", "/generic/2010-04-15/create_event.json", "/v2/change/enqueue"
NAGIOS = "/nagios/2010-04-15/create_event"
VICTOROPS = f"/integrations/generic/20131114/alert/{KEY}/db%20team"
EXAMPLES = {ENQUEUE: "pagerduty", V1: "pagerduty-v1", CHANGE: "pagerduty-change", VICTOROPS: "victorops"}


@pytest.fixture
def door() -> NoteDoor:
    return NoteDoor()


@pytest.fixture
def http(door: NoteDoor) -> Iterator[httpx.Client]:
    with serving(door) as url, httpx.Client(base_url=url, trust_env=False, timeout=15) as client:
        yield client


def body_of(path: str, key: str = KEY) -> bytes:
    """The dialect's example with our key."""
    value = json.loads(example(EXAMPLES[path]))
    for name in ("routing_key", "service_key"):
        if name in value:
            value[name] = key
    return json.dumps(value).encode()


@pytest.mark.parametrize(("path", "status"), [(ENQUEUE, 202), (V1, 200), (CHANGE, 202), (VICTOROPS, 200)])
def test_every_spelling_is_taken(door: NoteDoor, http: httpx.Client, path: str, status: int) -> None:
    body = body_of(path)
    assert http.post(path, content=body).status_code == status
    assert http.post(f"{path}/", content=body, headers={"Content-Type": "text/plain"}).status_code == status
    assert http.post(path, content=gzip.compress(body), headers={"Content-Encoding": "gzip"}).status_code == status
    parts = (body[at : at + 100] for at in range(0, len(body), 100))
    assert http.post(path, content=parts).status_code == status, "chunked"
    assert http.post(path, content=body, headers={"Expect": "100-continue"}).status_code == status
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post(path, content=b"\xef\xbb\xbf" + body, headers=form).status_code == status
    assert len(door.arrivals) == 6
    assert all(arrival.events == door.arrivals[0].events for arrival in door.arrivals)
    assert all(KEY not in arrival.payload for arrival in door.arrivals)


def test_a_junk_token_in_a_header_is_no_key(door: NoteDoor, http: httpx.Client) -> None:
    junk = {"Authorization": "Token token=y_NbAkKc66ryYTWUXYEu"}
    for path in (ENQUEUE, V1, CHANGE):
        assert http.post(path, content=body_of(path), headers=junk).is_success


def test_pagerdutys_plugin_for_nagios_posts_a_form_with_the_key_as_a_pager(door: NoteDoor, http: httpx.Client) -> None:
    macros = {
        "CONTACTPAGER": KEY,
        "HOSTNAME": "web-1",
        "HOSTSTATE": "UP",
        "NOTIFICATIONTYPE": "PROBLEM",
        "SERVICEDESC": "Disk /var",
        "SERVICEOUTPUT": "DISK CRITICAL - 4 % free",
        "SERVICESTATE": "CRITICAL",
        "NAGIOS_SERVER": "mon",
        "pd_nagios_object": "service",
        "pd_version": "1.0",
    }
    for kind in ("PROBLEM", "ACKNOWLEDGEMENT", "RECOVERY"):
        assert http.post(NAGIOS, data=macros | {"NOTIFICATIONTYPE": kind}).is_success
    assert [arrival.events[0].action for arrival in door.arrivals] == ["trigger", "acknowledge", "resolve"]
    assert {arrival.events[0].dedup_key for arrival in door.arrivals} == {"web-1/Disk /var"}
    assert all(KEY not in arrival.payload for arrival in door.arrivals)
    assert http.post(NAGIOS, data=macros | {"CONTACTPAGER": "f" * 32}).status_code == 403
    assert "f" * 32 not in door.rejections[0].sample


@pytest.mark.parametrize("path", [ENQUEUE, CHANGE])
def test_the_routing_key_may_stand_in_its_own_header(door: NoteDoor, http: httpx.Client, path: str) -> None:
    """As older pdpyras had it, beside a token that is no key."""
    body = {name: value for name, value in json.loads(body_of(path)).items() if name != "routing_key"}
    headers = {"X-Routing-Key": KEY, "Authorization": "Token token=y_NbAkKc66ryYTWUXYEu"}
    assert http.post(path, json=body, headers=headers).status_code == 202
    assert http.post(path, json=body, headers=headers | {"X-Routing-Key": "f" * 32}).status_code == 403
    assert [arrival.key for arrival in door.arrivals] == [KEY]


@pytest.mark.parametrize("path", [ENQUEUE, V1])
def test_512_kib_are_taken_and_a_byte_more_is_413_with_the_reason(
    door: NoteDoor, http: httpx.Client, path: str
) -> None:
    body = body_of(path)
    assert http.post(path, content=body + b" " * (LIMIT - len(body))).is_success
    over = http.post(path, content=body + b" " * (LIMIT - len(body) + 1))
    assert over.status_code == 413
    assert over.json()["errors"] == ["the body is larger than 524288 bytes (512 KiB)"]
    assert [rejection.reason for rejection in door.rejections] == over.json()["errors"]


def test_a_malformed_timestamp_is_the_time_of_arrival_and_a_note(door: NoteDoor, http: httpx.Client) -> None:
    value = json.loads(body_of(ENQUEUE))
    value["payload"]["timestamp"] = "yesterday, about noon"
    assert http.post(ENQUEUE, json=value).status_code == 202
    (event,) = door.arrivals[0].events
    assert event.started_at is None
    assert "the time of arrival counts" in event.notes[0]


@pytest.mark.parametrize(("path", "status"), [(ENQUEUE, 403), (CHANGE, 403), (V1, 400)])
def test_an_unknown_key_is_told_so_that_nobody_sends_it_again_and_kept(
    door: NoteDoor, http: httpx.Client, path: str, status: int
) -> None:
    answer = http.post(path, content=body_of(path, "x" * 32))
    assert answer.status_code == status
    assert "belongs to no integration" in answer.json()["errors"][0]
    (rejection,) = door.rejections
    assert "x" * 5 not in rejection.sample


def test_what_is_refused_is_kept_without_its_key(door: NoteDoor, http: httpx.Client) -> None:
    secret = "s3cret-s3cret-s3cret"
    http.post(ENQUEUE, json={"routing_key": secret})
    http.post(V1, json={"service_key": secret})
    http.post("/v2/alerts", params={"apiKey": secret})
    http.post("/v2/alerts", params={"apiKey": secret}, json={"alias": "a"})
    assert len(door.rejections) == 4
    assert secret not in repr(door.rejections)
    assert "s3cr…" in repr(door.rejections)


def test_the_route_of_victorops_is_a_label(door: NoteDoor, http: httpx.Client) -> None:
    assert http.post(f"/integrations/generic/20131114/alert/{KEY}/db team", content=body_of(VICTOROPS)).is_success
    assert http.post(f"/integrations/generic/20131114/alert/{KEY}", content=body_of(VICTOROPS)).is_success
    assert [arrival.events[0].labels.get("routing_key") for arrival in door.arrivals] == ["db team", None]
