"""The real door, through a real listener into real databases: what is answered 2xx is on disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, func, select

from oncall_tui.intake.doors.writer_door import ANSWER_WITHIN, PART, WriterDoor
from oncall_tui.intake.sources import example
from oncall_tui.ops.config import apply
from oncall_tui.ops.figures import Figures, figures
from oncall_tui.ops.intake import rejected
from oncall_tui.storage.tables import alerts, events, incidents
from oncall_tui.storage.writer import Writer
from tests.intake.serving import serving
from tests.support.house import House
from tests.support.worlds import T0, minutes

GENERIC, PAGERDUTY, ALERTMANAGER, HEALTH = (letter * 32 for letter in "gpah")
CONFIG = f"""
version: 1
users: [{{username: ana}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services:
  - {{name: checkout, policy: p}}
  - {{name: whole, policy: p, grouping: service}}
integrations:
  - {{name: scripts, kind: generic, service: checkout, key: "{GENERIC}"}}
  - {{name: pd, kind: pagerduty, service: checkout, key: "{PAGERDUTY}"}}
  - {{name: prometheus, kind: alertmanager, service: checkout, key: "{ALERTMANAGER}"}}
  - {{name: health, kind: generic, service: whole, key: "{HEALTH}"}}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def writer(house: House) -> Iterator[Writer]:
    made = Writer(house.store)
    yield made
    made.stop()


@pytest.fixture
def answer_within() -> float:
    """Seconds; here a busy machine is given its time, where the limit itself is not the point."""
    return 60.0


@pytest.fixture
def http(house: House, writer: Writer, answer_within: float) -> Iterator[httpx.Client]:
    def now() -> Figures:
        with house.store.read() as conn:
            return figures(conn, house.directory.world(conn), house.clock.now())

    door = WriterDoor(writer, house.directory, house.clock, answer_within=answer_within)
    with serving(door, figures=now) as url, httpx.Client(base_url=url, trust_env=False, timeout=90) as client:
        yield client


def count(house: House, table: object) -> int:
    with house.store.read() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type] # any table


def test_generic_opens_repeats_and_resolves(house: House, http: httpx.Client) -> None:
    path = f"/in/generic/{GENERIC}"
    opened = http.post(path, json={"title": "disk [/var/log] full\x00", "severity": "critical"})
    assert opened.status_code == 202
    number = opened.json()["incident"]
    assert opened.json() == {"status": "accepted", "dedup_key": "disk [/var/log] full\ufffd", "incident": number}
    assert http.post(path, json={"title": "disk [/var/log] full\x00"}).json()["incident"] == number
    assert house.open == [(number, "triggered")]
    assert http.post(path, json={"title": "disk [/var/log] full\x00", "status": "ok"}).json()["incident"] == number
    assert house.open == []
    assert http.post(path, json={"key": "nothing", "status": "ok"}).json() == {
        "status": "accepted",
        "dedup_key": "nothing",
        "incident": None,
    }


def test_healthy_resolves_the_whole_service(house: House, http: httpx.Client) -> None:
    path = f"/in/generic/{HEALTH}"
    first = http.post(path, json={"title": "a"}).json()["incident"]
    assert http.post(path, json={"title": "b"}).json()["incident"] == first
    http.post(path, json={"title": "all is well", "status": "healthy"})
    assert house.open == []


def test_pagerduty_keyless_triggers_are_unique_and_keyed_ones_are_one(house: House, http: httpx.Client) -> None:
    body = {**json.loads(example("pagerduty")), "routing_key": PAGERDUTY}
    keyless = {name: value for name, value in body.items() if name != "dedup_key"}
    made = {http.post("/v2/enqueue", json=keyless).json()["dedup_key"] for _ in range(3)}
    assert len(made) == 3
    assert len(house.open) == 3
    for key in made:
        gone = {"routing_key": PAGERDUTY, "event_action": "resolve", "dedup_key": key}
        assert http.post("/v2/enqueue", json=gone).status_code == 202
    assert house.open == []
    for _ in range(5):
        assert http.post("/v2/enqueue", json=body).json()["dedup_key"] == "checkout-5xx"
    ((number, state),) = house.open
    assert state == "triggered"
    assert house.alert_count(number) == 5
    acknowledged = {"routing_key": PAGERDUTY, "event_action": "acknowledge", "dedup_key": "checkout-5xx"}
    assert http.post("/v2/enqueue", json=acknowledged).status_code == 202
    assert house.open == [(number, "acknowledged")]


def test_alertmanager_group_resolves_with_its_last_alert(house: House, http: httpx.Client) -> None:
    group = json.loads(example("alertmanager"))
    first, second = group["alerts"]
    second["status"] = "firing"

    def post() -> httpx.Response:
        return http.post(f"/in/alertmanager/{ALERTMANAGER}", json=group)

    answer = post()
    assert answer.status_code == 202
    (number,) = answer.json()["incidents"]
    first["status"] = "resolved"
    post()
    assert house.open == [(number, "triggered")]
    third = {**first, "status": "firing", "fingerprint": "new"}
    group["alerts"] = [{**second, "status": "resolved"}, third]
    post()
    assert house.open == [(number, "triggered")]
    group["status"] = third["status"] = "resolved"
    post()
    assert house.open == []
    assert count(house, incidents) == 1
    assert count(house, alerts) == 3


def test_an_unknown_key_is_403_and_kept(house: House, http: httpx.Client) -> None:
    assert http.post("/in/generic/unknown-key-unknown-key", json={"title": "x"}).status_code == 403
    with house.store.read() as conn:
        (row,) = rejected.newest(conn)
    assert (row.reason, row.path, row.source) == ("unknown key", "/in/generic/unkn…", "127.0.0.1")
    assert count(house, events) == 0


def test_a_key_that_is_added_while_we_run_opens_at_once(house: House, http: httpx.Client) -> None:
    late = "l" * 32
    assert http.post(f"/in/generic/{late}", json={"title": "x"}).status_code == 403
    apply(house.session, CONFIG + f'  - {{name: late, kind: generic, service: checkout, key: "{late}"}}\n')
    assert http.post(f"/in/generic/{late}", json={"title": "x"}).status_code == 202


def test_a_dialect_that_is_not_the_integrations_own_is_taken_and_noted(house: House, http: httpx.Client) -> None:
    assert http.post(f"/in/generic/{ALERTMANAGER}", json={"title": "x"}).status_code == 202
    with house.store.read() as conn:
        (note,) = conn.execute(select(events.c.note)).scalars()
    assert "generic dialect to an integration of kind alertmanager" in note


def test_keys_are_in_no_table(house: House, http: httpx.Client) -> None:
    http.post("/v2/enqueue", json={**json.loads(example("pagerduty")), "routing_key": PAGERDUTY})
    http.post(f"/in/generic/{GENERIC}", content=b'{"title":')
    with house.store.read() as conn:
        kept = [*conn.execute(select(events.c.payload)).scalars(), repr(rejected.newest(conn))]
    assert len(kept) == 2
    for text in kept:
        assert PAGERDUTY not in text
        assert GENERIC not in text


def test_a_storm_of_one_key_is_one_incident_with_a_true_count(house: House, http: httpx.Client) -> None:
    def post(_: int) -> int:
        return http.post(f"/in/generic/{GENERIC}", json={"title": "storm"}).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(post, range(200))) == {202}
    ((number, _state),) = house.open
    assert house.alert_count(number) == 200
    assert count(house, events) == 200


