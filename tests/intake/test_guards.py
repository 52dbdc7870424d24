"""The door's guards, by the numbers of the faults they are for (docs/operating.md, Faults we try)."""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import Connection

from oncall_tui.intake.doors.door import Arrival
from oncall_tui.intake.doors.writer_door import WriterDoor
from oncall_tui.intake.payload.reading import Post, Reading
from oncall_tui.intake.sources import DIALECTS
from oncall_tui.intake.wire.body import BODY_LIMIT
from oncall_tui.intake.wire.sharing import OverShare
from oncall_tui.ops.intake import rejected
from oncall_tui.storage.writer import Writer
from tests.intake.serving import KEY, NoteDoor, serving
from tests.support.house import House

QUIET = "q" * 32
CONFIG = f"""
version: 1
users: [{{username: ana, role: admin}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: noisy, kind: generic, service: checkout, key: "{KEY}"}}
  - {{name: quiet, kind: generic, service: checkout, key: "{QUIET}"}}
"""
MEBIBYTE = 1 << 20


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def arrival(key: str, title: str) -> Arrival:
    reading = DIALECTS["generic"].read(Post(body=json.dumps({"title": title}).encode(), key=key))
    assert isinstance(reading, Reading)
    return Arrival(key=key, kind="generic", events=reading.events, payload="")


def test_c4_35_a_noisy_sender_is_held_to_its_share_and_others_are_not(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    hold, held = threading.Event(), threading.Event()

    def hang(_conn: Connection) -> None:
        held.set()
        hold.wait(30)

    async def storm(door: WriterDoor) -> list[object]:
        noisy = [asyncio.create_task(door.take(arrival(KEY, f"n{number}"))) for number in range(50)]
        quiet = asyncio.create_task(door.take(arrival(QUIET, "quiet")))
        await asyncio.sleep(0)
        hold.set()
        return [*await asyncio.gather(*noisy, return_exceptions=True), await quiet]

    writer = Writer(house.store)
    try:
        hung = writer.submit(hang)
        assert held.wait(10)
        door = WriterDoor(writer, house.directory, house.clock, answer_within=30, share=20)
        *noisy, quiet = asyncio.run(storm(door))
        hung.result(10)
    finally:
        hold.set()
        writer.stop()
    assert [isinstance(one, OverShare) for one in noisy] == [False] * 20 + [True] * 30
    assert isinstance(quiet, tuple | list)
    assert len(house.open) == 21
    assert "noisy sender" in caplog.text
    assert caplog.text.count("noisy sender") == 1


def test_c4_35_who_is_over_its_share_is_told_to_come_again() -> None:
    door = NoteDoor(fails_with=OverShare("512 posts with this key wait already"))
    with serving(door) as url:
        answer = httpx.post(f"{url}/in/generic/{KEY}", json={"title": "x"}, trust_env=False)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    (kept,) = door.rejections
    assert kept.reason.startswith("told to come again")
    assert KEY not in repr(kept)


def test_c4_43_idle_sockets_and_heads_without_end_delay_nobody() -> None:
    door = NoteDoor()
    with serving(door) as url, ExitStack() as open_ones:
        parts = urlsplit(url)
        for number in range(300):
            raw = open_ones.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0)))
            if number % 3 == 0:
                raw.sendall(b"POST /in/generic/x HTTP/1.1\r\nx-drip: ")
            elif number % 3 == 1:
                raw.sendall(b"POST /in/generic/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{")
        with httpx.Client(trust_env=False) as client:
            took = []
            for _ in range(20):
                began = time.monotonic()
                assert client.post(f"{url}/in/generic/{KEY}", json={"title": "x"}).status_code == 202
                took.append(time.monotonic() - began)
    assert sorted(took)[10] < 0.25
    assert len(door.arrivals) == 20


def bodies_too_large() -> dict[str, tuple[bytes, dict[str, str]]]:
    bomb = gzip.compress(b"0" * (64 * MEBIBYTE), 9)
    assert len(bomb) < MEBIBYTE
    return {
        "10 MB of JSON": (b"[" + b"1," * (5 * MEBIBYTE) + b"1]", {}),
        "10 MB in one string": (b'{"title": "' + b"x" * (10 * MEBIBYTE) + b'"}', {}),
        "gzip bomb": (bomb, {"content-encoding": "gzip"}),
        "gzip bomb without a word": (bomb, {}),
        "gzip bomb in a gzip bomb": (gzip.compress(bomb), {"content-encoding": "gzip"}),
    }


def test_c4_44_bodies_past_the_limit_are_413_and_never_held() -> None:
    door = NoteDoor()
    cases = bodies_too_large()
    with serving(door) as url, httpx.Client(trust_env=False, timeout=30) as client:
        client.post(f"{url}/in/generic/{KEY}", json={"title": "warm"})
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for name, (body, headers) in cases.items():
            answer = client.post(f"{url}/in/generic/{KEY}", content=body, headers=headers)
            nested = name == "gzip bomb in a gzip bomb"  # unpacked once only: what is left is no JSON
            assert answer.status_code == (400 if nested else 413), name
        chunked = client.post(f"{url}/in/generic/{KEY}", content=(b"x" * 65_536 for _ in range(160)))
        assert chunked.status_code == 413
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20 * 1024  # KiB
    assert len(door.arrivals) == 1
    assert all(len(one.sample) <= 2_000 for one in door.rejections)


ODD = {
    "a million brackets": b'{"title": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
    "a hundred thousand keys": b"{" + b",".join(b'"k%d":1' % number for number in range(80_000)) + b"}",
    "keys twice": b'{"title": "a", "title": "b"}',
    "NaN": b'{"title": "x", "labels": {"v": NaN, "w": Infinity}}',
    "1e999": b'{"title": "x", "labels": {"v": 1e999}}',
    "ten thousand digits": b'{"title": "x", "labels": {"v": ' + b"9" * 10_000 + b"}}",
    "lone surrogate": b'{"title": "x \\ud800 y"}',
    "NUL": b'{"title": "x \\u0000 y"}',
    "byte order mark": b'\xef\xbb\xbf{"title": "x"}',
    "Latin-1": '{"title": "Störung"}'.encode("latin-1"),
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "nothing but a quote": b'"',
    "empty": b"",
}


@pytest.mark.parametrize("kind", sorted(DIALECTS))
def test_c4_45_odd_json_is_read_or_refused_and_never_a_fault(kind: str) -> None:
    for name, body in ODD.items():
        assert len(body) <= BODY_LIMIT, name
        began = time.thread_time()
        DIALECTS[kind].read(Post(body=body, key=KEY))
        assert time.thread_time() - began < 2.0, name  # of processor, traced for coverage; 100 ms untraced


def test_c4_45_odd_json_is_kept_alike_by_both_databases(house: House) -> None:
    writer = Writer(house.store)
    try:
        with serving(WriterDoor(writer, house.directory, house.clock)) as url, httpx.Client(trust_env=False) as client:
            told = {
                name: client.post(f"{url}/in/generic/{KEY}", content=body, timeout=30).status_code
                for name, body in ODD.items()
            }
    finally:
        writer.stop()
    refused = {"a million brackets", "a hundred thousand keys", "nothing but a quote", "empty"}
    assert {name for name, status in told.items() if status == 400} == refused
    assert {status for name, status in told.items() if name not in refused} == {202}
    with house.store.read() as conn:
        assert len(rejected.newest(conn)) == len(refused)
