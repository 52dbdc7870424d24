"""Every path, through a real listener on loopback: statuses, bodies, limits, and what is kept of the refused."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
import zlib
from collections.abc import Iterator

import httpx
import pytest

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.events import Action
from oncall_tui.intake.sources import DIALECTS, example
from oncall_tui.ops.figures import Figures
from tests.intake.serving import KEY, NoteDoor, no_database, serving

MIB = 1 << 20


ANSWERED_200 = {"pagerduty-v1", "victorops", "prometheus", "grafana", "sns", "oncall"}
"""The dialects whose contracts say 200."""


@pytest.fixture
def door() -> NoteDoor:
    return NoteDoor()


@pytest.fixture
def http(door: NoteDoor) -> Iterator[httpx.Client]:
    with serving(door) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("kind", sorted(DIALECTS))
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_example_is_taken_with_and_without_a_slash(
    http: httpx.Client, door: NoteDoor, kind: str, slash: str
) -> None:
    answer = http.post(f"/in/{kind}/{KEY}{slash}", content=example(kind), headers={"content-type": "text/x-odd"})
    assert answer.status_code == (200 if kind in ANSWERED_200 else 202)
    (arrival,) = door.arrivals
    assert (arrival.kind, arrival.key) == (kind, KEY)
    assert arrival.events[0].action is (Action.CHANGE if kind == "pagerduty-change" else Action.TRIGGER)
    assert KEY not in arrival.payload


@pytest.mark.parametrize("slash", ["", "/"])
def test_pagerduty_senders_change_only_the_host(http: httpx.Client, door: NoteDoor, slash: str) -> None:
    body = {**json.loads(example("pagerduty")), "routing_key": KEY}
    headers = {"authorization": "Token token=junk", "content-type": "application/x-www-form-urlencoded"}
    answer = http.post(f"/v2/enqueue{slash}", content=json.dumps(body), headers=headers)
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "checkout-5xx"}
    assert KEY not in door.arrivals[0].payload


def test_generic_reads_get_put_form_and_query(http: httpx.Client, door: NoteDoor) -> None:
    path = f"/in/generic/{KEY}"
    assert http.get(path, params={"title": "disk full", "status": "down"}).json() == {
        "status": "accepted",
        "dedup_key": "disk full",
        "incident": 412,
    }
    assert http.put(path, json={"title": "disk full"}).status_code == 202
    assert http.post(path, data={"title": "disk full"}).status_code == 202
    assert http.post(path, params={"title": "disk full"}).status_code == 202
    assert {arrival.events[0].title for arrival in door.arrivals} == {"disk full"}
    assert len(door.arrivals) == 4
    assert "disk" in door.arrivals[0].payload


def test_head_opens_nothing(http: httpx.Client, door: NoteDoor) -> None:
    assert http.head(f"/in/generic/{KEY}", params={"title": "x"}).status_code == 405
    assert http.get(f"/in/alertmanager/{KEY}").status_code == 405
    assert door.arrivals == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/in/generic/wrong-key-1234", {"title": "x"}),
        ("/in/alertmanager/wrong-key-1234", {"alerts": []}),
        ("/in/pagerduty/wrong-key-1234", json.loads(example("pagerduty"))),
        ("/v2/enqueue", {**json.loads(example("pagerduty")), "routing_key": "wrong-key-1234".ljust(32, "x")}),
    ],
)
def test_unknown_key_is_403_and_kept_without_the_key(
    http: httpx.Client, door: NoteDoor, path: str, body: object
) -> None:
    answer = http.post(path, json=body)
    assert answer.status_code == 403
    (rejection,) = door.rejections
    assert rejection.reason == "unknown key"
    assert rejection.source == "127.0.0.1"
    assert "wrong-key" not in repr(rejection)
    assert "wron…" in repr(rejection)


@pytest.mark.parametrize("path", ["/in/generic/", "/in/pagerduty/", "/in/alertmanager/"])
def test_malformed_is_400_and_kept(http: httpx.Client, door: NoteDoor, path: str) -> None:
    answer = http.post(path + KEY, content=b'{"title": "x", "routing_key": "' + b"s" * 32 + b'"')
    assert answer.status_code == 400
    assert answer.json()["errors"]
    (rejection,) = door.rejections
    assert "x" in rejection.sample
    assert "sssss" not in rejection.sample
    assert KEY not in rejection.path


def test_unusable_lists_all_errors(http: httpx.Client) -> None:
    answer = http.post("/v2/enqueue", json={"event_action": "trigger"})
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 4


def test_512_kb_and_a_whole_mebibyte_are_taken_and_one_byte_more_is_413(http: httpx.Client, door: NoteDoor) -> None:
    for size, status in ((512_000, 202), (MIB, 202), (MIB + 1, 413), (3 * MIB, 413)):
        start = b'{"title": "x", "description": "'
        body = start + b"d" * (size - len(start) - 2) + b'"}'
        assert len(body) == size
        for sent in (body, iter([body[:1000], body[1000:]])):
            answer = http.post(f"/in/generic/{KEY}", content=sent)
            assert answer.status_code == status, (size, answer.text)
    assert "1 MiB" in answer.json()["errors"][0]
    assert len(door.arrivals) == 4
    assert [rejection.sample for rejection in door.rejections] == [""] * 4


def test_an_announced_giant_is_refused_before_it_is_sent(http: httpx.Client) -> None:
    with socket.create_connection((http.base_url.host, http.base_url.port or 0)) as raw:
        head = f"POST /in/generic/{KEY} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: {10**12}\r\n\r\n"
        raw.sendall(head.encode())
        raw.settimeout(5)
        assert raw.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_expect_100_continue_is_answered(http: httpx.Client) -> None:
    with socket.create_connection((http.base_url.host, http.base_url.port or 0)) as raw:
        raw.settimeout(5)
        raw.sendall(
            f"POST /in/generic/{KEY} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 13\r\n\r\n".encode()
        )
        assert raw.recv(1000).startswith(b"HTTP/1.1 100 ")
        raw.sendall(b'{"title":"x"}')
        assert raw.recv(1000).startswith(b"HTTP/1.1 202 ")


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(b'{"title": "x"}'), "gzip", 202),
        (gzip.compress(b'{"title": "x"}'), None, 202),
        (gzip.compress(b'{"title":') + gzip.compress(b' "x"}'), "gzip", 202),
        (zlib.compress(b'{"title": "x"}'), "deflate", 202),
        (zlib.compress(b'{"title": "x"}')[2:-4], "deflate", 202),
        (b'{"title": "x"}', "gzip", 202),
        (b'{"title": "x"}', "deflate", 202),
        (b'{"title": "x"}', "UTF-8", 202),
        (b"title=x", "gzip, identity", 202),
        (b'\x8b\x07\x80{"title": "x"}\x03', "br", 400),
        (gzip.compress(b'{"title": "x"}')[:-9], "gzip", 400),
        (b"\x1f\x8bnot gzip at all", "gzip", 400),
        (gzip.compress(b"") * 40_000, "gzip", 400),
        (gzip.compress(b" " * 50 * MIB), "gzip", 413),
    ],
    ids=[
        "gzip",
        "unannounced",
        "members",
        "zlib",
        "deflate",
        "not-compressed",
        "nor-this",
        "charset",
        "list",
        "brotli",
        "cut",
        "broken",
        "nothings",
        "bomb",
    ],
)
def test_compressed_bodies(http: httpx.Client, body: bytes, encoding: str | None, status: int) -> None:
    headers = {"content-encoding": encoding} if encoding else {}
    assert http.post(f"/in/generic/{KEY}", content=body, headers=headers).status_code == status


def test_an_absent_database_is_503_with_retry_after(http: httpx.Client, door: NoteDoor) -> None:
    for fault in (DatabaseAway("gone"), ZeroDivisionError("ours")):
        door.fails_with = fault
        for kind in DIALECTS:
            answer = http.post(f"/in/{kind}/{KEY}", content=example(kind))
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert "ours" not in answer.json()["errors"][0].replace("a fault of ours", "")
    assert door.rejections == []


def test_headers_say_little_and_forbid_much(http: httpx.Client) -> None:
    for answer in (http.post(f"/in/generic/{KEY}", json={"title": "x"}), http.get("/healthz"), http.get("/nowhere")):
        assert "server" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_unknown_paths_are_404_in_json(http: httpx.Client) -> None:
    for path in ("/", "/in/unknown", "/in/unknown/k", "/docs"):
        answer = http.post(path, json={})
        assert answer.status_code == 404
        assert answer.json()["errors"] == ["Not Found"]


def test_a_connection_serves_many_posts(http: httpx.Client, door: NoteDoor) -> None:
    for number in range(50):
        assert http.post(f"/in/generic/{KEY}", json={"title": str(number)}).status_code == 202
        http.post("/nowhere", json={})
    assert len(door.arrivals) == 50


def test_healthz_answers_whatever_is_broken(door: NoteDoor) -> None:
    with serving(door, ailments=lambda: ["the database can't be reached"], figures=no_database) as url:
        assert httpx.get(f"{url}/healthz", trust_env=False).json() == {"status": "ok"}
        answer = httpx.get(f"{url}/readyz", trust_env=False)
        assert answer.status_code == 503
        assert answer.json() == {"status": "unready", "reasons": ["the database can't be reached"]}
        assert "oncall_database_up 0.0" in httpx.get(f"{url}/metrics", trust_env=False).text


def test_readyz_is_200_without_reasons(http: httpx.Client) -> None:
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": []})


def test_readyz_answers_when_a_part_hangs(door: NoteDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang() -> tuple[str, ...]:
        release.wait(30)
        return ()

    monkeypatch.setattr("oncall_tui.intake.health.ANSWER_WITHIN", 0.05)
    with serving(door, ailments=hang) as url:
        answer = httpx.get(f"{url}/readyz", trust_env=False)
        release.set()
    assert answer.status_code == 503
    assert "did not answer" in answer.json()["reasons"][0]


def test_metrics_count_posts_events_and_figures(door: NoteDoor) -> None:
    figures = Figures(
        incidents={("triggered", "critical"): 2},
        pages={("pending",): 3},
        oldest_overdue_seconds=1.5,
        oldest_unsent_seconds=90.5,
        workers={("w1",): 4.0},
        oldest_timer_overdue_seconds=2.5,
        lag={("0.5",): 0.25, ("0.99",): 3.0},
        lag_pages=7,
        looked={("w1", "engine"): 1.0},
        audited={("w1",): 5.0},
        audit_passed={("w1",): 0.0},
        audit_mended=6,
        pinged={("w1",): 8.0},
        phases={("exhausted",): 1},
        on_call={("primary",): 0},
        opened={("checkout",): 9},
        acknowledge={("checkout",): 61.5},
        resolve={("checkout",): 600.0},
    )
    with serving(door, figures=lambda: figures) as url, httpx.Client(base_url=url, trust_env=False) as http:
        http.post(f"/in/alertmanager/{KEY}", content=example("alertmanager"))
        http.post("/in/generic/wrong", json={"title": "x"})
        answer = http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    for line in (
        'oncall_intake_posts_total{kind="alertmanager",status="202"} 1.0',
        'oncall_intake_posts_total{kind="generic",status="403"} 1.0',
        'oncall_intake_events_total{action="trigger",kind="alertmanager"} 1.0',
        'oncall_intake_events_total{action="resolve",kind="alertmanager"} 1.0',
        'oncall_incidents_open{severity="critical",state="triggered"} 2.0',
        'oncall_pages_waiting{state="pending"} 3.0',
        "oncall_page_oldest_overdue_seconds 1.5",
        "oncall_page_oldest_unsent_seconds 90.5",
        'oncall_worker_seen_seconds{worker="w1"} 4.0',
        "oncall_timer_oldest_overdue_seconds 2.5",
        'oncall_page_lag_seconds{quantile="0.99"} 3.0',
        "oncall_page_lag_pages 7.0",
        'oncall_worker_looked_seconds{loop="engine",worker="w1"} 1.0',
        'oncall_audit_seconds{worker="w1"} 5.0',
        'oncall_audit_passed{worker="w1"} 0.0',
        "oncall_audit_mended_total 6.0",
        'oncall_deadman_seconds{worker="w1"} 8.0',
        'oncall_incidents_phase{phase="exhausted"} 1.0',
        'oncall_schedule_on_call{schedule="primary"} 0.0',
        'oncall_incidents_opened{service="checkout"} 9.0',
        'oncall_acknowledge_seconds{service="checkout"} 61.5',
        'oncall_resolve_seconds{service="checkout"} 600.0',
        "oncall_database_up 1.0",
    ):
        assert line in lines


def test_answered_is_called_after_a_2xx_only(door: NoteDoor) -> None:
    calls = threading.Semaphore(0)
    with serving(door, answered=calls.release) as url, httpx.Client(base_url=url, trust_env=False) as http:
        http.post("/in/generic/wrong", json={"title": "x"})
        http.post(f"/in/generic/{KEY}", json={"title": "x"})
        assert calls.acquire(timeout=5)
        http.get("/healthz")
        assert not calls.acquire(blocking=False)


def waits_for(event: threading.Event) -> None:
    assert event.wait(30)


def test_answered_is_called_when_the_answer_has_left(door: NoteDoor) -> None:
    release = threading.Event()
    with serving(door, answered=lambda: waits_for(release)) as url:
        assert httpx.post(f"{url}/in/generic/{KEY}", json={"title": "x"}, trust_env=False).status_code == 202
        release.set()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[NaN," + b"[" * 900_000, id="lenient nesting"),
        pytest.param(b"[" * (MIB - 100), id="lists"),
        pytest.param(b'{"a":' * 200_000, id="objects"),
        pytest.param(b'{"title":' + b"9" * 1_000_000 + b"}", id="digits"),
        pytest.param(b'{"title": 1e999}', id="exponent"),
    ],
)
def test_bombs_are_answered_at_once(http: httpx.Client, body: bytes) -> None:
    began = time.perf_counter()
    assert http.post(f"/in/generic/{KEY}", content=body).status_code in (202, 400)
    assert time.perf_counter() - began < 1.0  # generous: a busy machine; the readers are measured in microseconds


def test_nothing_of_the_key_is_in_any_answer(http: httpx.Client) -> None:
    for body in (b"{", b"{}", b'{"title": "x"}'):
        assert not re.search(KEY[:8], http.post(f"/in/generic/{KEY}", content=body).text)