def test_a_post_of_very_many_is_taken_in_parts_in_its_order(house: House, writer: Writer, http: httpx.Client) -> None:
    most, commits = 2 * PART + 10, 0

    def committed() -> None:
        nonlocal commits
        commits += 1

    writer.after_commit(committed)
    one = {**json.loads(example("alertmanager"))["alerts"][0], "status": "firing"}
    group = {**json.loads(example("alertmanager")), "status": "firing"}
    group["alerts"] = [{**one, "fingerprint": f"f{number:04}"} for number in range(most)]
    # What the last part ends, the first has begun.
    group["alerts"].append({**one, "fingerprint": "f0000", "status": "resolved"})
    answer = http.post(f"/in/alertmanager/{ALERTMANAGER}", json=group)
    assert answer.status_code == 202
    ((number, _state),) = house.open
    assert answer.json()["incidents"] == [number]
    assert commits == 3
    with house.store.read() as conn:
        kept = conn.execute(select(events.c.dedup_key, events.c.payload != "").order_by(events.c.id)).all()
        closed = conn.execute(select(alerts.c.dedup_key).where(~alerts.c.open)).scalars().all()
    assert [key for key, _ in kept] == [f"f{number:04}" for number in range(most)] + ["f0000"]
    assert [with_payload for _, with_payload in kept] == [True] + [False] * most
    assert closed == ["f0000"]


@pytest.mark.parametrize("answer_within", [ANSWER_WITHIN])
def test_a_database_that_does_not_answer_is_503_within_two_seconds(
    house: House, writer: Writer, http: httpx.Client
) -> None:
    hold, held = threading.Event(), threading.Event()

    def hang(_conn: Connection) -> None:
        held.set()
        hold.wait(90)

    hung = writer.submit(hang)
    assert held.wait(60)
    try:
        assert ANSWER_WITHIN < 2
        assert http.post(f"/in/generic/{GENERIC}", json={"title": "x"}).status_code == 503  # it still hangs
        assert http.post(f"/in/generic/{GENERIC}", content=b"{").status_code == 400
    finally:
        hold.set()
    hung.result(60)
    assert http.post(f"/in/generic/{GENERIC}", json={"title": "y"}).status_code == 202
    # What was answered 503 was withdrawn: only the later one is there.
    assert count(house, events) == 1


def test_metrics_show_the_database_side(house: House, http: httpx.Client) -> None:
    http.post(f"/in/generic/{GENERIC}", json={"title": "x", "severity": "critical"})
    house.clock.set(T0 + minutes(1))
    lines = http.get("/metrics").text.splitlines()
    assert 'oncall_incidents_open{severity="critical",state="triggered"} 1.0' in lines
    assert "oncall_database_up 1.0" in lines
